"""Containers: from the rule on them where there is one, else from the datasets below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination
from rucio_jupyterlab.services.availability import datasets
from rucio_jupyterlab.services.availability.deep import DeepLook
from rucio_jupyterlab.services.availability.model import Availability, best, from_rule, unknown
from rucio_jupyterlab.services.concurrency import gather_bounded

# Nobody waits for more datasets than this to be summed up for one row.
MOST_DATASETS = 500
DEEPEST_LEVEL = 10


class TooManyDatasets(Exception):
    """The container has more below it than is walked for a summary."""


async def availability(
    client: RucioClient,
    record: DidRecord,
    places: Sequence[Destination],
    deep: DeepLook,
) -> Availability:
    """The best of the destinations."""
    did = record.did
    own = await datasets.rules_or_none(client, did)
    by_rule = []
    for place in places:
        rule = datasets.pick_rule(item for item in own if item.rse_expression == place.rse)
        if rule is not None:
            by_rule.append(
                from_rule(
                    did,
                    "container",
                    place.rse,
                    rule,
                    files_total=record.length,
                    bytes_total=record.size_bytes,
                )
            )
    if by_rule:
        found = best(by_rule)
        if found.state == "available" and found.files_available == 0:
            return replace(found, state="empty", message="There are no files in it.")
        return found
    try:
        below = await _datasets_below(client, did)
    except TooManyDatasets:
        return unknown(
            did,
            f"It has more than {MOST_DATASETS} datasets and no rule of its own. "
            "Open it to see how they are.",
            "container",
        )
    if not below:
        return Availability(
            did,
            "container",
            "empty",
            files_total=0,
            files_available=0,
            bytes_total=0,
            message="There are no datasets in it.",
        )
    known = await dids.types(client, below)
    summaries = await datasets.summaries(client, list(known.values()))
    parts = await gather_bounded(
        lambda summary: datasets.availability(client, summary, places, deep), summaries.values()
    )
    return _merged(did, parts)


async def _datasets_below(client: RucioClient, container: Did) -> list[Did]:
    """All datasets at any depth, each once."""
    found: dict[Did, None] = {}
    seen = {container}
    level = [container]
    for _ in range(DEEPEST_LEVEL):
        deeper: list[Did] = []
        for children in await gather_bounded(lambda did: _children(client, did), level):
            for child in children:
                if child.type == "dataset":
                    found[child.did] = None
                elif child.type == "container" and child.did not in seen:
                    seen.add(child.did)
                    deeper.append(child.did)
        if len(found) > MOST_DATASETS or len(seen) > MOST_DATASETS:
            raise TooManyDatasets
        if not deeper:
            break
        level = deeper
    return list(found)


async def _children(client: RucioClient, did: Did) -> list[DidRecord]:
    children: list[DidRecord] = []
    records = dids.content(client, did)
    async with aclosing(records):
        async for record in records:
            children.append(record)
            if len(children) > MOST_DATASETS:
                raise TooManyDatasets
    return children


def _merged(did: Did, parts: Iterable[Availability]) -> Availability:
    """The sum of the datasets. What is moving or stuck anywhere below shows in the whole."""
    filled = [part for part in parts if part.state != "empty"]
    if not filled:
        return Availability(
            did,
            "container",
            "empty",
            files_total=0,
            files_available=0,
            bytes_total=0,
            message="There are no files in it.",
        )
    states = {part.state for part in filled}
    rse = next((part.rse for part in filled if part.rse is not None), None)
    whole = Availability(
        did,
        "container",
        "partial",
        rse=rse,
        files_total=_sum(part.files_total for part in filled),
        files_available=_sum(part.files_available for part in filled),
        files_replicating=_sum(part.files_replicating or 0 for part in filled),
        files_stuck=_sum(part.files_stuck or 0 for part in filled),
        bytes_total=_sum(part.bytes_total for part in filled),
        bytes_available=_sum(part.bytes_available for part in filled),
    )
    for state in ("available", "not_available"):
        if states == {state}:
            return replace(whole, state=state)
    for part_state in ("replicating", "stuck", "unknown"):
        for part in filled:
            if part.state == part_state:
                message = part.message and f"{part.did}: {part.message}"
                return replace(whole, state=part.state, rule=part.rule, message=message)
    return whole


def _sum(numbers: Iterable[int | None]) -> int | None:
    """None when one of them is not known: a sum of the others would be too small."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total
