"""Where the files of a collection lie below a mount.

A deterministic RSE keeps a file where its name says, so twenty thousand paths are computed in the
time that Rucio needs for one replica. The computation is compared with one real replica of the
collection first; where the two differ, or the RSE is not deterministic, Rucio lists the replicas
one by one.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import NamedTuple

from rucio_jupyterlab.client import dids, replicas
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.replicas import ReplicaRecord
from rucio_jupyterlab.client.rses import RseProtocol, RseRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination
from rucio_jupyterlab.paths.lfn2pfn import lfn2path, pfn_for
from rucio_jupyterlab.paths.proxy import unproxied
from rucio_jupyterlab.services.destinations import Destinations, path_below_mount


class FileLocation(NamedTuple):
    """A file of a collection.

    ``path`` and ``pfn`` are None where it has no place below the mount, and where it is not there;
    ``message`` then says why. ``expected`` is the path that it would have, where it may be there.
    """

    did: Did
    size_bytes: int | None
    path: str | None
    pfn: str | None
    message: str | None = None
    expected: str | None = None


class Place:
    """Computes where a deterministic RSE keeps its files, by one of its protocols."""

    def __init__(
        self, destination: Destination, rse: RseRecord, protocol: RseProtocol, algorithm: str
    ) -> None:
        self._destination = destination
        self._rse = rse
        self._protocol = protocol
        self._algorithm = algorithm

    @classmethod
    def candidates(cls, destination: Destination, rse: RseRecord) -> list[Place]:
        """One for each protocol; none where names do not tell where a file is."""
        algorithm = rse.lfn2pfn_algorithm
        if not rse.deterministic or algorithm is None or lfn2path(algorithm, "s", "n") is None:
            return []
        return [cls(destination, rse, protocol, algorithm) for protocol in rse.protocols]

    def location(self, did: Did) -> tuple[str | None, str | None]:
        """Path below the mount, and PFN."""
        path = lfn2path(self._algorithm, did.scope, did.name)
        pfn = None if path is None else pfn_for(self._protocol, path)
        if pfn is None:
            return None, None
        return path_below_mount(self._destination, self._rse, pfn), pfn


class Locations:
    """Paths of all files below a collection, at one destination."""

    def __init__(self, destinations: Destinations) -> None:
        self._destinations = destinations

    async def place(self, client: RucioClient, destination: Destination) -> Place | None:
        """Where files belong by their names, not compared with anything.

        None where names do not tell.
        """
        rse = await self._destinations.rse(client, destination.rse)
        destination = await self._destinations.settled(client, destination)
        return next(iter(Place.candidates(destination, rse)), None)

    async def of_collection(
        self, client: RucioClient, did: Did, destination: Destination
    ) -> AsyncGenerator[FileLocation, None]:
        """The files below, each with its place. Nothing is gathered."""
        rse = await self._destinations.rse(client, destination.rse)
        destination = await self._destinations.settled(client, destination)
        candidates = Place.candidates(destination, rse)
        if candidates:
            files = dids.files(client, did)
            async with aclosing(files):
                first = await anext(files, None)
                if first is None:
                    return
                place = await self._checked(client, first.did, destination, candidates)
                if place is not None:
                    yield FileLocation(first.did, first.size_bytes, *place.location(first.did))
                    async for file in files:
                        yield FileLocation(file.did, file.size_bytes, *place.location(file.did))
                    return
        listed = self.listed(client, did, destination)
        async with aclosing(listed):
            async for location in listed:
                yield location

    async def checked_place(
        self, client: RucioClient, file: Did, destination: Destination
    ) -> Place | None:
        """Where files are by their names, as compared with one that is there.

        None where names do not tell.
        """
        rse = await self._destinations.rse(client, destination.rse)
        destination = await self._destinations.settled(client, destination)
        candidates = Place.candidates(destination, rse)
        return await self._checked(client, file, destination, candidates) if candidates else None

    async def _checked(
        self, client: RucioClient, file: Did, destination: Destination, candidates: list[Place]
    ) -> Place | None:
        """The candidate that says of one file what Rucio says; None when none does."""
        sample = replicas.list_replicas(client, [file], destination.rse)
        async with aclosing(sample):
            replica = await anext(sample, None)
        real = {unproxied(pfn) for pfn in replica.pfns.get(destination.rse, ())} if replica else ()
        return next((place for place in candidates if place.location(file)[1] in real), None)

    async def listed(
        self, client: RucioClient, did: Did, destination: Destination
    ) -> AsyncGenerator[FileLocation, None]:
        """The files below that are there, from their replicas: slow where there are many."""
        rse = await self._destinations.rse(client, destination.rse)
        destination = await self._destinations.settled(client, destination)
        found = replicas.list_replicas(client, [did], destination.rse)
        async with aclosing(found):
            async for replica in found:
                path, pfn = _first_below(destination, rse, replica)
                yield FileLocation(replica.did, replica.size_bytes, path, pfn)


def _first_below(
    destination: Destination, rse: RseRecord, replica: ReplicaRecord
) -> tuple[str | None, str | None]:
    for pfn in replica.pfns.get(destination.rse, ()):
        path = path_below_mount(destination, rse, pfn)
        if path is not None:
            return path, pfn
    return None, None
