"""How the checks say times, sizes and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def duration(seconds: float) -> str:
    """“25 minutes”, “3 hours”, “12 days”."""
    seconds = abs(seconds)
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= 1.95 * length:
            return f"{seconds / length:.0f} {unit}s"
    return f"{seconds:.0f} seconds"


def moment(time: datetime) -> str:
    """“2026-01-31 12:00 UTC”, of an aware time in UTC."""
    return time.strftime("%Y-%m-%d %H:%M UTC")


def size(size_bytes: int) -> str:
    value = float(size_bytes)
    for unit in _UNITS[:-1]:
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:.3g} {_UNITS[-1]}"


def host_of(url: str) -> str:
    """With the port where it is said."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""


def listed(items: Sequence[str], most: int = 5) -> str:
    """“a, b and 3 more”."""
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"
