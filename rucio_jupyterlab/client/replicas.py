"""Replicas: of datasets in summary, of files one by one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, cast

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import BULK_DIDS, FEW_DIDS, as_json
from rucio_jupyterlab.client.parsing import did_of, enum_name, optional_int, optional_text, time_of
from rucio_jupyterlab.client.transport import RucioClient

ReplicaState = Literal[
    "AVAILABLE", "UNAVAILABLE", "COPYING", "BEING_DELETED", "BAD", "TEMPORARY_UNAVAILABLE"
]

# Rucio is silent for half a minute before the first of 20,000 files.
LIST_TIMEOUT_S = 120.0


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
    """``domain`` is wan or lan, ``type`` DISK or TAPE; a lower ``priority`` is nearer."""

    rse: str
    type: str | None
    domain: str | None
    priority: int | None


class ReplicaRecord(NamedTuple):
    """A file and where it is. ``states`` by RSE; ``pfns`` by RSE, Rucio's preferred one first."""

    did: Did
    size_bytes: int | None
    adler32: str | None
    states: Mapping[str, ReplicaState]
    pfns: Mapping[str, tuple[str, ...]]
    pfn_info: Mapping[str, PfnInfo]


async def dataset_replicas(
    client: RucioClient, did: Did, deep: bool = False, *, timeout: float | None = None
) -> list[DatasetReplicaRecord]:
    """Of one dataset, at each RSE. Empty until a rule has been on it, unless ``deep``.

    ``deep`` counts file replicas in Rucio's database: 40 ms for 20,000 files on PostgreSQL, minutes
    on SQLite, so give a ``timeout`` (seconds). A DID that is unknown or no dataset gives nothing.

    Raises:
        RucioTimeout: it took longer than ``timeout``.
    """
    return await client.list(
        "GET",
        f"/replicas/{did.url_path}/datasets",
        params={"deep": deep or None},
        timeout=timeout,
        parse=_dataset_replica,
    )


async def dataset_replicas_bulk(
    client: RucioClient, dids: Sequence[Did]
) -> dict[Did, list[DatasetReplicaRecord]]:
    """Of many datasets in one request for each 500; those without any are left out."""
    if len(dids) <= FEW_DIDS:
        each = await asyncio.gather(*(dataset_replicas(client, did) for did in dids))
        return {did: records for did, records in zip(dids, each, strict=True) if records}
    found: dict[Did, list[DatasetReplicaRecord]] = {}
    for start in range(0, len(dids), BULK_DIDS):
        records = await client.list(
            "POST",
            "/replicas/datasets_bulk",
            json={"dids": as_json(dids[start : start + BULK_DIDS])},
            parse=_dataset_replica,
        )
        for record in records:
            found.setdefault(record.did, []).append(record)
    return found


def list_replicas(
    client: RucioClient,
    dids: Sequence[Did],
    rse_expression: str | None = None,
    *,
    all_states: bool = False,
    site: str | None = None,
    schemes: Sequence[str] | None = None,
    ignore_availability: bool = True,
    timeout: float = LIST_TIMEOUT_S,
) -> AsyncGenerator[ReplicaRecord, None]:
    """File replicas; collections are resolved to their files, each of which comes once.

    With ``all_states`` those too that are not available (their state says why). ``site`` is where
    the reader is, the instance's ``site_name`` unless given. Of an unknown DID nothing comes. It
    costs Rucio more than a millisecond a file: for many files ask for summaries.

    Raises, while iterating:
        Unprocessable: code ``invalid_rse_expression``.
    """
    body: dict[str, Any] = {
        "dids": as_json(dids),
        "all_states": all_states,
        "ignore_availability": ignore_availability,
    }
    here = site or client.instance.site_name
    if here:
        body["client_location"] = {"site": here}
    if rse_expression:
        body["rse_expression"] = rse_expression
    if schemes:
        body["schemes"] = list(schemes)
    return client.stream("POST", "/replicas/list", json=body, timeout=timeout, parse=_replica)


def _replica(line: Mapping[str, Any]) -> ReplicaRecord:
    info = {
        pfn: PfnInfo(
            str(about["rse"]),
            optional_text(about.get("type")),
            optional_text(about.get("domain")),
            optional_int(about.get("priority")),
        )
        for pfn, about in line["pfns"].items()
    }
    by_rse: dict[str, tuple[str, ...]] = {}
    # ``pfns`` is sorted by Rucio, ``rses`` is not. A site with replicas and no readable protocol is
    # in neither, only in ``states``.
    for pfn, about in info.items():
        by_rse[about.rse] = (*by_rse.get(about.rse, ()), pfn)
    states = line.get("states") or dict.fromkeys(by_rse, "AVAILABLE")
    return ReplicaRecord(
        did_of(line),
        optional_int(line["bytes"]),
        optional_text(line.get("adler32")),
        {rse: cast(ReplicaState, enum_name(state)) for rse, state in states.items()},
        by_rse,
        info,
    )


def _dataset_replica(line: Mapping[str, Any]) -> DatasetReplicaRecord:
    return DatasetReplicaRecord(
        did_of(line),
        str(line["rse"]),
        cast(ReplicaState, enum_name(line["state"])),
        optional_int(line["length"]) or 0,
        optional_int(line["available_length"]) or 0,
        optional_int(line["bytes"]) or 0,
        optional_int(line["available_bytes"]) or 0,
        time_of(line.get("updated_at")),
    )
