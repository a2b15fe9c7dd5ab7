"""Deleting what was forgotten on scratch storage, and nothing that anybody still needs."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.config.instance import Destination, Instance
from rucio_jupyterlab.errors import ConfigurationError, ExtensionError, NotAuthenticated
from rucio_jupyterlab.jobs.manager import Jobs
from rucio_jupyterlab.services.destinations import Destinations
from rucio_jupyterlab.services.mounts import MountHangs, Mounts
from rucio_jupyterlab.services.scratch.folder import HasChanged, OldFile, ScratchFolder
from rucio_jupyterlab.services.scratch.holders import CannotAsk, Catalogue, Uploading, is_refusal
from rucio_jupyterlab.services.sessions import Sessions

Outcome = Literal["deleted", "would_delete", "kept", "failed"]

# Small, so that little time passes between the question and the deletion.
FILES_AT_ONCE = 50
# A million files of a slow storage.
LIST_LIMIT_S = 1800.0
DELETE_LIMIT_S = 120.0

_IN_USE = "An upload of yours needs it."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one path. ``failed``: it may have to go, and that could not be found out or
    done. ``folders`` is how many became empty by it and were removed.
    """

    path: str
    outcome: Outcome
    size_bytes: int | None = None
    message: str | None = None
    did: Did | None = None
    folders: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "outcome": self.outcome,
            "size_bytes": self.size_bytes,
            "message": self.message,
            "did": str(self.did) if self.did else None,
        }


@dataclass(frozen=True)
class _Place:
    """A mounted scratch storage. ``real`` is its folder without links; ``made`` the DIDs that
    uploads made of paths without links.
    """

    instance: Instance
    folder: ScratchFolder
    real: str
    catalogue: Catalogue
    made: Mapping[str, Did]


class ScratchCleaner:
    """Asks Rucio about each file before it goes; what it cannot be asked about stays."""

    def __init__(
        self, sessions: Sessions, destinations: Destinations, mounts: Mounts, jobs: Jobs
    ) -> None:
        self._sessions = sessions
        self._destinations = destinations
        self._mounts = mounts
        self._uploading = Uploading(jobs)

    async def clean(
        self, instance: Instance, *, older_than_s: float, is_dry_run: bool
    ) -> AsyncGenerator[Verdict, None]:
        """Goes through the instance's scratch storages. Younger files are not mentioned.

        Raises:
            ConfigurationError: code ``no_scratch``: it has none.
            NotAuthenticated, RucioUnreachable, RucioTimeout: before anything is deleted.
        """
        if not instance.scratch:
            raise ConfigurationError(
                f"“{instance.display_name}” has no scratch storage.",
                code="no_scratch",
                hint="The operator configures it with the key scratch.",
            )
        # Once for all: without an answer nothing here can be right.
        await (await self._sessions.client(instance)).token()
        for scratch in instance.scratch:
            try:
                place = await self._place(instance, scratch)
                listing = await self._mounts.look(
                    scratch.mount_path,
                    partial(place.folder.look, older_than_s),
                    limit_s=LIST_LIMIT_S,
                )
            except NotAuthenticated:
                raise
            except ExtensionError as error:
                yield Verdict(scratch.mount_path, "failed", message=error.message)
                continue
            except MountHangs:
                yield Verdict(scratch.mount_path, "failed", message="It does not answer.")
                continue
            except OSError as error:
                yield Verdict(scratch.mount_path, "failed", message=_reason(error))
                continue
            for parts, reason in listing.unreadable:
                yield Verdict(place.folder.path_of(parts), "failed", message=f"{reason}.")
            for parts, reason in listing.skipped:
                yield Verdict(place.folder.path_of(parts), "kept", message=reason)
            for start in range(0, len(listing.old), FILES_AT_ONCE):
                some = listing.old[start : start + FILES_AT_ONCE]
                for verdict in await self._judged(place, some, is_dry_run):
                    yield verdict

    async def _place(self, instance: Instance, scratch: Destination) -> _Place:
        if await self._mounts.state(scratch.mount_path) != "mounted":
            raise ConfigurationError(
                f"{scratch.rse} is not mounted at {scratch.mount_path}.", code="not_mounted"
            )
        client = await self._sessions.client(instance)
        record = await self._destinations.rse(client, scratch.rse)
        settled = await self._destinations.settled(client, scratch)
        real = await self._mounts.look(
            scratch.mount_path, lambda: os.path.realpath(scratch.mount_path)
        )
        made = await self._uploading.made(instance)
        resolved = await self._resolved(scratch.mount_path, list(made))
        return _Place(
            instance,
            ScratchFolder(scratch.mount_path),
            real,
            Catalogue(client, settled, record.protocols),
            {resolved[path]: did for path, did in made.items()},
        )

    async def _resolved(self, mount_path: str, paths: Sequence[str]) -> dict[str, str]:
        """Without links: the user may have come by another way."""
        return await self._mounts.look(
            mount_path,
            lambda: {path: os.path.realpath(path) for path in paths},
            limit_s=DELETE_LIMIT_S,
        )

    async def _judged(
        self, place: _Place, files: Sequence[OldFile], is_dry_run: bool
    ) -> list[Verdict]:
        """What becomes of these; those that nobody needs are deleted."""
        kept = await self._reasons_to_stay(place, files)
        unwanted = [file for file in files if file not in kept]
        if is_dry_run:
            done = {file: _verdict(place, file, "would_delete") for file in unwanted}
        else:
            done = await self._deleted(place, unwanted)
        return [kept.get(file) or done[file] for file in files]

    async def _reasons_to_stay(
        self, place: _Place, files: Sequence[OldFile]
    ) -> dict[OldFile, Verdict]:
        found: dict[OldFile, Verdict] = {}
        try:
            held, unclear = await _held(place, files)
            active = set(
                (
                    await self._resolved(
                        place.folder.path, sorted(await self._uploading.active(place.instance))
                    )
                ).values()
            )
        except (ExtensionError, MountHangs) as error:
            reason = _unasked(error)
            return {file: _verdict(place, file, "failed", reason) for file in files}
        for file in files:
            path = str(Path(place.real, *file.parts))
            if file in unclear:
                found[file] = _verdict(place, file, "failed", unclear[file])
            elif file in held:
                reason = f"Rucio has it as {held[file]}."
                found[file] = _verdict(place, file, "kept", reason, held[file])
            elif path in active:
                found[file] = _verdict(place, file, "kept", _IN_USE)
            elif path in place.made:
                did = place.made[path]
                try:
                    if await place.catalogue.is_moving(did):
                        reason = f"A rule still waits for a copy of {did}."
                        found[file] = _verdict(place, file, "kept", reason, did)
                except ExtensionError as error:
                    found[file] = _verdict(place, file, "failed", _unasked(error), did)
        return found

    async def _deleted(self, place: _Place, files: Sequence[OldFile]) -> dict[OldFile, Verdict]:
        def delete() -> dict[OldFile, Verdict]:
            return {file: _delete(place, file) for file in files}

        try:
            return await self._mounts.look(place.folder.path, delete, limit_s=DELETE_LIMIT_S)
        except MountHangs:
            reason = "The storage does not answer."
            return {file: _verdict(place, file, "failed", reason) for file in files}


