"""Datasets: from their rules, dataset locks and dataset replicas."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rucio_jupyterlab.client import dids, locks, replicas
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord
from rucio_jupyterlab.client.locks import DatasetLockRecord
from rucio_jupyterlab.client.replicas import DatasetReplicaRecord
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.services.availability.model import (
    Availability,
    absent,
    empty,
    from_rule,
    unknown,
    why_stuck,
)
from rucio_jupyterlab.services.availability.question import Question, pick_rule
from rucio_jupyterlab.services.concurrency import gather_bounded, together

log = logging.getLogger(__name__)

# Rules that have no locks (yet), so that only a look at the DID's own rules finds them.
_WITHOUT_LOCKS = ("INJECT", "WAITING_APPROVAL")
_LOCK_ORDER = ("OK", "REPLICATING", "STUCK")


@dataclass(frozen=True)
class Summary:
    """What Rucio has counted about one collection. ``rules`` are on it, ``locks`` of any rule."""

    record: DidRecord
    rules: Sequence[RuleRecord]
    locks: Sequence[DatasetLockRecord]
    replicas: Sequence[DatasetReplicaRecord]
    rules_by_id: Mapping[str, RuleRecord]

    def knows(self, rse: str) -> bool:
        """Whether Rucio has counted anything of it there."""
        is_held = any(lock.rse == rse for lock in self.locks)
        return is_held or any(replica.rse == rse for replica in self.replicas)


async def counted(client: RucioClient, record: DidRecord) -> DidRecord:
    """Rucio counts an open dataset's files late; a request to it alone counts them now."""
    if record.length is not None:
        return record
    try:
        return await dids.get(client, record.did, dynamic=True)
    except ExtensionError:
        # Without the count all else can still be said.
        log.debug("The files of %s could not be counted", record.did)
        return record


async def summaries(
    question: Question, records: Sequence[DidRecord], *, has_own_rules: bool = True
) -> list[Summary]:
    """Two requests for all datasets, one for each rule that holds some of them at a destination,
    and one for the rules of each dataset that none holds there.

    With ``has_own_rules`` False the last ones are spared: rules that Rucio has not prepared yet are
    then not seen.
    """
    if not records:
        return []
    client, places = question.client, frozenset(question.rses)
    wanted = [record.did for record in records]
    locks_of, replicas_of = await together(
        locks.for_datasets(client, wanted), replicas.dataset_replicas_bulk(client, wanted)
    )
    here = [lock for found in locks_of.values() for lock in found if lock.rse in places]
    held = {lock.did for lock in here}
    not_held = [did for did in wanted if did not in held] if has_own_rules else []
    by_id, on_them = await together(
        gather_bounded(question.rule, dict.fromkeys(lock.rule_id for lock in here)),
        gather_bounded(question.rules_on, not_held),
    )
    rules_by_id = {rule.id: rule for rule in by_id if rule is not None}
    own: dict[Did, list[RuleRecord]] = dict(zip(not_held, on_them, strict=True))
    for rule in rules_by_id.values():
        own.setdefault(rule.did, []).append(rule)
    return [
        Summary(
            record,
            own.get(record.did, ()),
            locks_of.get(record.did, ()),
            replicas_of.get(record.did, ()),
            rules_by_id,
        )
        for record in records
    ]


async def at_places(
    question: Question, summary: Summary, *, is_thorough: bool = False, may_look_deep: bool = True
) -> dict[str, Availability]:
    """How it is at each destination, by RSE.

    Once it is known to be complete at one, the others may be left out, unless ``is_thorough``.
    Single replicas are counted only where no summary knows anything, and not without
    ``may_look_deep``: nothing is then taken to be there.
    """
    record = summary.record
    if record.length == 0:
        return {rse: replace(empty(record.did, "dataset"), rse=rse) for rse in question.rses}
    known: dict[str, Availability] = {}
    for rse in question.rses:
        at = await _known_at(question, summary, rse)
        if at is not None:
            known[rse] = at
    # A rule that is only in preparation says nothing about what is there already.
    said = {rse for rse, at in known.items() if at.rule is None or at.rule.state != "INJECT"}
    is_found = any(at.state == "available" for at in known.values())
    untold = [rse for rse in question.rses if rse not in said]
    if not untold or (is_found and not is_thorough):
        return known
    seen = await question.deep.count(question.client, record) if may_look_deep else None
    for rse in untold:
        if isinstance(seen, str):
            known.setdefault(rse, unknown(record.did, seen, "dataset", rse=rse))
        elif seen is None:
            known.setdefault(rse, _absent(record, rse))
        else:
            deeper = replace(summary, locks=(), replicas=seen.replicas)
            at = await _known_at(question, deeper, rse) or _absent(record, rse)
            known[rse] = replace(at, updated_at=seen.at)
    return known


async def _known_at(question: Question, summary: Summary, rse: str) -> Availability | None:
    """What the summaries say about one RSE; None when they do not mention it."""
    record = summary.record
    replica = next((item for item in summary.replicas if item.rse == rse), None)
    total = record.length if record.length is not None else (replica.length if replica else None)
    total_bytes = record.size_bytes
    if total_bytes is None and replica is not None:
        total_bytes = replica.size_bytes
    here = [lock for lock in summary.locks if lock.rse == rse]
    rule = pick_rule(await _counting_here(question, summary, rse))
    if rule is not None:
        at = from_rule(record.did, "dataset", rse, rule, files_total=total, bytes_total=total_bytes)
    elif here:
        at = _from_locks(summary, rse, here, total, total_bytes)
    elif replica is not None:
        at = absent(record.did, "dataset", rse, files_total=total, bytes_total=total_bytes)
    else:
        return None
    if at.state == "available" or replica is None:
        return at
    return _with_replica(at, replica, is_locked_whole=any(lock.state == "OK" for lock in here))


async def _counting_here(question: Question, summary: Summary, rse: str) -> list[RuleRecord]:
    """Rules on the DID whose counts are about this RSE: that can go nowhere else, or have gone
    nowhere else.
    """
    found = await question.only_at(summary.rules, rse)
    for rule in await question.perhaps_at(summary.rules, rse):
        went_to = {lock.rse for lock in summary.locks if lock.rule_id == rule.id}
        is_coming = not went_to and rule.state in _WITHOUT_LOCKS
        if rule not in found and (went_to == {rse} or is_coming):
            found.append(rule)
    return found


def _from_locks(
    summary: Summary,
    rse: str,
    here: Sequence[DatasetLockRecord],
    total: int | None,
    total_bytes: int | None,
) -> Availability:
    """A rule on a parent, or one that has put parts of the collection at several RSEs."""
    state = min((lock.state for lock in here), key=_LOCK_ORDER.index)
    behind = [lock for lock in here if lock.state == state]
    lock = behind[0]
    if total is None:
        total, total_bytes = lock.length, lock.size_bytes
    rules = [summary.rules_by_id[item.rule_id] for item in behind if _has_rule(summary, item)]
    rule = pick_rule(rules)
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
    if state == "OK":
        return at
    # How many files have arrived is in the dataset replica, if anywhere: the rule counts its other
    # datasets too.
    at = replace(
        at, files_available=None, bytes_available=None, files_replicating=None, files_stuck=None
    )
    if state == "REPLICATING":
        return replace(at, state="replicating")
    return replace(at, state="stuck", message=why_stuck(rule) if rule else None)


def _has_rule(summary: Summary, lock: DatasetLockRecord) -> bool:
    return lock.rule_id in summary.rules_by_id


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
    return absent(
        record.did, "dataset", rse, files_total=record.length, bytes_total=record.size_bytes
    )
