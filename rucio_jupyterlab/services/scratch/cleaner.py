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
from rucio_jupyterlab.services.scratch.holders import Catalogue, Held, Uploading
from rucio_jupyterlab.services.sessions import Sessions

Outcome = Literal["deleted", "would_delete", "kept", "failed"]

# Few, so that little time passes between the question and the deletion.
FILES_AT_ONCE = 200
# A million files of a slow storage.
LIST_LIMIT_S = 1800.0
DELETE_LIMIT_S = 120.0

_UNASKED = "Rucio could not be asked about it"


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
            Catalogue(client, settled, record),
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
        paths = {file: str(Path(place.real, *file.parts)) for file in files}
        made = {file: place.made[path] for file, path in paths.items() if path in place.made}
        try:
            held = await place.catalogue.held({file.parts[-1] for file in files}, made.values())
            in_use = await self._uploading.active(place.instance)
            active = set((await self._resolved(place.folder.path, sorted(in_use))).values())
            moving = {did for did in made.values() if await place.catalogue.is_moving(did)}
        except NotAuthenticated:
            raise
        except (ExtensionError, MountHangs) as error:
            said = f": {error.message}" if isinstance(error, ExtensionError) else "."
            reason = f"{_UNASKED}{said}"
            return {file: _verdict(place, file, "failed", reason) for file in files}
        found: dict[OldFile, Verdict] = {}
        for file, path in paths.items():
            pfns = place.catalogue.pfns(place.folder.path_of(file.parts))
            did = _holder(place.folder.path_of(file.parts), pfns, held, file.parts[-1])
            if did is not None:
                found[file] = _verdict(place, file, "kept", f"Rucio has it as {did}.", did)
            elif not pfns:
                reason = f"{_UNASKED}: it is at no place of that storage which Rucio knows."
                found[file] = _verdict(place, file, "failed", reason)
            elif path in active:
                found[file] = _verdict(place, file, "kept", "An upload of yours needs it.")
            elif made.get(file) in moving:
                reason = f"A rule still waits for a copy of {made[file]}."
                found[file] = _verdict(place, file, "kept", reason, made[file])
            elif not file.is_mine:
                found[file] = _verdict(place, file, "kept", "It belongs to another user.")
        return found

    async def _deleted(self, place: _Place, files: Sequence[OldFile]) -> dict[OldFile, Verdict]:
        def delete() -> dict[OldFile, Verdict]:
            return {file: _delete(place, file) for file in files}

        try:
            return await self._mounts.look(place.folder.path, delete, limit_s=DELETE_LIMIT_S)
        except MountHangs:
            reason = "The storage does not answer."
            return {file: _verdict(place, file, "failed", reason) for file in files}


def _holder(path: str, pfns: Sequence[str], held: Held, name: str) -> Did | None:
    """The DID that the file is a replica of, or may become one of."""
    by_pfn = (held.by_pfn[pfn] for pfn in pfns if pfn in held.by_pfn)
    return held.by_path.get(path) or next(by_pfn, None) or held.names.get(name)


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


def _reason(error: OSError) -> str:
    return f"{error.strerror or 'It cannot be read'}."
