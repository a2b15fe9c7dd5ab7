"""What making DIDs available means, before anything is asked for: sizes, quota, what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from rucio_jupyterlab.client import dids, replicas
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord, DidType
from rucio_jupyterlab.errors import RucioTimeout
from rucio_jupyterlab.services.availability import containers, datasets, files, quota
from rucio_jupyterlab.services.availability.merging import merged, total
from rucio_jupyterlab.services.availability.model import Availability, unknown
from rucio_jupyterlab.services.availability.question import Question
from rucio_jupyterlab.services.concurrency import gather_bounded, together

CONTAINERS_AT_ONCE = 3
COUNT_LIMIT_S = 3.0


@dataclass(frozen=True)
class Part:
    """One DID of the plan. ``at`` is by RSE, for each destination; ``files_at`` too, for all: how
    many files can be read there.
    """

    did: Did
    type: DidType | None
    files: int | None
    bytes: int | None
    at: Mapping[str, Availability]
    files_at: Mapping[str, int]
    message: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"did": str(self.did), "type": self.type, "files": self.files, "bytes": self.bytes}


async def make(question: Question, wanted: Sequence[Did]) -> dict[str, Any]:
    """Plan of the REST contract, but for what only the instance's configuration knows.

    From summaries: what is not counted anywhere is None.
    """
    asked = list(dict.fromkeys(wanted))
    known = await dids.types(question.client, asked)
    records = [known[did] for did in asked if did in known]
    parts_of_all, quotas = await together(
        _parts(question, records),
        quota.at_places(question.client, question.destinations, question.rses),
    )
    by_did = {part.did: part for part in parts_of_all}
    parts = [by_did.get(did) or _unknown(did) for did in asked]
    return {
        "items": [part.to_dict() for part in parts],
        "files": total(part.files for part in parts),
        "bytes": total(part.bytes for part in parts),
        "places": [
            await _place(question, index, quotas.get(rse, quota.UNKNOWN), parts)
            for index, rse in enumerate(question.rses)
        ],
        "sources": _sources(parts, question.rses),
        "message": next((part.message for part in parts if part.message), None),
    }


async def _parts(question: Question, records: Sequence[DidRecord]) -> list[Part]:
    def of(type: DidType) -> list[DidRecord]:
        return [record for record in records if record.type == type]

    single, collections = await together(
        _files(question, of("file")),
        together(
            _datasets(question, of("dataset")),
            gather_bounded(
                lambda record: _container(question, record), of("container"), CONTAINERS_AT_ONCE
            ),
        ),
    )
    return [*single, *collections[0], *collections[1]]


async def _place(
    question: Question, index: int, left: quota.Quota, parts: Sequence[Part]
) -> dict[str, Any]:
    destination = question.places[index]
    there = [part.at[destination.rse] for part in parts if destination.rse in part.at]
    whole = merged(parts[0].did, there, None)
    return {
        "rse": destination.rse,
        "mount_path": destination.mount_path,
        "mounted": await question.mounts.state(destination.mount_path) == "mounted",
        "bytes_used": left.bytes_used,
        "bytes_limit": left.bytes_limit,
        "has_quota": left.has_any,
        "bytes_left": left.bytes_left,
        "state": whole.state,
        "files_missing": _missing(whole.files_total, whole.files_available),
        "bytes_missing": _missing(whole.bytes_total, whole.bytes_available),
    }


async def _files(question: Question, records: Sequence[DidRecord]) -> list[Part]:
    if not records:
        return []
    listed = replicas.list_replicas(
        question.client, [record.did for record in records], all_states=True
    )
    async with aclosing(listed):
        found = {replica.did: replica async for replica in listed}

    async def one(record: DidRecord) -> Part:
        replica = found.get(record.did)
        states = replica.states if replica else {}
        files_at = {rse: 1 for rse, state in states.items() if state == "AVAILABLE"}
        at = await files.at_places(
            question, record, replica, await files.rules_of(question, record.did, replica)
        )
        return Part(record.did, "file", 1, record.size_bytes, at, files_at)

    return await gather_bounded(one, records)


async def _datasets(question: Question, records: Sequence[DidRecord]) -> list[Part]:
    counted = await gather_bounded(
        lambda record: datasets.counted(question.client, record), records
    )
    return await gather_bounded(
        lambda summary: _dataset(question, summary), await datasets.summaries(question, counted)
    )


async def _dataset(
    question: Question, summary: datasets.Summary, *, may_look_deep: bool = True
) -> Part:
    record = summary.record
    at = await datasets.at_places(question, summary, is_thorough=True, may_look_deep=may_look_deep)
    held = summary.replicas
    if not any(replica.rse not in question.rses for replica in held) and may_look_deep:
        # Only single replicas, that no rule has brought, can be elsewhere.
        seen = await question.deep.count(question.client, record)
        held = held if isinstance(seen, str) else seen.replicas
    files_at = {replica.rse: replica.available_length for replica in held}
    return Part(record.did, "dataset", record.length, record.size_bytes, at, files_at)


async def _container(question: Question, record: DidRecord) -> Part:
    did = record.did
    by_rule = await containers.at_places_by_rule(question, record, await question.rules_on(did))
    try:
        below = await containers.below(question, did)
    except containers.TooManyDatasets:
        counted = await _counted_at_once(question, record)
        at = {rse: unknown(did, containers.too_many(), "container") for rse in question.rses}
        message = f"{did} has too many datasets to say what of it is where."
        return Part(
            did,
            "container",
            counted.length,
            counted.size_bytes,
            {**at, **by_rule},
            {},
            message,
        )
    parts = await gather_bounded(
        lambda pair: _dataset(
            question, pair[1], may_look_deep=pair[0] < containers.MOST_DEEP_LOOKS
        ),
        enumerate(below),
        containers.REQUESTS_AT_ONCE,
    )
    at = {rse: merged(did, (part.at[rse] for part in parts)) for rse in question.rses}
    return Part(
        did,
        "container",
        total(part.files for part in parts),
        total(part.bytes for part in parts),
        {**at, **by_rule},
        _files_at(parts),
    )


async def _counted_at_once(question: Question, record: DidRecord) -> DidRecord:
    """Its files and bytes in one request, if Rucio can count them soon."""
    try:
        return await asyncio.wait_for(
            dids.get(question.client, record.did, dynamic=True), COUNT_LIMIT_S
        )
    except (RucioTimeout, asyncio.TimeoutError):
        return record


def _unknown(did: Did) -> Part:
    message = f"Rucio has no DID {did}."
    return Part(did, None, None, None, {}, {}, message)


def _sources(parts: Sequence[Part], places: Sequence[str]) -> list[dict[str, Any]]:
    """Other RSEs that hold some of it, those with most of it first."""
    files = total(part.files for part in parts)
    elsewhere = [
        (count, rse) for rse, count in _files_at(parts).items() if count and rse not in places
    ]
    elsewhere.sort(key=lambda known: (-known[0], known[1]))
    return [{"rse": rse, "files": files, "available_files": count} for count, rse in elsewhere]


def _files_at(parts: Iterable[Part]) -> dict[str, int]:
    together_at: dict[str, int] = {}
    for part in parts:
        for rse, count in part.files_at.items():
            together_at[rse] = together_at.get(rse, 0) + count
    return together_at


def _missing(all_of_it: int | None, there: int | None) -> int | None:
    return None if all_of_it is None or there is None else max(all_of_it - there, 0)
