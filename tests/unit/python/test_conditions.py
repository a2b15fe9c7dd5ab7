"""Conditions on metadata as they are written in Python and in cells."""

from __future__ import annotations

from typing import Any

import pytest

from rucio_jupyterlab.errors import BadRequest
from rucio_jupyterlab.python.conditions import Conditions, filters_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("run_number >= 100", [{"run_number.gte": 100}]),
        ("run_number>=100", [{"run_number.gte": 100}]),
        ("datatype = AOD", [{"datatype": "AOD"}]),
        ("datatype == 'AOD'", [{"datatype": "AOD"}]),
        ('title = "two words, and more"', [{"title": "two words, and more"}]),
        ("title = '5'", [{"title": "5"}]),
        ("a = 1 and b != 2", [{"a": 1, "b.ne": 2}]),
        ("a = 1, b < 2.5", [{"a": 1, "b.lt": 2.5}]),
        ("a = 1 or b = 2", [{"a": 1}, {"b": 2}]),
        ("a = 1 and b = 2; c = 3", [{"a": 1, "b": 2}, {"c": 3}]),
        ("10 < length <= 20", [{"length.gt": 10, "length.lte": 20}]),
        ("is_mc = true", [{"is_mc": True}]),
        ("stream = physics_*", [{"stream": "physics_*"}]),
        ("run_number ≥ 100", [{"run_number.gte": 100}]),
        ("word = and", [{"word": "and"}]),
        (["a = 1", "b = 2"], [{"a": 1, "b": 2}]),
        (["a = 1 or a = 2", "b = 3"], [{"a": 1, "b": 3}, {"a": 2, "b": 3}]),
        ({"a.gt": 5}, [{"a.gt": 5}]),
        ([{"a": 5}, {"b": 6}], [{"a": 5}, {"b": 6}]),
    ],
)
def test_what_is_written_is_what_is_meant(written: Conditions, meant: list[Any]) -> None:
    assert filters_of(written) == meant


@pytest.mark.parametrize("written", [None, [], "  "])
def test_without_a_condition_everything_is_meant(written: Conditions | None) -> None:
    assert not any(filters_of(written) or ())


@pytest.mark.parametrize(
    "written",
    [
        "run_number",
        "run_number >=",
        ">= 5",
        "a = 1 and",
        "a = 1 and a = 2",
        "a = 'open",
        "a = b c",
        "name = x",
        ["a = 1", {"b": 2}],
    ],
)
def test_what_cannot_be_understood_is_refused(written: Any) -> None:
    with pytest.raises(BadRequest) as caught:
        filters_of(written)
    assert caught.value.code == "invalid_filter"
