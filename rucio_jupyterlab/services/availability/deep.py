"""Counting a dataset's single replicas: the last resort, where Rucio has no summary."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rucio_jupyterlab.client import replicas
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord
from rucio_jupyterlab.client.replicas import DatasetReplicaRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import RucioTimeout
from rucio_jupyterlab.services.availability.model import now

LIMIT_S = 3.0
# Rucio counts 20,000 replicas in 40 ms; beyond this many files an answer would no longer come at
# once.
MOST_FILES = 50_000
LOOKS_AT_ONCE = 4
LIFE_S = 30.0
# After Rucio was too slow for a dataset of some size, it is not asked about as large ones for a
# while: a query that nobody waits for any more still costs its database.
PATIENCE_S = 300.0


@dataclass(frozen=True)
class Counted:
    """Replicas of a dataset, complete or not, and when Rucio counted them."""

    replicas: Sequence[DatasetReplicaRecord]
    at: datetime


class DeepLook:
    """Asks Rucio to count replicas, within a time limit, and remembers what it said for a while."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(LOOKS_AT_ONCE)
        self._known: dict[tuple[Instance, Did], tuple[float, Counted]] = {}
        self._asking: dict[tuple[Instance, Did], asyncio.Lock] = {}
        self._too_many: dict[Instance, tuple[float, int]] = {}

    async def replicas(
        self, client: RucioClient, record: DidRecord
    ) -> Sequence[DatasetReplicaRecord] | str:
        """As ``count``, without its age."""
        counted = await self.count(client, record)
        return counted if isinstance(counted, str) else counted.replicas

    async def count(self, client: RucioClient, record: DidRecord) -> Counted | str:
        """Complete and incomplete replicas of a dataset; or the sentence why they are not known.

        Who asks for the same one meanwhile waits for the one answer.
        """
        key = (client.instance, record.did)
        lock = self._asking.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                kept = self._known.get(key)
                if kept is not None and time.monotonic() - kept[0] < LIFE_S:
                    return kept[1]
                async with self._slots:
                    return await self._ask(client, record)
        finally:
            if not lock.locked():
                self._asking.pop(key, None)

    async def _ask(self, client: RucioClient, record: DidRecord) -> Counted | str:
        instance = client.instance
        if self._is_too_large(instance, record.length):
            return (
                "No rule brings it here. Whether single files of it are here, Rucio cannot say "
                "quickly for a dataset of this size."
            )
        try:
            found = await asyncio.wait_for(
                replicas.dataset_replicas(client, record.did, deep=True, timeout=LIMIT_S),
                LIMIT_S,
            )
        except (RucioTimeout, asyncio.TimeoutError):
            self._too_many[instance] = (time.monotonic(), record.length or 0)
            return (
                "No rule brings it here. Whether files of it are here, Rucio did not say "
                f"within {LIMIT_S:g} s."
            )
        self._forget_old()
        counted = Counted(found, now())
        self._known[instance, record.did] = (time.monotonic(), counted)
        return counted

    def forget(self, client: RucioClient, did: Did) -> None:
        """Something was done to the DID: what is remembered may be wrong."""
        self._known.pop((client.instance, did), None)

    def _is_too_large(self, instance: Instance, length: int | None) -> bool:
        at, too_many = self._too_many.get(instance, (0.0, MOST_FILES))
        if time.monotonic() - at > PATIENCE_S:
            too_many = MOST_FILES
        return length is not None and length >= max(too_many, 1)

    def _forget_old(self) -> None:
        oldest = time.monotonic() - LIFE_S
        self._known = {key: value for key, value in self._known.items() if value[0] > oldest}
