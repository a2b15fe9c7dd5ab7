"""Conditions on metadata: from what the browser sends to what Rucio's search reads.

On the wire a filter is a JSON object of conditions that hold together, or a list of such objects of
which one has to hold. A key may end in ``.ne``, ``.gt``, ``.gte``, ``.lt`` or ``.lte``; values are
texts, numbers, booleans, or null (``key`` null: has no value; ``key.ne`` null: has one). ``*`` in a
text stands for anything, a text that is ``*`` alone for any value at all.

Rucio's search (41.5: ``core/did_meta_plugins/filter_engine.py``) has ways of its own, which this
module knows so that every value means what it says:

* It guesses types. A text that is a Python literal becomes one: ``5``, ``1e5``, ``None``, ``'x'``;
  ``true`` anywhere in a text becomes ``True``; what looks like a time becomes one. With PostgreSQL
  the search then fails with an internal error, with SQLite it finds something else, even by a DID's
  name. Written as a Python literal *within* the text, it is read exactly.
* ``*`` and ``%`` make it a LIKE, whose escape is a backslash that Rucio does not add itself.
  A literal ``%`` can be asked for, a literal ``*`` cannot.
* Columns and JSON metadata do not mix in one search, and JSON metadata are compared in the database
  as the type of the condition: with PostgreSQL the search fails as soon as one DID of the scope has
  a value of another type under the key. ``services.metadata_search`` helps in both.
* ``!=`` finds DIDs without a value by a column, and does not by a JSON key.
* Whole numbers beyond 64 bits, fractions for whole-number columns, patterns for numbers, ``<`` for
  booleans, and a few keys make it fail or answer nonsense: they are refused here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from rucio_jupyterlab.client.meta_columns import COLUMNS, UNSEARCHABLE
from rucio_jupyterlab.client.meta_values import (
    HINT,
    SIGNS,
    WILDCARD,
    Operator,
    Value,
    for_column,
    invalid,
    short,
)

__all__ = ["HINT", "Condition", "Filters", "Group", "as_rucio_literal", "as_text", "parse"]

Filters = Mapping[str, object] | Sequence[Mapping[str, object]]
"""``{"run_number.gt": 5, "datatype": "AOD"}``; several mappings are alternatives."""

# Rucio's filter engine fails without a sentence on any other.
OPERATORS = ("gt", "gte", "lt", "lte", "ne")
MOST_GROUPS = 20


class Condition(NamedTuple):
    """``key operator value``; ``value`` has the type of the column, or is as it was sent."""

    key: str
    operator: Operator
    value: Value

    @property
    def is_column(self) -> bool:
        return self.key in COLUMNS

    @property
    def is_pattern(self) -> bool:
        return isinstance(self.value, str) and WILDCARD in self.value

    def __str__(self) -> str:
        value = f"“{short(self.value)}”" if isinstance(self.value, str) else str(self.value)
        return f"{short(self.key)} {SIGNS[self.operator]} {value}"


Group = tuple[Condition, ...]
"""Conditions that hold together."""


def parse(filters: Filters | None) -> list[Group]:
    """The alternatives; none at all is no filter.

    Raises:
        BadRequest: code ``invalid_filter``; the sentence names the condition that Rucio could not
            answer, and why.
    """
    given = [filters] if isinstance(filters, Mapping) else list(filters or ())
    groups = [_group(one) for one in given]
    if len(groups) > MOST_GROUPS:
        raise invalid(f"More than {MOST_GROUPS} alternatives in one search.", "Search in parts.")
    # An alternative without conditions holds for everything, so the others say nothing.
    return [] if not all(groups) else groups


def as_rucio_literal(groups: Sequence[Group], name: str) -> str:
    """The conditions and the name together as the Python literal that Rucio's search reads."""
    name_text = name if name == WILDCARD else as_text(name)
    return repr(
        [{**dict(map(_in_rucios_form, group)), "name": name_text} for group in (groups or [()])]
    )


def names_as_rucio_literal(names: Sequence[str]) -> str:
    """Any of these names, in each of which ``*`` stands for anything."""
    return repr([{"name": as_text(name)} for name in names])


def as_text(text: str) -> str:
    """A text so that Rucio's search reads it as just that; ``*`` stays a wildcard."""
    if "%" in text or WILDCARD in text:
        text = text.replace("\\", "\\\\").replace("%", "\\%")
    return text if _is_taken_as_it_stands(text) else _as_literal(text)


# ------------------------------------------------------------------------- from the wire


