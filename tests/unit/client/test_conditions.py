"""Conditions on metadata: any value can be said, and what Rucio would answer wrongly is refused."""

from __future__ import annotations

import ast
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rucio_jupyterlab.client.filters import as_rucio_literal, as_text, parse
from rucio_jupyterlab.client.meta_match import fulfils_one
from rucio_jupyterlab.errors import BadRequest

TIMES = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%fZ",
    "%Y-%m-%dT%H:%M:%S.%fZ",
    "%a, %d %b %Y %H:%M:%S UTC",
)


def as_rucio_reads_it(text: str) -> object:
    """What Rucio's filter engine takes a text for."""
    text = text.replace("true", "True").replace("TRUE", "True")
    text = text.replace("false", "False").replace("FALSE", "False")
    for form in TIMES:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - as Rucio does
        except ValueError:
            continue
    if any(sign in text for sign in "+-*/"):
        return text
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def sent(filters: Any, name: str = "*") -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = ast.literal_eval(as_rucio_literal(parse(filters), name))
    return groups


@given(st.text().filter(lambda text: "*" not in text and "%" not in text and "\0" not in text))
def test_any_text_is_read_as_it_was_written(text: str) -> None:
    assert as_rucio_reads_it(as_text(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "5",
        " 5",
        "007",
        "1e5",
        "0x1F",
        "1_000",
        "-1",
        "None",
        "true",
        "is TRUE, not false",
        "'quoted'",
        '"a" = b, c',
        "[1, 2]",
        "set()",
        "None # comment",
        "b'x'",
        "2021-05-01 10:00:00",
        "Sat, 01 May 2021 10:00:00 UTC",
        "back\\slash",
        "((((",
        "",
        "été_β",
    ],
)
def test_texts_that_rucio_would_take_for_something_else(text: str) -> None:
    assert as_rucio_reads_it(as_text(text)) == text
    (group,) = sent({"k": text}, name=text)
    assert as_rucio_reads_it(group["k"]) == as_rucio_reads_it(group["name"]) == text


def test_a_plain_text_stays_readable() -> None:
    (group,) = sent({"datatype": "AOD", "k": "data16_13TeV.period-A/x"}, name="dimuon*")
    assert group == {"datatype": "AOD", "k": "data16_13TeV.period-A/x", "name": "dimuon*"}


