"""Replicas: of datasets in summary, of files one by one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.transport import RucioClient

ReplicaState = Literal[
    "AVAILABLE", "UNAVAILABLE", "COPYING", "BEING_DELETED", "BAD", "TEMPORARY_UNAVAILABLE"
]


@dataclass(frozen=True, slots=True)
class DatasetReplicaRecord:
    """A dataset at one RSE, counted by Rucio: no file is listed for it."""

    did: Did
    rse: str
    state: ReplicaState
    length: int
    available_length: int
    size_bytes: int
    available_bytes: int
    updated_at: datetime | None


class PfnInfo(NamedTuple):
    """``domain`` is ``wan`` or ``lan``; a lower ``priority`` is nearer; ``type`` is DISK or TAPE."""

    rse: str
    type: str | None
    domain: str | None
    priority: int | None


class ReplicaRecord(NamedTuple):
    """A file and where it is. ``states`` by RSE; ``pfns`` by RSE, Rucio's preferred first."""

    did: Did
    size_bytes: int | None
    adler32: str | None
    states: Mapping[str, ReplicaState]
    pfns: Mapping[str, tuple[str, ...]]
    pfn_info: Mapping[str, PfnInfo]


async def dataset_replicas(
    client: RucioClient, did: Did, deep: bool = False, *, timeout: float | None = None
) -> list[DatasetReplicaRecord]:
    """Of one dataset, at each RSE. Empty until a rule has been on it, unless ``deep``, which counts file
    replicas: 40 ms for 20,000 files on PostgreSQL, minutes on SQLite, so give a ``timeout``."""
    raise NotImplementedError


async def dataset_replicas_bulk(
    client: RucioClient, dids: Sequence[Did]
) -> dict[Did, list[DatasetReplicaRecord]]:
    """Of many datasets in one request."""
    raise NotImplementedError


def list_replicas(
    client: RucioClient,
    dids: Sequence[Did],
    rse_expression: str | None = None,
    *,
    all_states: bool = False,
    site: str | None = None,
    schemes: Sequence[str] | None = None,
    ignore_availability: bool = True,
) -> AsyncIterator[ReplicaRecord]:
    """File replicas; collections are resolved to their files. Slow for many files: see performance."""
    raise NotImplementedError
