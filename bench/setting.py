"""Who is measured, beside whom, and what is behind both."""

from __future__ import annotations

from dataclasses import dataclass

from bench.clients import RawRucio, Session
from bench.published import Published
from lake.testing import Lake
from tests.faultproxy import FaultProxy


@dataclass(frozen=True)
class Setting:
    """One run. `published` is None where it is left out."""

    lake: Lake
    counting: FaultProxy
    raw: RawRucio
    session: Session
    published: Published | None
