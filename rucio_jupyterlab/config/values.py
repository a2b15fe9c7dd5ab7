"""Single values from the spellings that the schema allows.

What they are given has passed the schema. Each raises ``ValueError`` for the little that no schema
can tell, such as the 31st of February.
"""

from __future__ import annotations

import math
import os.path
from datetime import datetime, timezone

import httpx

_YES = frozenset({"1", "true", "yes", "on"})


def base_url(value: str) -> str:
    """Without a trailing slash, and with its scheme in small letters; a path of its own stays."""
    scheme, _, rest = address(value).partition("://")
    return f"{scheme.lower()}://{rest.rstrip('/')}"


def address(value: str) -> str:
    """One that can be connected to; its host may still not be there."""
    try:
        httpx.URL(value)
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from error
    return value


def absolute_path(value: str) -> str:
    """``~`` is the home of who runs the server."""
    path = os.path.expanduser(value)  # noqa: PTH111 - text stays text
    if not path.startswith("/"):
        raise ValueError("no such user")
    return path


def whole_number(value: float | str) -> int:
    return int(value)


def switch(value: bool | int | str) -> bool:
    return value in _YES if isinstance(value, str) else bool(value)


def moment(value: float | str) -> float:
    """Seconds since 1970 (UTC), from such a number or from an ISO 8601 date."""
    if isinstance(value, str):
        if value.replace(".", "", 1).isdecimal():
            value = float(value)
        else:
            date = datetime.fromisoformat(value.upper().replace("Z", "+00:00"))
            value = (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp()
    if not math.isfinite(value):
        raise ValueError("no moment")
    return float(value)