@pytest.mark.parametrize(
    ("pattern", "like"),
    [("50%*", "50\\%*"), ("a\\b*", "a\\\\b*"), ("50%", "50\\%"), ("a\\b", "a\\b"), ("a*", "a*")],
)
def test_only_an_asterisk_is_a_wildcard(pattern: str, like: str) -> None:
    assert as_rucio_reads_it(as_text(pattern)) == like


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"run_number.gt": 1.5}, {"run_number.gt": 1}),
        ({"run_number.gte": 1.5}, {"run_number.gte": 2}),
        ({"run_number.lt": 1.5}, {"run_number.lt": 2}),
        ({"run_number.lte": 1.5}, {"run_number.lte": 1}),
        ({"run_number": "12"}, {"run_number": 12}),
        ({"run_number": 5.0}, {"run_number": 5}),
        ({"run_number": "*"}, {"run_number.gte": -(2**31)}),
        ({"run_number.ne": "*"}, {"run_number": None}),
        ({"version": "*"}, {"version": "**"}),
        ({"version": None}, {"version": None}),
        ({"version.ne": None}, {"version": "**"}),
        ({"k": "*"}, {"k.ne": None}),
        ({"k.ne": "*"}, {"k": None}),
        ({"k": 2**70}, {"k": float(2**70)}),
        ({"hidden": "true"}, {"hidden": True}),
        (
            {"created_at": "2024-01-31"},
            {
                "created_at.gte": "2024-01-31T00:00:00.000000Z",
                "created_at.lt": "2024-02-01T00:00:00.000000Z",
            },
        ),
        ({"created_at.lte": "2024-01-31"}, {"created_at.lt": "2024-02-01T00:00:00.000000Z"}),
        ({"created_at.gt": "2024-01-31"}, {"created_at.gte": "2024-02-01T00:00:00.000000Z"}),
        (
            {"created_at.gt": "2024-01-31T12:30:00+02:00"},
            {"created_at.gt": "2024-01-31T10:30:00.000000Z"},
        ),
    ],
)
def test_what_a_condition_is_at_rucio(condition: Any, expected: Any) -> None:
    assert sent(condition) == [{**expected, "name": "*"}]


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"run_number.nope": 1}, "no condition"),
        ({".gt": 1}, "no condition"),
        ({"a.b.gt": 1}, "no condition"),
        ({"run_number": [1]}, "run_number"),
        ({"k": {"nested": 1}}, "“k”"),
        ({"k": float("nan")}, "“k”"),
        ({"name": "x"}, "name"),
        ({"name.gt": "a*"}, "* or %"),
        ({"k.gt": "50%"}, "* or %"),
        ({"k.lt": True}, "cannot be compared with true"),
        ({"k.lt": None}, "cannot be compared"),
        ({"run_number": "x"}, "is a number"),
        ({"run_number": True}, "is a number"),
        ({"run_number": "33*"}, "is no text"),
        ({"run_number": 1.5}, "whole numbers"),
        ({"run_number": 2**31}, "beyond"),
        ({"events": 2**63}, "beyond"),
        ({"hidden": "maybe"}, "true or false"),
        ({"hidden.gt": "true"}, "true or false"),
        ({"hidden": "*"}, "any value"),
        ({"project": True}, "is a text"),
        ({"guid": "x"}, "GUID"),
        ({"guid.gt": "0" * 32}, "GUID"),
        ({"created_at": "yesterday"}, "is a time"),
        ({"created_at": "2024-02-31"}, "is a time"),
        ({"created_at.ne": "2024-01-31"}, "leave out one day"),
        ({"created_at": "2024-01-31", "created_at.lt": "2025-01-01"}, "only once"),
        ({"is_open": True}, "cannot search by “is_open”"),
        ({"metadata": "x"}, "cannot search by “metadata”"),
        ({"created_after": "2024-01-31"}, "cannot search by"),
        ({"k": "a\0b"}, "null character"),
        ([{"k": 1}] * 21, "alternatives"),
    ],
)
def test_what_rucio_could_not_answer_is_refused_by_name(condition: Any, words: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse(condition)
    assert refused.value.code == "invalid_filter"
    assert words in refused.value.message
    assert refused.value.message.endswith(".")


def test_an_alternative_that_asks_for_nothing_holds_for_everything() -> None:
    assert parse([{"k": 1}, {}]) == []


METADATA = {
    "run_number": 331_700,
    "project": "demo",
    "campaign": None,
    "created_at": "Fri, 20 Nov 2026 13:31:01 UTC",
    "guid": "01234567-89AB-CDEF-0123-456789ABCDEF",
    "energy": 6.5,
    "is_blinded": False,
    "label": "50% of true_muon",
    "mixed": "text",
    "nested": {"a": 1},
    "nothing": None,
}


@pytest.mark.parametrize(
    ("filters", "holds"),
    [
        ({}, True),
        ({"run_number": 331_700, "energy.gt": 6}, True),
        ({"run_number.gt": 331_700}, False),
        ([{"run_number": 1}, {"energy": 6.5}], True),
        ({"project": "de*"}, True),
        ({"project.ne": "de*"}, False),
        ({"project": "DEMO"}, False),
        # As Rucio has it: by a column what has no value is found too, by a JSON key it is not.
        ({"campaign.ne": "x"}, True),
        ({"absent.ne": "x"}, False),
        ({"campaign": None}, True),
        ({"campaign": "*"}, False),
        ({"label": "*"}, True),
        ({"nothing": "*"}, False),
        ({"nothing.ne": "*"}, True),
        ({"label": "50%*muon"}, True),
        ({"is_blinded": False}, True),
        ({"is_blinded": 0}, False),
        ({"mixed": 5}, False),
        ({"mixed.ne": 5}, True),
        ({"mixed.gt": 5}, False),
        ({"nested": "x"}, False),
        ({"created_at.gt": "2026-11-20T13:31:00"}, True),
        ({"created_at": "2026-11-20"}, True),
        ({"created_at.lt": "2026-11-20"}, False),
        ({"guid": "0123456789abcdef0123456789abcdef"}, True),
    ],
)
def test_conditions_compared_here_hold_as_they_do_at_rucio(filters: Any, holds: bool) -> None:
    assert fulfils_one(METADATA, parse(filters)) is holds


def test_without_any_json_metadata_rucio_finds_no_key_to_be_absent() -> None:
    assert fulfils_one({"project": "demo"}, parse({"k": None})) is False
    assert fulfils_one({"project": "demo"}, parse({"campaign": None})) is True
