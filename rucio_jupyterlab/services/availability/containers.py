"""Containers: from the rule on them where there is one, else from the datasets below."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.services.availability import datasets
from rucio_jupyterlab.services.availability.datasets import Summary
from rucio_jupyterlab.services.availability.merging import merged
from rucio_jupyterlab.services.availability.model import (
    Availability,
    best,
    empty,
    from_rule,
    unknown,
)
from rucio_jupyterlab.services.availability.question import Question, pick_rule
from rucio_jupyterlab.services.concurrency import gather_bounded

# Nobody waits for more datasets than this to be summed up for one row.
MOST_DATASETS = 500
DEEPEST_LEVEL = 10
# Several containers are looked at together; these are for each.
REQUESTS_AT_ONCE = 4
# Where no summary knows a dataset, its replicas are counted; each costs Rucio's database something.
MOST_DEEP_LOOKS = 60
_NOT_ALL_COUNTED = "Single files of datasets that no rule brings here are not all counted."


class TooManyDatasets(Exception):
    """The container has more below it than is walked for a summary."""


async def availability(
    question: Question, record: DidRecord, own_rules: Sequence[RuleRecord]
) -> Availability:
    """The best of the destinations."""
    by_rule = await at_places_by_rule(question, record, own_rules)
    if any(at.state == "available" for at in by_rule.values()) or (
        len(by_rule) == len(question.places)
    ):
        return _if_filled(best(by_rule.values()))
    try:
        found = await below(question, record.did)
    except TooManyDatasets:
        if by_rule:
            return _if_filled(best(by_rule.values()))
        return unknown(record.did, too_many(), "container")
    by_datasets = await at_places(question, record.did, found)
    return best({**by_datasets, **by_rule}.values())


async def at_places_by_rule(
    question: Question, record: DidRecord, own_rules: Sequence[RuleRecord]
) -> dict[str, Availability]:
    """What the rules on it say, at each destination that they are about and at no other."""
    found: dict[str, Availability] = {}
    for rse in question.rses:
        candidates = await question.only_at(own_rules, rse)
        rule = pick_rule(candidates) or pick_rule(
            rule
            for rule in await question.perhaps_at(own_rules, rse)
            if rule.state in ("INJECT", "WAITING_APPROVAL")
        )
        if rule is not None:
            found[rse] = from_rule(
                record.did,
                "container",
                rse,
                rule,
                files_total=record.length,
                bytes_total=record.size_bytes,
            )
    return found


async def at_places(
    question: Question, did: Did, found: Sequence[Summary], *, is_thorough: bool = False
) -> dict[str, Availability]:
    """The sum of its datasets at each destination."""
    if not found:
        nothing = empty(did, "container", "There are no datasets in it.")
        return {rse: replace(nothing, rse=rse) for rse in question.rses}
    not_told = [
        summary.record.did
        for summary in found
        if not all(summary.knows(rse) for rse in question.rses)
    ]
    counted_deep = frozenset(not_told[:MOST_DEEP_LOOKS])
    parts = await gather_bounded(
        lambda summary: datasets.at_places(
            question,
            summary,
            # Which destination is best shows only in the sums.
            is_thorough=is_thorough or len(question.places) > 1,
            may_look_deep=summary.record.did in counted_deep,
        ),
        found,
        REQUESTS_AT_ONCE,
    )
    result: dict[str, Availability] = {}
    for rse in question.rses:
        at = merged(did, (part[rse] for part in parts if rse in part))
        if len(not_told) > MOST_DEEP_LOOKS and at.state in ("partial", "not_available"):
            at = replace(at, message=at.message or _NOT_ALL_COUNTED)
        result[rse] = at
    return result


async def below(question: Question, container: Did) -> list[Summary]:
    """All datasets at any depth, each once.

    Raises:
        TooManyDatasets
    """
    client = question.client
    wanted = await _datasets_below(client, container)
    known = await dids.types(client, wanted)
    records = await gather_bounded(
        lambda record: datasets.counted(client, record), known.values(), REQUESTS_AT_ONCE
    )
    return await datasets.summaries(question, records, has_own_rules=False)


def too_many() -> str:
    return (
        f"It has more than {MOST_DATASETS} datasets and no rule of its own. "
        "Open it to see how they are."
    )


async def _datasets_below(client: RucioClient, container: Did) -> list[Did]:
    found: dict[Did, None] = {}
    seen = {container}
    level = [container]
    for _ in range(DEEPEST_LEVEL):
        deeper: list[Did] = []
        for children in await gather_bounded(
            lambda did: _children(client, did), level, REQUESTS_AT_ONCE
        ):
            for child in children:
                if child.type == "dataset":
                    found[child.did] = None
                elif child.type == "container" and child.did not in seen:
                    seen.add(child.did)
                    deeper.append(child.did)
        if len(found) > MOST_DATASETS or len(seen) > MOST_DATASETS:
            raise TooManyDatasets
        if not deeper:
            return list(found)
        level = deeper
    raise TooManyDatasets


async def _children(client: RucioClient, did: Did) -> list[DidRecord]:
    children: list[DidRecord] = []
    records = dids.content(client, did)
    async with aclosing(records):
        async for record in records:
            children.append(record)
            if len(children) > MOST_DATASETS:
                raise TooManyDatasets
    return children


def _if_filled(at: Availability) -> Availability:
    if at.state == "available" and at.files_available == 0:
        return replace(at, state="empty", message="There are no files in it.")
    return at
