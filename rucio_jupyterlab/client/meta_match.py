"""Whether metadata fulfil conditions, compared here as Rucio's database compares them.

For what one search of Rucio's cannot say: conditions on columns and on JSON metadata together, on
values of different types under one key, and on what is inside a container.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rucio_jupyterlab.client.filters import Condition, Group
from rucio_jupyterlab.client.meta_columns import COLUMNS, UNSEARCHABLE
from rucio_jupyterlab.client.meta_values import WILDCARD
from rucio_jupyterlab.client.parsing import time_of

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def fulfils_one(metadata: Mapping[str, Any], groups: Sequence[Group]) -> bool:
    """Whether all conditions of at least one group hold; without groups nothing is asked for."""
    return not groups or any(fulfils(metadata, group) for group in groups)


def fulfils(metadata: Mapping[str, Any], conditions: Group) -> bool:
    """``metadata`` by key, as Rucio sends them."""
    return all(_holds(metadata.get(condition.key), condition) for condition in conditions) and (
        _has_json(metadata) or not any(_wants_nothing(condition) for condition in conditions)
    )


def _wants_nothing(condition: Condition) -> bool:
    return not condition.is_column and condition.value is None and condition.operator == ""


def _has_json(metadata: Mapping[str, Any]) -> bool:
    """Rucio finds a JSON key to be absent only where there are JSON metadata at all."""
    return any(key not in COLUMNS and key not in UNSEARCHABLE for key in metadata)


def _holds(value: Any, condition: Condition) -> bool:
    if condition.value is None:
        return (value is None) == (condition.operator == "")
    if value is None:
        return condition.is_column and condition.operator == "ne"
    there, wanted = _comparable(value, condition)
    if condition.is_pattern:
        is_match = isinstance(there, str) and _pattern(str(wanted)).fullmatch(there) is not None
        return is_match == (condition.operator == "")
    if there is None:
        # Of another type: no number is equal to a text, and none is less.
        return condition.operator == "ne"
    return _COMPARE[condition.operator](there, wanted)


def _comparable(value: Any, condition: Condition) -> tuple[Any, Any]:
    """Both sides in the type of the condition; None where the value has no such form."""
    wanted = condition.value
    if condition.is_column and COLUMNS[condition.key] == "date":
        return _moment(value), _moment(wanted)
    if condition.is_column and COLUMNS[condition.key] == "guid":
        return str(value).replace("-", "").lower(), wanted
    if isinstance(wanted, bool):
        return (value if isinstance(value, bool) else None), wanted
    if isinstance(wanted, str):
        return (value if isinstance(value, str) else json.dumps(value)), wanted
    return _number(value), wanted


def _moment(value: Any) -> datetime | None:
    return time_of(value)


def _number(value: Any) -> int | float | None:
    if isinstance(value, (int, float)):
        return None if isinstance(value, bool) else value
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split(WILDCARD))), re.DOTALL)
