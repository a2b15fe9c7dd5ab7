"""What a kernel needs to know to use a DID: the paths of its files."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidType
from rucio_jupyterlab.config.instance import Destination, Instance
from rucio_jupyterlab.errors import ExtensionError, NotAuthenticated
from rucio_jupyterlab.services.availability.model import Availability, State
from rucio_jupyterlab.services.availability.service import AvailabilityService
from rucio_jupyterlab.services.concurrency import gather_bounded
from rucio_jupyterlab.services.copies.service import Copies
from rucio_jupyterlab.services.destinations import choose
from rucio_jupyterlab.services.locations import FileLocation, Locations
from rucio_jupyterlab.services.manifests import Manifests, file_to_dict, manifest_line
from rucio_jupyterlab.services.mounts import MountHangs, Mounts
from rucio_jupyterlab.services.sessions import Sessions

MOST_ITEMS_IN_ANSWER = 1000
FILES_IN_A_PIECE = 2000
COLLECTIONS_AT_ONCE = 2


@dataclass(frozen=True)
class Wanted:
    """A DID and the variable that it is to be."""

    did: Did
    variable_name: str


@dataclass(frozen=True)
class Resolved:
    """``files`` or ``manifest`` only when the DID is available; ``count`` None when not known."""

    wanted: Wanted
    type: DidType | None
    state: State
    count: int | None = None
    files: Sequence[FileLocation] | None = None
    manifest: str | None = None
    message: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "did": str(self.wanted.did),
            "variable_name": self.wanted.variable_name,
            "type": self.type,
            "state": self.state,
            "count": self.count,
            "items": None if self.files is None else [file_to_dict(item) for item in self.files],
            "manifest": (
                {"path": self.manifest, "count": self.count, "format": "jsonl"}
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
            if at.type == "file" or at.state != "available":
                return _file_or_nothing(item, at)
            try:
                if at.rse is None:
                    return await self._collection(item, at, self._on_disk(instance, at.did), None)
                destination = choose(instance, at.rse)
                locations = self._locations.of_collection(client, at.did, destination)
                return await self._collection(item, at, locations, destination)
            except NotAuthenticated:
                raise
            except ExtensionError as error:
                return Resolved(item, at.type, "unknown", message=error.message)

        return await gather_bounded(one, zip(wanted, found, strict=True), COLLECTIONS_AT_ONCE)

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
        first: list[FileLocation] = []
        # Texts: the garbage collector would look at thousands of records again and again, and at
        # all of Jupyter's own with them.
        piece: list[str] = []
        sample = _Sample()
        writer = None
        try:
            async with aclosing(locations):
                async for location in locations:
                    if location.path is None and destination is not None:
                        return _nowhere(wanted, at, location, destination)
                    sample.add(location.path or "")
                    if writer is None:
                        first.append(location)
                        if len(first) <= MOST_ITEMS_IN_ANSWER:
                            continue
                        writer = await self._manifests.begin()
                        piece = [manifest_line(item) for item in first]
                        first = []
                    else:
                        piece.append(manifest_line(location))
                    if len(piece) >= FILES_IN_A_PIECE:
                        await writer.add(piece)
                        piece = []
            missing = None
            if destination is not None:
                missing = await self._missing(destination, sample.paths())
            if missing is not None:
                return Resolved(wanted, at.type, "unknown", message=missing)
            if writer is None:
                return Resolved(wanted, at.type, "available", count=len(first), files=first)
            if piece:
                await writer.add(piece)
            path = await writer.finish()
            count, writer = writer.count, None
            return Resolved(wanted, at.type, "available", count=count, manifest=str(path))
        finally:
            if writer is not None:
                await writer.discard()

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


class _Sample:
    """The first, a middle and the last of many paths, without keeping the others."""

    def __init__(self) -> None:
        self._first: str | None = None
        self._middle: str | None = None
        self._last: str | None = None
        self._count = 0

    def add(self, path: str) -> None:
        self._count += 1
        self._first = self._first or path
        # At each power of two the path at hand is near the middle of what comes after it.
        if self._count & (self._count - 1) == 0:
            self._middle = path
        self._last = path

    def paths(self) -> list[str]:
        return [path for path in dict.fromkeys((self._first, self._middle, self._last)) if path]


def _file_or_nothing(wanted: Wanted, at: Availability) -> Resolved:
    """A file is resolved by its availability; what is not available has no paths."""
    if at.state != "available":
        return Resolved(wanted, at.type, at.state, count=at.files_total, message=at.message)
    file = FileLocation(at.did, at.bytes_total, at.path, at.pfn)
    return Resolved(wanted, "file", "available", count=1, files=[file])


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
