"""Datasets: from their rules, dataset locks and dataset replicas."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rucio_jupyterlab.client import locks, replicas, rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord
from rucio_jupyterlab.client.locks import DatasetLockRecord
from rucio_jupyterlab.client.replicas import DatasetReplicaRecord
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination
from rucio_jupyterlab.errors import NotFound, UnknownDid
from rucio_jupyterlab.services.availability.deep import DeepLook
from rucio_jupyterlab.services.availability.model import (
    Availability,
    best,
    from_rule,
    unknown,
    why_stuck,
)
from rucio_jupyterlab.services.concurrency import gather_bounded

# Which of several rules for one place is shown: the one that says most about the data being there.
_RULE_ORDER = ("OK", "REPLICATING", "INJECT", "STUCK", "SUSPENDED", "WAITING_APPROVAL")


@dataclass(frozen=True)
class Summary:
    """What Rucio has counted about one collection. ``rules`` are on it, ``locks`` of any rule."""

    record: DidRecord
    rules: Sequence[RuleRecord]
    locks: Sequence[DatasetLockRecord]
    replicas: Sequence[DatasetReplicaRecord]
    parents_rules: Mapping[str, RuleRecord]


async def summaries(client: RucioClient, records: Sequence[DidRecord]) -> dict[Did, Summary]:
    """Three requests for all datasets, one for the rules of each, one for each rule on a parent."""
    dids = [record.did for record in records]
    if not dids:
        return {}
    locks_of, replicas_of, rules_of = await asyncio.gather(
        locks.for_datasets(client, dids),
        replicas.dataset_replicas_bulk(client, dids),
        gather_bounded(lambda did: rules_or_none(client, did), dids),
    )
    own = {rule.id: rule for found in rules_of for rule in found}
    parents_ids = {lock.rule_id for found in locks_of.values() for lock in found} - own.keys()
    parents = await gather_bounded(lambda rule_id: rule_or_none(client, rule_id), parents_ids)
    parents_rules = {rule.id: rule for rule in parents if rule is not None}
    return {
        record.did: Summary(
            record,
            found,
            locks_of.get(record.did, ()),
            replicas_of.get(record.did, ()),
            parents_rules,
        )
        for record, found in zip(records, rules_of, strict=True)
    }


async def availability(
    client: RucioClient,
    summary: Summary,
    destinations: Iterable[Destination],
    deep: DeepLook,
) -> Availability:
    """The best of the destinations.

    Looks at single replicas only where no summary knows anything.
    """
    record = summary.record
    if record.length == 0:
        return Availability(
            record.did,
            "dataset",
            "empty",
            files_total=0,
            files_available=0,
            bytes_total=0,
            message="There are no files in it.",
        )
    places = list(destinations)
    known = [at for place in places if (at := _known_at(summary, place.rse)) is not None]
    # A rule that is only in preparation says nothing about what is there already.
    said = [at for at in known if at.rule is None or at.rule.state != "INJECT"]
    if len(said) < len(places) and not any(at.state == "available" for at in known):
        seen = await deep.replicas(client, record)
        if isinstance(seen, str):
            if not known:
                return unknown(record.did, seen, "dataset")
        else:
            told = {at.rse for at in said}
            deeper = replace(summary, locks=(), replicas=seen)
            known = said + [
                _known_at(deeper, place.rse) or _absent(record, place.rse)
                for place in places
                if place.rse not in told
            ]
    return best(known)


def pick_rule(candidates: Iterable[RuleRecord]) -> RuleRecord | None:
    """The rule that says most about the data being there."""
    return min(candidates, key=lambda rule: _RULE_ORDER.index(rule.state), default=None)


async def rules_or_none(client: RucioClient, did: Did) -> list[RuleRecord]:
    """The rules on a DID; none when it has gone between two requests."""
    try:
        return await rules.for_did(client, did)
    except UnknownDid:
        return []


async def rule_or_none(client: RucioClient, rule_id: str) -> RuleRecord | None:
    """The rule; None when it has ended between two requests."""
    try:
        return await rules.get(client, rule_id)
    except NotFound:
        return None


def _known_at(summary: Summary, rse: str) -> Availability | None:
    """What the summaries say about one RSE; None when they do not mention it."""
    record = summary.record
    replica = next((item for item in summary.replicas if item.rse == rse), None)
    total = record.length if record.length is not None else (replica.length if replica else None)
    total_bytes = record.size_bytes
    if total_bytes is None and replica is not None:
        total_bytes = replica.size_bytes
    here = [lock for lock in summary.locks if lock.rse == rse]
    rule = pick_rule(item for item in summary.rules if item.rse_expression == rse)
    if rule is not None:
        at = from_rule(record.did, "dataset", rse, rule, files_total=total, bytes_total=total_bytes)
    elif here:
        at = _from_locks(summary, rse, here, total, total_bytes)
    elif replica is not None:
        at = Availability(
            record.did,
            "dataset",
            "not_available",
            rse=rse,
            files_total=total,
            files_available=0,
            bytes_total=total_bytes,
            bytes_available=0,
        )
    else:
        return None
    if at.state == "available" or replica is None:
        return at
    return _with_replica(at, replica, is_locked_whole=any(lock.state == "OK" for lock in here))


def _from_locks(
    summary: Summary,
    rse: str,
    here: Sequence[DatasetLockRecord],
    total: int | None,
    total_bytes: int | None,
) -> Availability:
    """A rule on a parent, or one whose RSE expression is not the name of the RSE."""
    by_state = {lock.state: lock for lock in here}
    lock = by_state.get("OK") or by_state.get("REPLICATING") or by_state["STUCK"]
    if total is None:
        total, total_bytes = lock.length, lock.size_bytes
    own = {rule.id: rule for rule in summary.rules}
    rule = own.get(lock.rule_id) or summary.parents_rules.get(lock.rule_id)
    at = Availability(
        summary.record.did,
        "dataset",
        "available",
        rse=rse,
        rule=rule,
        files_total=total,
        files_available=total,
        bytes_total=total_bytes,
        bytes_available=total_bytes,
        files_replicating=0,
        files_stuck=0,
    )
    if lock.state == "OK":
        return at
    # How many files have arrived is in the dataset replica, if anywhere: the rule counts its other
    # datasets too.
    at = replace(
        at, files_available=None, bytes_available=None, files_replicating=None, files_stuck=None
    )
    if lock.state == "REPLICATING":
        return replace(at, state="replicating")
    return replace(at, state="stuck", message=why_stuck(rule) if rule else None)


def _with_replica(
    at: Availability, replica: DatasetReplicaRecord, *, is_locked_whole: bool
) -> Availability:
    """Adds what the dataset replica has counted.

    It is counted by a daemon and so somewhat late: on the way up the rule's locks know more, and a
    rule that is only in preparation knows less.
    """
    there, there_bytes = replica.available_length, replica.available_bytes
    is_whole = is_locked_whole or (at.files_total is not None and there >= at.files_total > 0)
    if is_whole:
        return replace(
            at,
            state="available",
            files_available=at.files_total,
            files_replicating=0,
            files_stuck=0,
            bytes_available=at.bytes_total,
            message=None,
        )
    if at.files_available is None or at.files_available <= there:
        at = replace(at, files_available=there, bytes_available=there_bytes)
    if at.state == "replicating" and at.files_replicating is None and at.files_total is not None:
        at = replace(at, files_replicating=at.files_total - there)
    if at.state == "not_available" and there > 0:
        at = replace(at, state="partial")
    return at


def _absent(record: DidRecord, rse: str) -> Availability:
    return Availability(
        record.did,
        "dataset",
        "not_available",
        rse=rse,
        files_total=record.length,
        files_available=0,
        bytes_total=record.size_bytes,
        bytes_available=0,
    )
