"""Values for conditions on columns: each column takes one type, and fails on any other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Literal
from uuid import UUID

from rucio_jupyterlab.client.meta_columns import COLUMNS, INT_RANGE
from rucio_jupyterlab.client.parsing import time_of
from rucio_jupyterlab.errors import BadRequest

Operator = Literal["", "ne", "gt", "gte", "lt", "lte"]
Value = str | int | float | bool | None
Pair = tuple[Operator, Value]

WILDCARD = "*"
SIGNS: Mapping[str, str] = {"": "=", "ne": "≠", "gt": ">", "gte": "≥", "lt": "<", "lte": "≤"}
HINT = "Write it as key=value, or with <, <=, >, >= or != between the two."

# One of the forms that Rucio reads as a time (VALID_DATE_FORMATS of its filter engine), in UTC.
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
_EARLIEST = "1000-01-01T00:00:00.000000Z"


def invalid(message: str, hint: str | None = HINT) -> BadRequest:
    return BadRequest(message, code="invalid_filter", hint=hint)


def short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def for_column(key: str, operator: Operator, value: Value) -> list[Pair]:
    """The comparison in the column's own type; a day is two comparisons.

    Raises:
        BadRequest: code ``invalid_filter``: the column cannot hold such a value.
    """
    column = COLUMNS[key]
    if value is None or value == WILDCARD:
        return [_presence(key, wants_value=(operator == "ne") == (value is None))]
    if column == "string":
        return [(operator, _text(key, value))]
    if isinstance(value, str) and WILDCARD in value:
        raise invalid(
            f"“{key}” is no text, so * cannot be used in its value.",
            "Use <, ≤, > or ≥ instead, or * alone for any value.",
        )
    if column == "boolean":
        return [(operator, _boolean(key, operator, value))]
    if column == "date":
        return _times(key, operator, value)
    if column == "guid":
        return [(operator, _guid(key, operator, value))]
    return [_whole_number(key, operator, value)]


def _presence(key: str, *, wants_value: bool) -> Pair:
    """Whether there is a value. Rucio's own ``ne None`` holds for everything by a column."""
    if not wants_value:
        return "", None
    column = COLUMNS[key]
    if column == "string":
        return "", WILDCARD
    if column == "date":
        return "gte", _EARLIEST
    if column in INT_RANGE:
        return "gte", INT_RANGE[column][0]
    raise invalid(
        f"Rucio cannot search for any value of “{key}” at all.", "Search for one value of it."
    )


def _text(key: str, value: Value) -> str:
    if isinstance(value, bool):
        raise invalid(f"“{key}” is a text, and cannot be true or false.", "Put it into quotes.")
    return value if isinstance(value, str) else f"{value!r}"


def _boolean(key: str, operator: Operator, value: Value) -> bool:
    words = {"true": True, "false": False}
    found = words.get(value.strip().lower()) if isinstance(value, str) else value
    if not isinstance(found, bool) or operator not in ("", "ne"):
        raise invalid(f"“{key}” is true or false.", "Use = or ≠ with one of the two.")
    return found


def _guid(key: str, operator: Operator, value: Value) -> str:
    if operator in ("", "ne"):
        try:
            return UUID(str(value).strip()).hex
        except ValueError:
            pass
    raise invalid(f"“{key}” is a GUID: 32 hexadecimal digits.", "Use = or ≠ with the whole of it.")


def _whole_number(key: str, operator: Operator, value: Value) -> Pair:
    number = _number(value)
    if number is None:
        raise invalid(f"“{key}” is a number, which “{short(value)}” is not.", "Give a number.")
    if isinstance(number, float):
        # The database would round it, and find another number than is meant.
        if number.is_integer():
            number = int(number)
        elif operator in ("", "ne"):
            raise invalid(
                f"“{key}” holds whole numbers, so {number} is never found.",
                "Use <, ≤, > or ≥ with a fraction.",
            )
        else:
            number = math.floor(number) if operator in ("gt", "lte") else math.ceil(number)
    least, most = INT_RANGE[COLUMNS[key]]
    if not least <= number <= most:
        raise invalid(
            f"{number} is beyond what Rucio keeps under “{key}”.",
            f"It keeps numbers from {least} to {most}.",
        )
    return operator, number


def _number(value: Value) -> int | float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        text = value.strip()
        try:
            return int(text)
        except ValueError:
            pass
        try:
            number = float(text)
        except ValueError:
            return None
        return number if math.isfinite(number) else None
    return value


def _times(key: str, operator: Operator, value: Value) -> list[Pair]:
    """A moment as it is; a day, in UTC, from its beginning to its end."""
    text = value.strip() if isinstance(value, str) else ""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    moment = time_of(text) if day is None else None
    if day is None and (moment is None or moment.year < 1000):
        raise invalid(
            f"“{key}” is a time, which “{short(value)}” is not.",
            "Write it as 2024-01-31 or 2024-01-31T12:30:00, in UTC.",
        )
    if moment is not None:
        return [(operator, moment.strftime(TIME_FORMAT))]
    return _day(key, operator, day or date.min)


def _day(key: str, operator: Operator, day: date) -> list[Pair]:
    begins = datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
    begin = begins.strftime(TIME_FORMAT)
    end = (begins + timedelta(days=1)).strftime(TIME_FORMAT)
    by_operator: Mapping[str, list[Pair]] = {
        "": [("gte", begin), ("lt", end)],
        "gt": [("gte", end)],
        "gte": [("gte", begin)],
        "lt": [("lt", begin)],
        "lte": [("lt", end)],
    }
    if operator not in by_operator:
        raise invalid(
            f"Rucio cannot leave out one day of “{key}”.",
            "Use < and > as two alternatives.",
        )
    return by_operator[operator]