async def _held(
    place: _Place, files: Sequence[OldFile]
) -> tuple[dict[OldFile, Did], dict[OldFile, str]]:
    """The files that Rucio has, and those about which it gives no answer, with the reason."""
    paths = {place.folder.path_of(file.parts): file for file in files}
    try:
        held = await place.catalogue.dids(list(paths))
        return {paths[path]: did for path, did in held.items()}, {}
    except (ExtensionError, CannotAsk) as error:
        if not isinstance(error, CannotAsk) and not is_refusal(error):
            raise
        if len(files) == 1:
            return {}, {files[0]: _unasked(error)}
    # One of them may be what it does not understand.
    found: dict[OldFile, Did] = {}
    unclear: dict[OldFile, str] = {}
    for file in files:
        one, none = await _held(place, [file])
        found |= one
        unclear |= none
    return found, unclear


def _delete(place: _Place, file: OldFile) -> Verdict:
    try:
        place.folder.delete(file)
    except HasChanged:
        return _verdict(place, file, "kept", "It has changed since it was looked at.")
    except OSError as error:
        return _verdict(place, file, "failed", _reason(error))
    folders = place.folder.remove_empty(file.parts[:-1])
    path = place.folder.path_of(file.parts)
    return Verdict(path, "deleted", file.size_bytes, folders=folders)


def _verdict(
    place: _Place,
    file: OldFile,
    outcome: Outcome,
    message: str | None = None,
    did: Did | None = None,
) -> Verdict:
    return Verdict(place.folder.path_of(file.parts), outcome, file.size_bytes, message, did)


def _unasked(error: Exception) -> str:
    said = f": {error.message}" if isinstance(error, ExtensionError) else "."
    return f"Rucio could not be asked about it{said}"


def _reason(error: OSError) -> str:
    return f"{error.strerror or 'It cannot be read'}."
