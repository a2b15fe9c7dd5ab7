"""Metadata conditions of a search, in Rucio's form."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rucio_jupyterlab.errors import BadRequest

Filters = Mapping[str, object] | Sequence[Mapping[str, object]]
"""``{"run_number.gt": 5, "datatype": "AOD"}``; several mappings are alternatives."""

# Rucio's filter engine fails without a sentence on any other.
OPERATORS = ("gt", "gte", "lt", "lte", "ne")

HINT = "Write it as key=value, or with <, <=, >, >= or != between the two."


def as_rucio_literal(filters: Filters | None, name: str) -> str:
    """The conditions and the name together as the Python literal that Rucio's search reads.

    Raises:
        BadRequest: code ``invalid_filter``; says which condition Rucio could not read.
    """
    groups = [filters] if isinstance(filters, Mapping) else list(filters or [{}])
    for group in groups:
        for key, value in group.items():
            _check(key, value)
    return repr([{**group, "name": name} for group in groups])


def _check(key: str, value: object) -> None:
    word, dot, operator = key.partition(".")
    if not word or (dot and operator not in OPERATORS):
        raise BadRequest(
            f"“{key[:60]}” is no condition that Rucio knows.", code="invalid_filter", hint=HINT
        )
    is_plain = value is None or isinstance(value, (str, int, bool))
    if not is_plain and not (isinstance(value, float) and math.isfinite(value)):
        raise BadRequest(
            f"The condition on “{word[:60]}” needs a text, a number, true or false.",
            code="invalid_filter",
            hint=HINT,
        )
