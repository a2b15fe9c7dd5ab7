"""Rucio's ways of writing things, read leniently: they differ between its versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from rucio_jupyterlab.client.did import Did


def did_of(record: Mapping[str, Any]) -> Did:
    return Did(record["scope"], record["name"])


def enum_name(value: object) -> str:
    """``DATASET`` of ``DATASET`` and of ``DIDType.DATASET``, as Rucio before 35 wrote it."""
    return str(value).rpartition(".")[2].upper()


def optional_int(value: object) -> int | None:
    return int(value) if isinstance(value, (int, float)) else None


def optional_text(value: object) -> str | None:
    return str(value) if value else None


def time_of(value: object) -> datetime | None:
    """Aware (UTC) from ``Thu, 20 Nov 2025 10:33:20 UTC`` and from ISO 8601; None where it is
    neither.
    """
    if not isinstance(value, str) or not value:
        return None
    try:
        parsed = (
            parsedate_to_datetime(value) if "," in value else datetime.fromisoformat(_iso(value))
        )
    except ValueError:
        return None
    if parsed.tzinfo is None:
        return parsed.replace(tzinfo=timezone.utc)
    return parsed.astimezone(timezone.utc)


def _iso(value: str) -> str:
    return value[:-1] + "+00:00" if value.endswith("Z") else value
