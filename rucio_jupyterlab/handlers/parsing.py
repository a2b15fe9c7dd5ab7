"""Reading what the browser sends, with an answer that helps where it is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TypeVar, get_args

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import SearchType
from rucio_jupyterlab.errors import BadRequest

Choice = TypeVar("Choice", bound=str)

SEARCH_TYPES: tuple[SearchType, ...] = get_args(SearchType)
MOST_DIDS = 500
LONGEST_LIFETIME_DAYS = 36_500
LONGEST_KEY = 200
_TRUE = frozenset({"1", "true", "yes"})
_FALSE = frozenset({"", "0", "false", "no"})

# R has names with dots, JavaScript with dollars, Julia with exclamation marks.
_NAME = re.compile(r"(?:[^\W\d]|[.$])[\w.$!]*")


def required(name: str, value: str | None) -> str:
    if value is None or not value.strip():
        raise BadRequest(f"The argument “{name}” is missing.", code="missing_argument")
    return value


def whole_number(name: str, value: str | None, *, least: int) -> int | None:
    """None when it is absent."""
    if value is None or value == "":
        return None
    try:
        number = int(value)
    except ValueError:
        number = least - 1
    if number < least:
        raise BadRequest(
            f"“{name}” must be a whole number, {least} or more.", code="invalid_argument"
        )
    return number


def choice(name: str, value: str, choices: Sequence[Choice]) -> Choice:
    for known in choices:
        if value == known:
            return known
    raise BadRequest(
        f"“{name}” cannot be “{value[:40]}”.",
        code="invalid_argument",
        hint=f"It is one of {', '.join(choices)}.",
    )


def yes_or_no(name: str, value: str) -> bool:
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise BadRequest(f"“{name}” must be true or false.", code="invalid_argument")


def json_argument(name: str, value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        raise BadRequest(f"“{name}” must be JSON.", code="invalid_argument") from None


def did_list(values: Sequence[str]) -> list[Did]:
    if not values:
        raise BadRequest("The argument “did” is missing.", code="missing_argument")
    if len(values) > MOST_DIDS:
        raise BadRequest(
            f"More than {MOST_DIDS} DIDs in one request.", hint="Ask for them in several requests."
        )
    return [Did.parse(value) for value in values]


def body_text(body: dict[str, object], key: str, *, is_required: bool = True) -> str | None:
    value = body.get(key)
    if value is None and not is_required:
        return None
    if not isinstance(value, str) or not value.strip():
        raise BadRequest(f"“{key}” must be a text.", code="invalid_argument")
    return value


def body_key(body: dict[str, object]) -> str | None:
    """The idempotency key: who sends the same request twice means it once."""
    key = body_text(body, "idempotency_key", is_required=False)
    if key is not None and len(key) > LONGEST_KEY:
        raise BadRequest(
            f"“idempotency_key” is longer than {LONGEST_KEY} characters.", code="invalid_argument"
        )
    return key


def body_lifetime_days(body: dict[str, object]) -> int | None:
    value = body.get("lifetime_days")
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or not (1 <= value <= LONGEST_LIFETIME_DAYS)
    ):
        raise BadRequest(
            f"“lifetime_days” must be a whole number of days from 1 to {LONGEST_LIFETIME_DAYS}.",
            code="invalid_argument",
        )
    return value


def variable_name(value: object) -> str:
    """A name that one of the supported languages takes as a variable.

    The kernel's own language has the last word, in the browser and in the kernel; this keeps what
    is no name in any from becoming code somewhere.
    """
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise BadRequest(
            f"“{str(value)[:60]}” is not a variable name.",
            code="invalid_variable_name",
            hint="Use letters, digits and underscores, and begin with a letter.",
        )
    return value
