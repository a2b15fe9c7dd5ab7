"""What a kernel needs to know to use a DID: the paths of its files."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidType
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination, Instance
from rucio_jupyterlab.errors import ExtensionError, NotAuthenticated
from rucio_jupyterlab.services import partly
from rucio_jupyterlab.services.availability.model import Availability, State
from rucio_jupyterlab.services.availability.service import AvailabilityService
from rucio_jupyterlab.services.concurrency import gather_bounded
from rucio_jupyterlab.services.copies.service import Copies
from rucio_jupyterlab.services.destinations import choose
from rucio_jupyterlab.services.listing import Listing
from rucio_jupyterlab.services.locations import FileLocation, Locations
from rucio_jupyterlab.services.manifests import Manifests, file_to_dict
from rucio_jupyterlab.services.mounts import MountHangs, Mounts
from rucio_jupyterlab.services.sessions import Sessions

COLLECTIONS_AT_ONCE = 2
PARTLY: frozenset[State] = frozenset({"partial", "replicating", "stuck"})


@dataclass(frozen=True)
class Wanted:
    """A DID and the variable that it is to be."""

    did: Did
    variable_name: str


@dataclass(frozen=True)
class Resolved:
    """``files`` or ``manifest`` only when the DID is available, or a collection of which it can be
    told what is; ``count`` None when not known, ``available_count`` None without files, or where
    that shows only when one looks at each.
    """

    wanted: Wanted
    type: DidType | None
    state: State
    count: int | None = None
    available_count: int | None = None
    files: Sequence[FileLocation] | None = None
    manifest: Path | None = None
    message: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "did": str(self.wanted.did),
            "variable_name": self.wanted.variable_name,
            "type": self.type,
            "state": self.state,
            "count": self.count,
            "available_count": self.available_count,
            "items": None if self.files is None else [file_to_dict(item) for item in self.files],
            "manifest": (
                {
                    "path": str(self.manifest),
                    "id": self.manifest.stem,
                    "count": self.count,
                    "available": self.available_count,
                    "format": "jsonl",
                }
                if self.manifest is not None
                else None
            ),
            "message": self.message,
        }


class Attachments:
    """Resolves attached DIDs to paths.

    One that cannot be resolved does not keep the others back.
    """

    def __init__(
        self,
        sessions: Sessions,
        availability: AvailabilityService,
        locations: Locations,
        manifests: Manifests,
        mounts: Mounts,
        *,
        copies: Copies,
    ) -> None:
        self._sessions = sessions
        self._availability = availability
        self._locations = locations
        self._manifests = manifests
        self._mounts = mounts
        self._copies = copies

    async def resolve(self, instance: Instance, wanted: Sequence[Wanted]) -> list[Resolved]:
        """In the order asked.

        Raises:
            NotAuthenticated, RucioUnreachable, …: nothing can be resolved at all.
        """
        client = await self._sessions.client(instance)
        found = await self._availability.get(instance, [item.did for item in wanted])

        async def one(pair: tuple[Wanted, Availability]) -> Resolved:
            item, at = pair
            try:
                if at.type != "file" and at.state == "available":
                    return await self._whole(client, instance, item, at)
                if at.type != "file" and at.state in PARTLY and _has_begun(at):
                    return await self._part(client, instance, item, at)
            except NotAuthenticated:
                raise
            except ExtensionError as error:
                return Resolved(item, at.type, "unknown", message=error.message)
            return _file_or_nothing(item, at)

        return await gather_bounded(one, zip(wanted, found, strict=True), COLLECTIONS_AT_ONCE)

    async def in_file(self, text: str) -> Path:
        """A file on the server's disk with this JSON text."""
        return await self._manifests.write(text)

    async def page(self, manifest: str, offset: int, limit: int) -> list[str]:
        """Files of a manifest, each as its JSON text.

        Raises:
            NotFound: code ``no_manifest``.
        """
        return await self._manifests.page(manifest, offset, limit)

    async def _whole(
        self, client: RucioClient, instance: Instance, wanted: Wanted, at: Availability
    ) -> Resolved:
        if at.rse is None:
            return await self._collection(wanted, at, self._on_disk(instance, at.did), None)
        destination = choose(instance, at.rse)
        locations = self._locations.of_collection(client, at.did, destination)
        return await self._collection(wanted, at, locations, destination)

    async def _part(
        self, client: RucioClient, instance: Instance, wanted: Wanted, at: Availability
    ) -> Resolved:
        """Without files where it cannot be told quickly which are there."""
        if at.rse is None:
            here = await self._copies.files(instance, at.did)
            found = await self._collection(wanted, at, partly.on_disk(client, at, here), None)
        else:
            destination = choose(instance, at.rse)
            locations = await partly.at_destination(client, self._locations, at, destination)
            if locations is None:
                return _file_or_nothing(wanted, at)
            found = await self._collection(wanted, at, locations, destination)
        if found.count is None:
            return found
        where = "on this computer" if at.rse is None else f"at {at.rse}"
        count = found.available_count
        some = "Some" if count is None else f"{count:,}"
        counts = f"{some} of {found.count:,} files are {where}."
        if count is None:
            counts += " Which, shows when one is used."
        return replace(found, message=f"{counts} {at.message}" if at.message else counts)

    async def _on_disk(self, instance: Instance, did: Did) -> AsyncGenerator[FileLocation, None]:
        """The files of a local copy. They have no PFN: they are at no storage of Rucio's."""
        for file, (path, size) in (await self._copies.files(instance, did)).items():
            yield FileLocation(file, size, path, None)

    async def _collection(
        self,
        wanted: Wanted,
        at: Availability,
        locations: AsyncGenerator[FileLocation, None],
        destination: Destination | None,
    ) -> Resolved:
        """``destination`` is the mount that they lie below; None for the user's own disk, which has
        been looked at.
        """
        listing = Listing(self._manifests)
        try:
            async with aclosing(locations):
                async for location in locations:
                    if location.path is None and location.message is None and destination:
                        return _nowhere(wanted, at, location, destination)
                    await listing.add(location)
            if destination is not None:
                missing = await self._missing(destination, listing.sample())
                if missing is not None:
                    return Resolved(wanted, at.type, "unknown", message=missing)
            manifest = await listing.manifest()
            return Resolved(
                wanted,
                at.type,
                at.state,
                count=listing.count,
                available_count=listing.available_count,
                files=listing.files if manifest is None else None,
                manifest=manifest,
            )
        finally:
            await listing.discard()

    async def _missing(self, destination: Destination, paths: Sequence[str]) -> str | None:
        """The sentence when one of a few files looked at is not there.

        Looking at all takes too long.
        """
        try:
            exists = await self._mounts.existing(destination.mount_path, paths)
        except MountHangs:
            return (
                f"Rucio has it at {destination.rse}, but the storage mounted at "
                f"{destination.mount_path} does not answer."
            )
        for path, is_there in zip(paths, exists, strict=True):
            if not is_there:
                return f"Rucio has it at {destination.rse}, but {path} does not exist here."
        return None


def _has_begun(at: Availability) -> bool:
    """Whether a file of it may be there. Counts of datasets are late, those of rules are not."""
    if at.rule is not None and at.rule.locks_ok > 0:
        return True
    return at.files_available != 0 or at.state == "partial"


def _file_or_nothing(wanted: Wanted, at: Availability) -> Resolved:
    """A file is resolved by its availability; what is not available has no paths."""
    if at.state != "available":
        return Resolved(wanted, at.type, at.state, count=at.files_total, message=at.message)
    file = FileLocation(at.did, at.bytes_total, at.path, at.pfn)
    return Resolved(wanted, "file", "available", count=1, available_count=1, files=[file])


def _nowhere(
    wanted: Wanted, at: Availability, location: FileLocation, destination: Destination
) -> Resolved:
    return Resolved(
        wanted,
        at.type,
        "unknown",
        message=(
            f"Rucio has it at {destination.rse}, but where {location.did} is below "
            f"{destination.mount_path} cannot be told from its address."
        ),
    )
