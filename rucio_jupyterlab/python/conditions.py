"""Conditions on metadata as people write them: ``run_number >= 100 and datatype = AOD``."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rucio_jupyterlab.client.filters import Filters, parse
from rucio_jupyterlab.client.meta_values import invalid, short

__all__ = ["Conditions", "filters_of"]

Conditions = str | Mapping[str, object] | Sequence[str | Mapping[str, object]]
"""One text, several texts that hold together, or Rucio's form: a mapping, or alternatives."""

_OPERATORS = {
    "=": "",
    "==": "",
    "!=": "ne",
    "≠": "ne",
    ">": "gt",
    ">=": "gte",
    "≥": "gte",
    "<": "lt",
    "<=": "lte",
    "≤": "lte",
}
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<operator>==|!=|>=|<=|=|<|>|≠|≥|≤)
      | (?P<separator>[,;&|]+)
      | (?P<plain>[^\s"'=<>!≠≥≤,;&|]+)
    )""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_AND = frozenset({"and", ",", "&", "&&"})
_OR = frozenset({"or", ";", "|", "||"})


class _Token(NamedTuple):
    kind: str
    text: str


def filters_of(conditions: Conditions | None) -> Filters | None:
    """In the form that the search takes.

    A text has ``and`` (or a comma) and ``or`` (or a semicolon, which binds less) between its
    conditions; a value with blanks or signs stands in quotes. Numbers, ``true`` and ``false`` mean
    themselves unless they are quoted.

    Raises:
        BadRequest: code ``invalid_filter``: it cannot be read, or Rucio could not answer it.
    """
    if conditions is None:
        return None
    if isinstance(conditions, (str, Mapping)):
        conditions = [conditions]
    alternatives: list[Mapping[str, object]] = []
    texts: list[str] = []
    for one in conditions:
        if isinstance(one, str):
            texts.append(one)
        else:
            alternatives.append(one)
    if texts and alternatives:
        raise invalid("Conditions are either texts or mappings, not both.")
    found = _together(map(_read, texts)) if texts else alternatives
    # What Rucio could not answer is told now, not when the first result is read.
    parse(found)
    return found or None


def _together(read: Iterable[list[dict[str, object]]]) -> list[Mapping[str, object]]:
    """Texts hold together: each alternative of one with each of the others."""
    whole: list[dict[str, object]] = [{}]
    for alternatives in read:
        whole = [_joined(one, more) for one in whole for more in alternatives]
    return list(whole)


def _joined(one: Mapping[str, object], more: Mapping[str, object]) -> dict[str, object]:
    for word in more:
        if word in one and one[word] != more[word]:
            raise invalid(f"“{short(word)}” is asked for twice, with different values.")
    return {**one, **more}


def _read(text: str) -> list[dict[str, object]]:
    """The alternatives of one text."""
    groups: list[dict[str, object]] = [{}]
    tokens = _tokens(text)
    if not tokens:
        return groups
    position = 0
    while True:
        words, position = _words(tokens, position)
        groups[-1] = _joined(groups[-1], _condition(words, text))
        if position == len(tokens):
            return groups
        if tokens[position].text.lower() in _OR:
            groups.append({})
        position += 1


def _words(tokens: Sequence[_Token], position: int) -> tuple[list[_Token], int]:
    """The tokens of one condition, and where it ends."""
    found: list[_Token] = []
    while position < len(tokens) and not _separates(tokens[position], found):
        found.append(tokens[position])
        position += 1
    return found, position


def _separates(token: _Token, before: Sequence[_Token]) -> bool:
    if token.kind == "separator":
        return True
    # “and” may be a key or a value, too: it separates where a condition is complete.
    is_complete = len(before) > 2 and any(one.kind == "operator" for one in before[:-1])
    return token.kind == "plain" and token.text.lower() in ("and", "or") and is_complete


def _condition(words: Sequence[_Token], text: str) -> dict[str, object]:
    """``key operator value``, or ``value operator key operator value``."""
    kinds = ["operator" if word.kind == "operator" else "word" for word in words]
    if kinds == ["word", "operator", "word"]:
        key, operator, value = words
        return {_word(key.text, operator.text): _value(value)}
    if kinds == ["word", "operator", "word", "operator", "word"]:
        low, first, key, second, high = words
        turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "≤": "≥", "≥": "≤"}
        if first.text in turned and second.text in turned:
            return {
                _word(key.text, turned[first.text]): _value(low),
                _word(key.text, second.text): _value(high),
            }
    raise invalid(f"“{short(text)}” is no condition.", 'As in "run_number >= 100".')


def _word(key: str, operator: str) -> str:
    suffix = _OPERATORS[operator]
    return f"{key}.{suffix}" if suffix else key


def _value(token: _Token) -> object:
    text = token.text
    if token.kind == "quoted":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if _NUMBER.fullmatch(text):
        if text.lstrip("+-").isdigit():
            return int(text)
        number = float(text)
        return number if math.isfinite(number) else text
    return {"true": True, "false": False}.get(text.lower(), text)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise invalid(f"“{short(text)}” is no condition.", "A quotation mark is left open.")
        kind = str(match.lastgroup)
        piece = match[kind]
        if kind == "separator" and piece not in _AND | _OR:
            raise invalid(f"“{short(piece)}” is nothing between conditions.", "Use and, or.")
        found.append(_Token(kind, piece))
        position = match.end()
    return found
