"""A rule that does not last as long as was asked for."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.services.availability import lifetimes

DAY_S = 86_400


def rule(days: float | None, *, is_mine: bool = True) -> RuleRecord:
    expires_at = None
    if days is not None:
        expires_at = datetime.now(timezone.utc) + timedelta(days=days)
    return RuleRecord(
        id="r1",
        did=Did("demo", "dataset"),
        did_type="dataset",
        rse_expression="TINY-DISK",
        state="REPLICATING",
        locks_ok=0,
        locks_replicating=1,
        locks_stuck=0,
        error=None,
        account="alice",
        created_at=None,
        expires_at=expires_at,
        is_mine=is_mine,
    )


@pytest.mark.parametrize(("days", "asked_days"), [(14, 100), (14, None)])
def test_a_life_that_rucio_cuts_short_is_said(days: float, asked_days: int | None) -> None:
    sentence = lifetimes.cut(rule(days), asked_days and asked_days * DAY_S)
    assert sentence is not None
    assert sentence.startswith("Rucio keeps it at TINY-DISK for a shorter time than asked for:")


@pytest.mark.parametrize(
    ("made", "asked_days"),
    [(rule(7), 7), (rule(30), 7), (rule(None), None), (rule(3, is_mine=False), 7), (None, 7)],
)
def test_one_that_lasts_needs_no_words(made: RuleRecord | None, asked_days: int | None) -> None:
    assert lifetimes.cut(made, asked_days and asked_days * DAY_S) is None
