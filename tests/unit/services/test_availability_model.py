"""What a rule says about the data that it is for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rules import RuleRecord, RuleState
from rucio_jupyterlab.services.availability.merging import merged
from rucio_jupyterlab.services.availability.model import Availability, State, best, from_rule

DID = Did("demo", "dataset")
RULE = RuleRecord(
    id="r1",
    did=DID,
    did_type="dataset",
    rse_expression="RSE",
    state="OK",
    locks_ok=4,
    locks_replicating=0,
    locks_stuck=0,
    error=None,
    account="alice",
    created_at=None,
    expires_at=None,
)


def said(rule: RuleRecord, files_total: int | None = 4) -> Availability:
    return from_rule(DID, "dataset", "RSE", rule, files_total=files_total, bytes_total=400)


@pytest.mark.parametrize(
    ("state", "locks", "expected", "files_available"),
    [
        ("OK", (4, 0, 0), "available", 4),
        ("REPLICATING", (1, 3, 0), "replicating", 1),
        ("STUCK", (1, 2, 1), "stuck", 1),
        ("SUSPENDED", (0, 0, 0), "stuck", 0),
        ("INJECT", (0, 0, 0), "replicating", 0),
        ("WAITING_APPROVAL", (0, 0, 0), "not_available", 0),
    ],
)
def test_each_state_of_a_rule(
    state: RuleState, locks: tuple[int, int, int], expected: State, files_available: int
) -> None:
    ok, replicating, stuck = locks
    rule = replace(RULE, state=state, locks_ok=ok, locks_replicating=replicating, locks_stuck=stuck)
    at = said(rule)
    assert (at.state, at.files_available) == (expected, files_available)
    if expected != "available":
        assert at.bytes_available != at.bytes_total
    if state not in ("OK", "REPLICATING"):
        assert at.message


def test_a_reason_is_given_in_words_that_are_for_people() -> None:
    stuck = replace(RULE, state="STUCK", locks_ok=0, locks_stuck=4)
    error = "RequestErrMsg.TRANSFER_FAILED:SOURCE [2] No such file|RequestErrMsg.OTHER:older"
    assert said(replace(stuck, error=error)).message == (
        "The last attempt failed: SOURCE [2] No such file"
    )
    assert "copy" in str(said(replace(stuck, error="MissingSourceReplica")).message)
    assert "no reason" in str(said(stuck).message)


def test_the_better_destination_is_shown() -> None:
    here = Availability(DID, "dataset", "stuck", rse="A")
    there = Availability(DID, "dataset", "available", rse="B")
    assert best([here, there]).rse == "B"
    assert best([here, replace(here, rse="C")]).rse == "A"


def part(state: State, available: int | None, total: int | None = 2) -> Availability:
    return Availability(
        Did("demo", state),
        "dataset",
        state,
        rse="A",
        files_total=total,
        files_available=available,
        message="why" if state in ("stuck", "unknown") else None,
    )


@pytest.mark.parametrize(
    ("parts", "state", "files_available"),
    [
        ([part("available", 2), part("available", 2)], "available", 4),
        ([part("not_available", 0)], "not_available", 0),
        ([part("available", 2), part("not_available", 0)], "partial", 2),
        ([part("available", 2), part("replicating", 1)], "replicating", 3),
        ([part("stuck", 1), part("available", 2)], "stuck", 3),
        ([part("available", 2), part("empty", 0, 0)], "available", 2),
        ([part("empty", 0, 0)], "empty", 0),
        ([part("available", 2), part("unknown", None, None)], "unknown", None),
    ],
)
def test_a_container_is_what_its_datasets_are(
    parts: list[Availability], state: State, files_available: int | None
) -> None:
    whole = merged(Did("demo", "container"), parts)
    assert (whole.state, whole.files_available) == (state, files_available)
    if state in ("stuck", "unknown"):
        assert whole.message is not None
        assert whole.message.startswith(f"demo:{state}: ")
