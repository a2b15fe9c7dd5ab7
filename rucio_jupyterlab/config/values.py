"""Single values, read as operators write them: in JSON, Python, Helm values, the environment."""

from __future__ import annotations

import math
import os.path
from collections.abc import Sequence
from datetime import datetime, timezone
from urllib.parse import urlsplit


class BadValue(ValueError):
    """Its text is what was expected, to follow "expected"."""


def is_absent(value: object) -> bool:
    """Null and the empty string, which is what templates leave of a value that is not set."""
    return value is None or (isinstance(value, str) and not value.strip())


def text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise BadValue("a text in one line")
    return value.strip()


def header_text(value: object) -> str:
    """What is sent to Rucio in a header, hence Latin-1."""
    found = text(value)
    if any(ord(character) > 255 for character in found):
        raise BadValue("a text of Latin letters, digits and signs, since it is sent in a header")
    return found


def choice(value: object, allowed: Sequence[str]) -> str:
    if not isinstance(value, str) or value.strip().lower() not in allowed:
        raise BadValue(" or ".join(f"“{word}”" for word in allowed))
    return value.strip().lower()


def base_url(value: object) -> str:
    """With a path if it has one, without a trailing slash."""
    expected = "an address such as https://rucio.example.org, without user name, query or #"
    if not isinstance(value, str):
        raise BadValue(expected)
    url = value.strip()
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise BadValue(expected) from None
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or not port_is_fine
        or parts.username is not None
        or parts.query
        or parts.fragment
        or not url.isascii()
        or any(character.isspace() for character in url)
    ):
        raise BadValue(expected)
    return url.rstrip("/")


def fetch_url(value: object) -> str:
    """An address to read from; it may hold a query."""
    if isinstance(value, str):
        url = value.strip()
        try:
            parts = urlsplit(url)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme in ("http", "https") and parts.hostname and url.isascii():
            return url
    raise BadValue("an http:// or https:// address")


def absolute_path(value: object) -> str:
    expected = "an absolute path"
    if not isinstance(value, str) or not value.isprintable():
        raise BadValue(expected)
    path = os.path.expanduser(value.strip())  # noqa: PTH111 - text stays text
    if not path.startswith("/"):
        raise BadValue(expected)
    return path


def file_path(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str):
        raise BadValue("the path of a file")
    return absolute_path(value)


def whole_number(value: object, *, least: int) -> int:
    expected = f"a whole number, {least} or more"
    if isinstance(value, bool):
        raise BadValue(expected)
    if isinstance(value, str):
        digits = value.strip()
        if not digits.isdecimal():
            raise BadValue(expected)
        value = int(digits)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or value < least:
        raise BadValue(expected)
    return value


def yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        word = value.strip().lower()
        if word in ("1", "true", "yes", "on"):
            return True
        if word in ("0", "false", "no", "off"):
            return False
    raise BadValue("true or false")


def moment(value: object) -> float:
    """Seconds since 1970 (UTC), from such a number or from an ISO 8601 date."""
    expected = "seconds since 1970 or a date such as 2026-01-31T12:00:00Z"
    if isinstance(value, str):
        written = value.strip()
        if written.replace(".", "", 1).isdecimal():
            value = float(written)
        else:
            try:
                date = datetime.fromisoformat(written.replace("Z", "+00:00"))
            except ValueError:
                raise BadValue(expected) from None
            if date.tzinfo is None:
                date = date.replace(tzinfo=timezone.utc)
            return date.timestamp()
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise BadValue(expected)
    return float(value)
