"""What lies on a mounted scratch storage: it need not be sent, Rucio moves it from there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rucio_jupyterlab.client.rses import RseProtocol
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination
from rucio_jupyterlab.paths.mount import PathOutsideMount
from rucio_jupyterlab.paths.scratch import path_to_pfn
from rucio_jupyterlab.services.destinations import Destinations
from rucio_jupyterlab.services.mounts import MountHangs, Mounts
from rucio_jupyterlab.services.uploads.model import PlanItem


@dataclass(frozen=True)
class _Mount:
    """``real`` is its folder without links."""

    place: Destination
    real: str
    protocols: Sequence[RseProtocol]


class ScratchPlaces:
    """From a file's path to where Rucio finds it."""

    def __init__(self, destinations: Destinations, mounts: Mounts) -> None:
        self._destinations = destinations
        self._mounts = mounts

    async def by_third_party(
        self, client: RucioClient, items: Sequence[PlanItem]
    ) -> list[PlanItem]:
        """The same, those on a scratch storage with their PFN there."""
        mounts = [
            mount
            for place in client.instance.scratch
            if (mount := await self._mount(client, place)) is not None
        ]
        return [_placed(item, mounts) for item in items]

    async def _mount(self, client: RucioClient, place: Destination) -> _Mount | None:
        """None where it is not mounted: nothing that is there can be on it then."""
        if await self._mounts.state(place.mount_path) != "mounted":
            return None
        record = await self._destinations.rse(client, place.rse)
        settled = await self._destinations.settled(client, place)
        try:
            real = await self._mounts.look(
                place.mount_path, lambda: os.path.realpath(place.mount_path)
            )
        except MountHangs:
            return None
        return _Mount(settled, real, record.protocols)


def _placed(item: PlanItem, mounts: Sequence[_Mount]) -> PlanItem:
    if item.source.problem is not None:
        return item
    for mount in mounts:
        for protocol in mount.protocols:
            try:
                pfn = path_to_pfn(
                    item.source.real,
                    mount_path=mount.real,
                    path_begins_at=mount.place.path_begins_at,
                    protocol=protocol,
                )
            except PathOutsideMount:
                continue
            return replace(item, via="third_party", pfn=pfn, scratch_rse=mount.place.rse)
    return item