def _group(conditions: Mapping[str, object]) -> Group:
    found: dict[tuple[str, str], Condition] = {}
    for key, value in conditions.items():
        for condition in _conditions(key, value):
            place = (condition.key, condition.operator)
            if place in found:
                raise invalid(
                    f"Rucio can compare “{short(condition.key)}” by "
                    f"{SIGNS[condition.operator]} only once in one search.",
                    "Make the two conditions alternatives, or leave one out.",
                )
            found[place] = condition
    return tuple(found.values())


def _conditions(key: str, value: object) -> list[Condition]:
    word, dot, operator = key.partition(".")
    word = word.strip()
    if not word or (dot and operator not in OPERATORS):
        raise invalid(f"“{short(key)}” is no condition that Rucio knows.")
    if word in UNSEARCHABLE:
        raise invalid(f"Rucio cannot search by “{word}”.", UNSEARCHABLE[word])
    if any(ord(character) < 32 for character in word):
        raise invalid("A metadata key cannot hold control characters.")
    if word == "name" and not operator:
        raise invalid("The name is not a metadata condition.", "Put it into the search itself.")
    plain = _plain(word, value)
    kind = cast(Operator, operator)
    _check_comparison(word, kind, plain)
    if word in COLUMNS:
        return [Condition(word, *pair) for pair in for_column(word, kind, plain)]
    if plain == WILDCARD:
        # The other way round: a key that has a value is one that is not null.
        return [Condition(word, "" if kind == "ne" else "ne", None)]
    return [Condition(word, kind, plain)]


def _plain(word: str, value: object) -> Value:
    if isinstance(value, str) and "\0" in value:
        raise invalid(f"The value for “{short(word)}” holds a null character.", None)
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise invalid(f"The condition on “{short(word)}” needs a text, a number, true or false.")


def _check_comparison(word: str, operator: Operator, value: Value) -> None:
    if operator in ("", "ne"):
        return
    if isinstance(value, bool) or value is None:
        raise invalid(
            f"“{short(word)}” cannot be compared with {_json_word(value)} by {SIGNS[operator]}.",
            "Use = or ≠.",
        )
    if isinstance(value, str) and (WILDCARD in value or "%" in value):
        raise invalid(
            f"Rucio cannot compare “{short(word)}” with a text that holds * or % by "
            f"{SIGNS[operator]}.",
            "With * and % only = and ≠ can be used.",
        )


def _json_word(value: Value) -> str:
    return "nothing" if value is None else str(value).lower()


# ------------------------------------------------------------------------- in Rucio's form


def _in_rucios_form(condition: Condition) -> tuple[str, Any]:
    key, operator, value = condition
    word = key if _is_plain_key(key) else _as_literal(key)
    if isinstance(value, str) and COLUMNS.get(key) == "date":
        sent: Any = value
    elif isinstance(value, str):
        # Rucio passes over a lone *, so that it would find what has no value too.
        sent = "**" if value == WILDCARD else as_text(value)
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        sent = float(value)
    else:
        sent = value
    return f"{word}.{operator}" if operator else word, sent


# Rucio does not guess at texts with one of these in them.
_NO_GUESS = re.compile(r"[-+*/]")
_REWRITTEN = re.compile("true|TRUE|false|FALSE")
_LIKE_A_TIME = re.compile(r"\s*\d{4}-\d{1,2}-\d{1,2}[ T]|.*UTC\s*$", re.DOTALL | re.IGNORECASE)
# What begins with a letter and holds no more than this is no Python literal, but for the names.
_NO_LITERAL = re.compile(r"[^\W\d][\w .:=@]*")
_NAMES = re.compile(r"(None|True|False|Ellipsis)\b")
_SPECIAL = re.compile(r"['\\+\-*/\x00-\x1f\x7f]")


def _is_taken_as_it_stands(text: str) -> bool:
    if _REWRITTEN.search(text) or _LIKE_A_TIME.match(text):
        return False
    if _NO_GUESS.search(text):
        return True
    return bool(_NO_LITERAL.fullmatch(text)) and not _NAMES.match(text)


def _is_plain_key(key: str) -> bool:
    """Rucio guesses at keys without exception."""
    return key.isidentifier() and not _NAMES.match(key)


def _as_literal(text: str) -> str:
    """A Python text within the text, which Rucio reads once more, and rewrites nothing of it."""
    escaped = _SPECIAL.sub(_escaped, text)
    return "'" + _REWRITTEN.sub(_escaped, escaped) + "'"


def _escaped(found: re.Match[str]) -> str:
    text = found.group()
    return f"\\x{ord(text[0]):02x}" + text[1:]
