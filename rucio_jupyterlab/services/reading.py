"""From where a file can be read here: a mount, the user's own disk, or a storage on the network."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from rucio_jupyterlab.client import replicas
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.replicas import ReplicaRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.services.copies.service import Copies
from rucio_jupyterlab.services.destinations import Destinations
from rucio_jupyterlab.services.mounts import MountHangs, Mounts
from rucio_jupyterlab.services.sessions import Sessions

log = logging.getLogger(__name__)

# A mount is given two seconds to say whether they are all there.
FILES_AT_ONCE = 64


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
    """Looks where files are. Many cost Rucio less together than one by one."""

    def __init__(
        self, sessions: Sessions, destinations: Destinations, mounts: Mounts, copies: Copies
    ) -> None:
        self._sessions = sessions
        self._destinations = destinations
        self._mounts = mounts
        self._copies = copies

    async def whereabouts(
        self, instance: Instance, sizes: Mapping[Did, int | None]
    ) -> dict[Did, Whereabouts]:
        """Of files, given with the bytes that Rucio says they have: a local copy counts only when
        it is of that size.

        Raises:
            NotAuthenticated, RucioUnreachable, RucioTimeout, …: Rucio could not be asked.
        """
        client = await self._sessions.client(instance)
        found: dict[Did, Whereabouts] = {}
        wanted = list(sizes)
        for start in range(0, len(wanted), FILES_AT_ONCE):
            some = wanted[start : start + FILES_AT_ONCE]
            known = await _replicas(client, some)
            mounted, messages = await self._mounted(client, instance, known)
            left = [did for did in some if did not in mounted]
            copies = await self._copied(instance, {did: sizes[did] for did in left})
            for did in some:
                path = mounted.get(did) or copies.get(did)
                found[did] = _whereabouts(path, known.get(did), messages.get(did))
        for did, where in found.items():
            if where.message is not None:
                log.info("%s is not read from the mount: %s", did, where.message)
        return found

    async def _copied(
        self, instance: Instance, sizes: Mapping[Did, int | None]
    ) -> dict[Did, str | None]:
        """The paths of those on the user's disk."""
        if not instance.can_download or not sizes:
            return {}
        files = (await self._copies.find(instance, sizes)).files
        return {did: path for did, (path, size) in files.items() if sizes[did] in (None, size)}

    async def _mounted(
        self, client: RucioClient, instance: Instance, known: Mapping[Did, ReplicaRecord]
    ) -> tuple[dict[Did, str], dict[Did, str]]:
        """The paths below mounts, and why there is none of what Rucio has there."""
        paths: dict[Did, str] = {}
        messages: dict[Did, str] = {}
        for destination in instance.destinations:
            rse, mount = destination.rse, destination.mount_path
            there: dict[Did, str] = {}
            for did, replica in known.items():
                pfns = replica.pfns.get(rse, ())
                if did in paths or not pfns:
                    continue
                path, _ = await self._destinations.path(client, destination, pfns)
                if path is None:
                    messages[did] = f"Where it is below {mount} cannot be told from its address."
                else:
                    there[did] = path
            try:
                exist = await self._mounts.existing(mount, list(there.values()))
            except MountHangs:
                exist = None
            for number, (did, path) in enumerate(there.items()):
                if exist is None:
                    messages[did] = f"The storage mounted at {mount} does not answer."
                elif exist[number]:
                    paths[did] = path
                else:
                    messages[did] = f"Rucio has it at {rse}, but {path} does not exist here."
        return paths, messages


def _whereabouts(
    path: str | None, replica: ReplicaRecord | None, message: str | None
) -> Whereabouts:
    if path is not None:
        return Whereabouts(path)
    if replica is None:
        return Whereabouts(None, message=message)
    on_disk = tuple(pfn for pfn, about in replica.pfn_info.items() if about.type != "TAPE")
    return Whereabouts(None, on_disk, tuple(sorted(replica.states)), message)


async def _replicas(client: RucioClient, dids: Sequence[Did]) -> dict[Did, ReplicaRecord]:
    """With the sites that have them whole; those that none has are left out."""
    found = replicas.list_replicas(client, dids)
    async with aclosing(found):
        return {replica.did: replica async for replica in found}
