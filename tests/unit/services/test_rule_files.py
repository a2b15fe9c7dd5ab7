"""Why a file is stuck, from what Rucio tells of its last attempt."""

from __future__ import annotations

import pytest

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.requests import StuckRecord
from rucio_jupyterlab.services.availability.refusals import in_words
from rucio_jupyterlab.services.rules_files import _from_examination


def stuck(state: str | None, attempts: int, **sources: bool) -> StuckRecord:
    return StuckRecord(Did("demo", "file"), "HERE", attempts, state, "CNAF", None, sources)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (stuck(None, 0), "No storage has a good copy"),
        (stuck("FAILED", 2), "No storage has a good copy"),
        (stuck("NO_SOURCES", 1, CNAF=False), "only copies are at CNAF, which cannot be read"),
        (stuck("ONLY_TAPE_SOURCES", 1, TAPE=True), "on tape"),
        (stuck("LOST", 1, CNAF=True), "has lost the transfer"),
        (stuck("FAILED", 1, CNAF=True), "The transfer from CNAF failed."),
        (stuck("FAILED", 4, CNAF=True), "The transfer from CNAF, the last of 4 attempts, failed."),
    ],
)
def test_each_way_of_being_stuck_has_its_words(record: StuckRecord, words: str) -> None:
    assert words in str(_from_examination(record))


def test_there_may_be_nothing_to_say() -> None:
    assert _from_examination(stuck(None, 0, CNAF=True)) is None


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1500, "1.5 kB"),
        (999_999, "1 MB"),
        (10**6, "1 MB"),
        (100 * 10**9, "100 GB"),
    ],
)
def test_sizes_are_written_as_in_the_panel(size: int, words: str) -> None:
    assert in_words(size) == words
