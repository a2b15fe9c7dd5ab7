"""Rucio's lines and times, in pieces and in the spellings of its versions."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import did_type
from rucio_jupyterlab.client.ndjson import BadLine, LineReader
from rucio_jupyterlab.client.parsing import time_of
from rucio_jupyterlab.client.retry import RetryPolicy
from rucio_jupyterlab.errors import InvalidDid

DOCUMENTS = st.lists(st.dictionaries(st.text(), st.none() | st.integers() | st.text()), max_size=9)


@given(DOCUMENTS, st.integers(1, 20), st.booleans(), st.booleans())
def test_documents_come_out_as_they_went_in_however_they_are_cut(
    documents: list[object], piece_length: int, has_last_line_end: bool, is_ascii: bool
) -> None:
    lines = [json.dumps(document, ensure_ascii=is_ascii) for document in documents]
    text = "\n".join(lines).encode() + (b"\n" if has_last_line_end else b"")
    reader = LineReader()
    found: list[object] = []
    for start in range(0, len(text), piece_length):
        found += reader.feed(text[start : start + piece_length])
    assert found + reader.finish() == documents


def test_half_a_document_at_the_end_is_not_taken() -> None:
    reader = LineReader()
    assert reader.feed(b'{"a": 1}\n{"a"') == [{"a": 1}]
    with pytest.raises(BadLine):
        reader.finish()


def test_a_line_without_end_is_given_up() -> None:
    reader = LineReader(max_line_bytes=1000)
    with pytest.raises(BadLine):
        for _ in range(100):
            reader.feed(b"x" * 100)


@pytest.mark.parametrize("written", ["DATASET", "DIDType.DATASET", "dataset"])
def test_types_of_all_versions_of_rucio(written: str) -> None:
    assert did_type(written) == "dataset"


@pytest.mark.parametrize(
    "written",
    [
        "Thu, 20 Nov 2025 10:33:20 UTC",
        "Thu, 20 Nov 2025 10:33:20 GMT",
        "2025-11-20T10:33:20",
        "2025-11-20T10:33:20Z",
        "2025-11-20T11:33:20+01:00",
        "2025-11-20 10:33:20",
    ],
)
def test_times_are_utc(written: str) -> None:
    assert time_of(written) == datetime(2025, 11, 20, 10, 33, 20, tzinfo=timezone.utc)


@pytest.mark.parametrize("written", [None, "", "soon", 5, "Thu, 99 Nov"])
def test_what_is_no_time_is_none(written: object) -> None:
    assert time_of(written) is None


def test_waits_grow_and_end() -> None:
    policy = RetryPolicy(attempts=4, first_wait_s=1.0, longest_wait_s=3.0, give_up_after_s=10.0)
    for attempt, least, most in ((1, 0.5, 1.5), (2, 1.0, 3.0), (3, 2.0, 3.0)):
        wait = policy.wait_s(attempt, elapsed_s=0.0)
        assert wait is not None
        assert least <= wait <= most
    assert policy.wait_s(4, elapsed_s=0.0) is None
    assert policy.wait_s(1, elapsed_s=9.9) is None


@pytest.mark.parametrize(
    ("retry_after", "is_waited_for"),
    [("2", True), ("60", False), ("Thu, 01 Jan 2099 00:00:00 GMT", False), ("nonsense", True)],
)
def test_what_rucio_asks_to_wait(retry_after: str, is_waited_for: bool) -> None:
    policy = RetryPolicy(longest_wait_s=5.0)
    assert (policy.wait_s(1, 0.0, {"Retry-After": retry_after}) is not None) == is_waited_for


@pytest.mark.parametrize("text", ["demo:f", " demo:f \n", "cms:/store/f", "demo:a:b", "a.b:50%"])
def test_a_did_is_read_and_written(text: str) -> None:
    did = Did.parse(text)
    assert str(did) == text.strip()
    assert ":" not in did.scope


@pytest.mark.parametrize("text", ["", "demo", ":", "demo:", ":f", "demo:a\nb", "x" * 300 + ":f"])
def test_what_is_no_did_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidDid) as caught:
        Did.parse(text)
    assert caught.value.code == "invalid_did"


@given(st.text(max_size=50))
def test_any_text_is_a_did_or_refused(text: str) -> None:
    try:
        did = Did.parse(text)
    except InvalidDid:
        return
    assert Did.parse(str(did)) == did
