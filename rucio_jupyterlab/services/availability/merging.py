"""The sum of several DIDs at one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidType
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.services.availability.model import Availability, empty


def merged(
    did: Did, parts: Iterable[Availability], type: DidType | None = "container"
) -> Availability:
    """What is moving or stuck anywhere below shows in the whole; it is as old as its oldest part.

    The whole has a rule where one rule holds all parts.
    """
    given = list(parts)
    filled = [part for part in given if part.state != "empty"]
    if not filled:
        return replace(empty(did, "container"), type=type)
    states = {part.state for part in filled}
    whole = Availability(
        did,
        type,
        "partial",
        rse=next((part.rse for part in filled if part.rse is not None), None),
        files_total=total(part.files_total for part in filled),
        files_available=total(part.files_available for part in filled),
        files_replicating=total(part.files_replicating or 0 for part in filled),
        files_stuck=total(part.files_stuck or 0 for part in filled),
        bytes_total=total(part.bytes_total for part in filled),
        bytes_available=total(part.bytes_available for part in filled),
        rule=_shared_rule(filled),
        updated_at=min(part.updated_at for part in filled),
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


def total(numbers: Iterable[int | None]) -> int | None:
    """None when one of them is not known: a sum of the others would be too small."""
    sum_ = 0
    for number in numbers:
        if number is None:
            return None
        sum_ += number
    return sum_


def _shared_rule(parts: list[Availability]) -> RuleRecord | None:
    first = parts[0].rule
    if first is not None and all(part.rule and part.rule.id == first.id for part in parts):
        return first
    return None
