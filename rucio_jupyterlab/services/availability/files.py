"""Single files: from their replicas, the rules that hold them, and a look at the mount."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from rucio_jupyterlab.client import replicas, rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord
from rucio_jupyterlab.client.replicas import ReplicaRecord
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.errors import UnknownDid
from rucio_jupyterlab.services.availability.model import Availability, best, why_stuck
from rucio_jupyterlab.services.availability.question import Question, pick_rule
from rucio_jupyterlab.services.concurrency import gather_bounded
from rucio_jupyterlab.services.mounts import MountHangs


async def availabilities(
    question: Question, records: Sequence[DidRecord]
) -> AsyncGenerator[list[Availability], None]:
    """One request for the replicas of all files, and one for the rules of each that is here.

    Those that are not here come first, then those that are.
    """
    if not records:
        return
    found = await _replicas(question, [record.did for record in records])
    here = [record for record in records if is_here(question, found.get(record.did))]
    elsewhere = [record for record in records if not is_here(question, found.get(record.did))]

    async def one(record: DidRecord) -> Availability:
        replica = found.get(record.did)
        held_by = await rules_of(question, record.did, replica)
        return best((await at_places(question, record, replica, held_by)).values())

    yield [await one(record) for record in elsewhere]
    yield await _with_paths(question, await gather_bounded(one, here), found)


def is_here(question: Question, replica: ReplicaRecord | None) -> bool:
    """Whether Rucio has a replica at a destination, if only one that is to come, as it has where a
    rule has its locks.
    """
    return replica is not None and not replica.states.keys().isdisjoint(question.rses)


async def at_places(
    question: Question,
    record: DidRecord,
    replica: ReplicaRecord | None,
    held_by: Sequence[RuleRecord],
) -> dict[str, Availability]:
    """How one file is at each destination, by RSE; without its paths."""
    found = {}
    for rse in question.rses:
        state = replica.states.get(rse) if replica is not None else None
        candidates = await question.only_at(held_by, rse)
        if not candidates and state is not None:
            # One that may bring it to other RSEs too counts when its replica here says so.
            candidates = await question.perhaps_at(held_by, rse)
        rule = pick_rule([item for item in candidates if item.did == record.did] or candidates)
        found[rse] = _at(record, rse, replica, rule)
    return found


async def _replicas(question: Question, dids: Sequence[Did]) -> dict[Did, ReplicaRecord]:
    records = replicas.list_replicas(
        question.client,
        dids,
        "|".join(question.rses),
        all_states=True,
        site=question.client.instance.site_name,
    )
    async with aclosing(records):
        return {record.did: record async for record in records}


async def rules_of(question: Question, did: Did, replica: ReplicaRecord | None) -> list[RuleRecord]:
    """The rules that hold a file at a destination; nothing is asked where it has no replica."""
    if not is_here(question, replica):
        return []
    if question.held_by is not None:
        return [question.held_by]
    try:
        return await rules.associated_with_file(question.client, did)
    except UnknownDid:
        return []


def _at(
    record: DidRecord, rse: str, replica: ReplicaRecord | None, rule: RuleRecord | None
) -> Availability:
    state = replica.states.get(rse) if replica is not None else None
    size = (
        record.size_bytes
        if record.size_bytes is not None
        else (replica.size_bytes if replica else None)
    )
    at = Availability(
        record.did,
        "file",
        "not_available",
        rse=rse,
        rule=rule,
        files_total=1,
        files_available=0,
        files_replicating=0,
        files_stuck=0,
        bytes_total=size,
        bytes_available=0,
    )
    if state == "AVAILABLE":
        return replace(at, state="available", files_available=1, bytes_available=size)
    if state == "BAD":
        at = replace(at, message=f"The copy at {rse} is damaged.")
    if rule is None:
        return at
    if rule.state == "WAITING_APPROVAL":
        return replace(at, message="The transfer waits for somebody to approve it.")
    is_stuck = rule.state == "SUSPENDED" or (rule.state == "STUCK" and state != "COPYING")
    if is_stuck:
        return replace(at, state="stuck", files_stuck=1, message=why_stuck(rule))
    if rule.state == "OK" and state is None:
        # The rule has come to rest without this file: it does not hold it here.
        return at
    return replace(at, state="replicating", files_replicating=1)


async def _with_paths(
    question: Question, found: list[Availability], replicas_of: dict[Did, ReplicaRecord]
) -> list[Availability]:
    """Adds the paths of what Rucio calls available, and looks whether they are there."""
    result = list(found)
    for place in question.places:
        there: list[tuple[int, str]] = []
        for index, at in enumerate(found):
            if at.state != "available" or at.rse != place.rse:
                continue
            pfns = replicas_of[at.did].pfns.get(place.rse, ())
            path, pfn = await question.destinations.path(question.client, place, pfns)
            if path is None:
                result[index] = replace(
                    at,
                    state="unknown",
                    message=(
                        f"Rucio has it at {place.rse}, but where it is below {place.mount_path} "
                        "cannot be told from its address."
                    ),
                )
            else:
                result[index] = replace(at, path=path, pfn=pfn)
                there.append((index, path))
        try:
            exists = await question.mounts.existing(place.mount_path, [path for _, path in there])
        except MountHangs:
            for index, _ in there:
                result[index] = _not_seen(
                    result[index],
                    f"Rucio has it at {place.rse}, but the storage mounted at {place.mount_path} "
                    "does not answer.",
                )
            continue
        for (index, path), is_there in zip(there, exists, strict=True):
            if not is_there:
                result[index] = _not_seen(
                    result[index], f"Rucio has it at {place.rse}, but {path} does not exist here."
                )
    return result


def _not_seen(at: Availability, message: str) -> Availability:
    return replace(at, state="unknown", path=None, message=message)
