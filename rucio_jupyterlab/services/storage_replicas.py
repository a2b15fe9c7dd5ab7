"""At which sites a DID is, and how much of it: from summaries, never file by file."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from rucio_jupyterlab.client import dids, replicas
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import BULK_DIDS, DidRecord
from rucio_jupyterlab.client.replicas import DatasetReplicaRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.services.availability.deep import DeepLook
from rucio_jupyterlab.services.catalogue_inside import inside
from rucio_jupyterlab.services.concurrency import gather_bounded
from rucio_jupyterlab.services.lists import Cut, in_pieces
from rucio_jupyterlab.services.sessions import Sessions

MOST_DATASETS = 5_000
# Each costs Rucio a count of file replicas.
MOST_COUNTED = 50
# Of a dataset of this size or less even the sites are found that hold files of it without a rule.
SMALL_DATASET = 1_000


@dataclass
class _Site:
    rse: str
    available_files: int = 0
    available_bytes: int = 0
    states: set[str] = field(default_factory=set)


@dataclass
class _Sum:
    """Over datasets. A total is None once it is not known of one of them."""

    files: int | None = 0
    size_bytes: int | None = 0
    sites: dict[str, _Site] = field(default_factory=dict)
    uncounted: int = 0

    def add(self, record: DidRecord, found: Sequence[DatasetReplicaRecord]) -> None:
        files, size = record.length, record.size_bytes
        if files is None and found:
            files = max(item.length for item in found)
        if size is None and found:
            size = max(item.size_bytes for item in found)
        self.files = None if self.files is None or files is None else self.files + files
        self.size_bytes = (
            None if self.size_bytes is None or size is None else self.size_bytes + size
        )
        for item in found:
            site = self.sites.setdefault(item.rse, _Site(item.rse))
            site.available_files += item.available_length
            site.available_bytes += item.available_bytes
            site.states.add(item.state)


class ReplicasBySite:
    """The replicas of a DID, summed by RSE."""

    def __init__(self, sessions: Sessions, deep: DeepLook) -> None:
        self._sessions = sessions
        self._deep = deep

    async def list_replicas(
        self, instance: Instance, did: Did
    ) -> AsyncGenerator[dict[str, Any] | Cut, None]:
        """``{rse, state, files, available_files, bytes, available_bytes}``, fullest first.

        ``files`` and ``bytes`` are of the whole DID, None where Rucio does not say. ``state`` is
        AVAILABLE, PARTIAL or what Rucio says; of a file, Rucio's, with its ``pfns``. In a container
        a file of two datasets counts twice. Copies that no rule keeps are found in datasets of up
        to 1,000 files, in 50 of a container's at most.

        Raises:
            UnknownDid: Rucio has no such DID.
        """
        client = await self._sessions.client(instance)
        record = await dids.get(client, did)
        if record.type == "file":
            for row in await _of_file(client, record):
                yield row
            return
        total = _Sum()
        cut = None
        if record.type == "dataset":
            await self._add(client, total, [record], MOST_COUNTED)
        else:
            cut = await self._add_all_inside(client, total, did)
        for site in sorted(
            total.sites.values(), key=lambda site: (-site.available_files, site.rse)
        ):
            yield _row(total, site)
        if cut is not None:
            yield cut
        elif total.uncounted:
            yield Cut(
                f"Rucio could not say quickly where the files of {_datasets(total.uncounted)} are: "
                "sites may be missing, and hold more."
            )

    async def _add_all_inside(self, client: RucioClient, total: _Sum, did: Did) -> Cut | None:
        passed = 0
        counts_left = MOST_COUNTED
        pieces = in_pieces(inside(client, [did], "dataset", ()), BULK_DIDS, BULK_DIDS)
        async with aclosing(pieces):
            async for piece in pieces:
                if passed + len(piece) > MOST_DATASETS:
                    return Cut(
                        f"{did} holds more than {MOST_DATASETS:,} datasets; these are the replicas "
                        f"of {passed:,} of them."
                    )
                counts_left = await self._add(client, total, piece, counts_left)
                passed += len(piece)
        return None

    async def _add(
        self,
        client: RucioClient,
        total: _Sum,
        records: Sequence[DidRecord],
        counts_left: int,
    ) -> int:
        """Adds datasets to ``total``; gives how many may still be counted file by file."""
        found = await replicas.dataset_replicas_bulk(client, [item.did for item in records])
        silent = [item for item in records if item.length != 0 and _says_nothing(found, item)]
        # Copies that no rule keeps are in no summary.
        small = [item for item in records if _is_small(item) and item not in silent]
        to_count = silent + small
        counted = await gather_bounded(
            lambda item: self._deep.replicas(client, item), to_count[:counts_left], 4
        )
        answered = {
            item.did: answer
            for item, answer in zip(to_count, counted, strict=False)
            if not isinstance(answer, str)
        }
        total.uncounted += sum(1 for item in silent if item.did not in answered)
        for item in records:
            total.add(item, answered.get(item.did, found.get(item.did, ())))
        return max(0, counts_left - len(to_count))


def _says_nothing(found: Mapping[Did, Sequence[DatasetReplicaRecord]], record: DidRecord) -> bool:
    """Rucio has no summary yet: there are none, or only some that it has not counted."""
    return not any(row.length for row in found.get(record.did, ()))


def _is_small(record: DidRecord) -> bool:
    return record.length is not None and 0 < record.length <= SMALL_DATASET


def _row(total: _Sum, site: _Site) -> dict[str, Any]:
    return {
        "rse": site.rse,
        "state": _state(total.files, site),
        "files": total.files,
        "available_files": site.available_files,
        "bytes": total.size_bytes,
        "available_bytes": site.available_bytes,
    }


def _state(files: int | None, site: _Site) -> str:
    if files is not None and site.available_files >= files:
        return "AVAILABLE"
    if site.available_files:
        return "PARTIAL"
    return next(iter(sorted(site.states - {"AVAILABLE"})), "UNAVAILABLE")


async def _of_file(client: RucioClient, record: DidRecord) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    found = replicas.list_replicas(client, [record.did], all_states=True)
    async with aclosing(found):
        async for replica in found:
            for rse, state in replica.states.items():
                is_available = state == "AVAILABLE"
                rows.append(
                    {
                        "rse": rse,
                        "state": state,
                        "files": 1,
                        "available_files": int(is_available),
                        "bytes": record.size_bytes,
                        "available_bytes": record.size_bytes if is_available else 0,
                        "pfns": list(replica.pfns.get(rse, ())),
                    }
                )
    return sorted(rows, key=lambda row: (row["state"] != "AVAILABLE", row["rse"]))


def _datasets(count: int) -> str:
    return "one dataset" if count == 1 else f"{count} datasets"
