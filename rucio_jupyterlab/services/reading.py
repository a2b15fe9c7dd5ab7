"""From where a file can be read here: a mount, the user's own disk, or a storage on the network."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from rucio_jupyterlab.client import replicas
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.replicas import ReplicaRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination, Instance
from rucio_jupyterlab.services.copies.service import Copies
from rucio_jupyterlab.services.destinations import Destinations
from rucio_jupyterlab.services.mounts import MountHangs, Mounts
from rucio_jupyterlab.services.sessions import Sessions

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Whereabouts:
    """``path`` is on this machine, and was there a moment ago.

    Without one, ``pfns`` are at storages that have the file on disk, the nearest first; ``rses``
    are all that have it. ``message`` says why it is not read from a mount that should have it.
    """

    path: str | None
    pfns: tuple[str, ...] = ()
    rses: tuple[str, ...] = ()
    message: str | None = None


class Reading:
    """Looks where files are. One request to Rucio a file."""

    def __init__(
        self, sessions: Sessions, destinations: Destinations, mounts: Mounts, copies: Copies
    ) -> None:
        self._sessions = sessions
        self._destinations = destinations
        self._mounts = mounts
        self._copies = copies

    async def whereabouts(
        self, instance: Instance, did: Did, size_bytes: int | None
    ) -> Whereabouts:
        """Of a file. A local copy counts only when it is of the size that Rucio says.

        Raises:
            NotAuthenticated, RucioUnreachable, RucioTimeout, …: Rucio could not be asked.
        """
        client = await self._sessions.client(instance)
        replica = await _replica(client, did)
        path, message = None, None
        for destination in instance.destinations:
            pfns = () if replica is None else replica.pfns.get(destination.rse, ())
            path, problem = await self._mounted(client, destination, pfns)
            if path is not None:
                return Whereabouts(path)
            message = message or problem
        if message is not None:
            log.info("%s is not read from the mount: %s", did, message)
        if instance.can_download:
            here = (await self._copies.find(instance, [did])).files.get(did)
            if here is not None and size_bytes in (None, here[1]):
                return Whereabouts(here[0])
        if replica is None:
            return Whereabouts(None, message=message)
        on_disk = tuple(pfn for pfn, about in replica.pfn_info.items() if about.type != "TAPE")
        return Whereabouts(None, on_disk, tuple(sorted(replica.states)), message)

    async def _mounted(
        self, client: RucioClient, destination: Destination, pfns: Sequence[str]
    ) -> tuple[str | None, str | None]:
        """The path below the mount, or why there is none although Rucio has it there."""
        rse, mount = destination.rse, destination.mount_path
        if not pfns:
            return None, None
        path, _ = await self._destinations.path(client, destination, pfns)
        if path is None:
            return None, f"Where it is below {mount} cannot be told from its address."
        try:
            (is_there,) = await self._mounts.existing(mount, [path])
        except MountHangs:
            return None, f"The storage mounted at {mount} does not answer."
        if not is_there:
            return None, f"Rucio has it at {rse}, but {path} does not exist here."
        return path, None


async def _replica(client: RucioClient, did: Did) -> ReplicaRecord | None:
    """With the sites that have it whole; None where none has."""
    found = replicas.list_replicas(client, [did])
    async with aclosing(found):
        return await anext(found, None)
