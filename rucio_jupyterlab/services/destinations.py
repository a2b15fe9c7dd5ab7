"""From a PFN at a destination to the path below its mount."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable
from dataclasses import replace

from rucio_jupyterlab.client import rses
from rucio_jupyterlab.client.rses import RseRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination, Instance
from rucio_jupyterlab.errors import BadRequest, NotFound, Unprocessable
from rucio_jupyterlab.paths.mount import PathOutsideMount, by_prefix, pfn_to_path
from rucio_jupyterlab.paths.proxy import unproxied
from rucio_jupyterlab.services.instances import Instances
from rucio_jupyterlab.services.mounts import MountHangs, Mounts

# Names of RSEs have no other characters (Rucio's RSE schemas), so this is no expression.
_RSE_NAME = re.compile(r"[A-Za-z0-9._-]+")

# Protocols of a site change once in years; a minute spares a request at each click.
RSE_LIFE_S = 60.0


class Destinations:
    """What Rucio knows about the RSEs that are mounted here. Remembered for a minute."""

    def __init__(self, instances: Instances, mounts: Mounts) -> None:
        self._instances = instances
        self._mounts = mounts
        self._known: dict[tuple[Instance, str], tuple[float, RseRecord]] = {}
        self._asking: dict[tuple[Instance, str], asyncio.Lock] = {}
        self._resolved: dict[tuple[Instance, str], tuple[float, frozenset[str]]] = {}
        self._settled: dict[tuple[Instance, Destination], tuple[float, Destination]] = {}

    async def rse(self, client: RucioClient, rse: str) -> RseRecord:
        """
        Raises:
            NotFound: code ``unknown_rse``; the instance's configuration names an RSE that is not
                there.
        """
        instance = client.instance
        key = (instance, rse)
        async with self._asking.setdefault(key, asyncio.Lock()):
            at, record = self._known.get(key, (0.0, None))
            if record is None or time.monotonic() - at > RSE_LIFE_S:
                try:
                    record = await rses.get(client, rse)
                except NotFound as error:
                    problem = _unknown_rse(rse, error)
                    self._instances.note_rse_problem(instance.name, rse, problem)
                    raise problem from error
                self._instances.note_rse_problem(instance.name, rse, None)
                self._known[key] = (time.monotonic(), record)
            return record

    async def resolve(self, client: RucioClient, expression: str) -> frozenset[str]:
        """The RSEs that an RSE expression means; none for one that Rucio does not understand.

        A plain name costs no request.
        """
        if _RSE_NAME.fullmatch(expression):
            return frozenset((expression,))
        key = (client.instance, expression)
        async with self._asking.setdefault(key, asyncio.Lock()):
            at, found = self._resolved.get(key, (0.0, frozenset()))
            if key not in self._resolved or time.monotonic() - at > RSE_LIFE_S:
                try:
                    found = frozenset(await rses.list_rses(client, expression))
                except Unprocessable:
                    # An attribute was renamed after the rule was made.
                    found = frozenset()
                self._resolved[key] = (time.monotonic(), found)
            return found

    async def settled(self, client: RucioClient, destination: Destination) -> Destination:
        """With ``path_begins_at`` 0 where it was left out and whole paths are what is mounted: what
        an RSE's prefix names is then a folder below the mount.

        Existing deployments count on that default; all others need not know the key.
        """
        if destination.path_begins_at is not None:
            return destination
        key = (client.instance, destination)
        at, settled = self._settled.get(key, (0.0, destination))
        if key not in self._settled or time.monotonic() - at > RSE_LIFE_S:
            record = await self.rse(client, destination.rse)
            mount = destination.mount_path
            folders = {f"{mount.rstrip('/')}/{item.prefix.strip('/')}" for item in record.protocols}
            try:
                are_there = await self._mounts.existing(mount, sorted(folders - {f"{mount}/"}))
            except MountHangs:
                return destination
            settled = replace(destination, path_begins_at=0) if any(are_there) else destination
            self._settled[key] = (time.monotonic(), settled)
        return settled

    async def path(
        self, client: RucioClient, destination: Destination, pfns: Iterable[str]
    ) -> tuple[str | None, str | None]:
        """The path below the mount and the PFN that it was made of.

        Of the first PFN that leads there.

        (None, None) when no PFN does, as with those of a protocol that is not what is mounted.
        """
        record = None
        destination = await self.settled(client, destination)
        if destination.path_begins_at is None:
            record = await self.rse(client, destination.rse)
        for pfn in pfns:
            path = path_below_mount(destination, record, pfn)
            if path is not None:
                return path, pfn
        return None, None


def choose(instance: Instance, rse: str | None) -> Destination:
    """The destination that is meant: the one named, or the instance's first.

    Raises:
        BadRequest: the instance has none, or not this one.
    """
    if not instance.destinations:
        raise BadRequest(
            f"“{instance.display_name}” has no storage that is mounted here.",
            code="no_destination",
            hint="The operator configures destination_rse and rse_mount_path.",
        )
    if rse is None:
        return instance.destinations[0]
    for destination in instance.destinations:
        if destination.rse == rse:
            return destination
    raise BadRequest(
        f"{rse} is not mounted here.",
        code="not_a_destination",
        hint="Mounted are: " + ", ".join(known.rse for known in instance.destinations) + ".",
    )


def path_below_mount(destination: Destination, record: RseRecord | None, pfn: str) -> str | None:
    """The path of ``pfn``; None when it does not lead below the mount. ``destination`` is a settled
    one.

    With ``path_begins_at`` configured that alone decides. Without it, the prefix of the RSE's own
    protocols (``record``) tells what is mounted; where none fits, the whole path of the PFN is
    taken, as ``path_begins_at`` 0 does.
    """
    origin = unproxied(pfn)
    try:
        if destination.path_begins_at is not None:
            return pfn_to_path(
                origin,
                mount_path=destination.mount_path,
                path_begins_at=destination.path_begins_at,
            )
        for prefix in dict.fromkeys(item.prefix for item in record.protocols) if record else ():
            try:
                return by_prefix(origin, destination.mount_path, prefix)
            except PathOutsideMount:
                continue
        return pfn_to_path(origin, mount_path=destination.mount_path, path_begins_at=0)
    except PathOutsideMount:
        return None


def _unknown_rse(rse: str, error: NotFound) -> NotFound:
    return NotFound(
        f"Rucio does not know the storage {rse} that is configured here.",
        code="unknown_rse",
        hint="Ask the operator to check destination_rse.",
        rucio=error.rucio,
    )
