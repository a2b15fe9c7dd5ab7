"""Where a collection reads its files from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

Record = Mapping[str, Any]
"""One file as the frontend or a manifest has it: ``path``, ``pfn``, ``did``, ``size`` (bytes).
One that is not there has no ``path``, and ``message`` says why. Of one in a very large collection
it may be known only where it would be, ``expected``: it is there where a file of its size is."""


class Records(Protocol):
    """A list in memory or a manifest on disk."""

    def __len__(self) -> int: ...

    def __getitem__(self, position: int, /) -> Record: ...

    def between(self, start: int, stop: int) -> Iterable[Record]:
        """The records at ``start`` (included) to ``stop`` (left out), in order."""

    def mentioning(self, text: str) -> Iterable[tuple[int, Record]]:
        """The positions and records that may hold ``text``; a caller compares for itself."""


class InlineRecords(list[Record]):
    """The records of a small collection, as they came with the message."""

    def between(self, start: int, stop: int) -> Iterable[Record]:
        return self[start:stop]

    def mentioning(self, text: str) -> Iterable[tuple[int, Record]]:
        return enumerate(self)


def path_of(record: Record) -> str | None:
    """Where the file of a record can be opened. May look at the disk."""
    path, expected = record.get("path"), record.get("expected")
    if isinstance(path, str) and path:
        return path
    if isinstance(expected, str) and _is_whole(expected, record.get("size")):
        return expected
    return None


def is_here(record: Record) -> bool:
    """Whether the file of a record can be opened. May look at the disk."""
    return path_of(record) is not None


def needs_look(record: Record) -> bool:
    """Whether only a look at the disk tells."""
    return not record.get("path") and bool(record.get("expected"))


def _is_whole(path: str, size_bytes: object) -> bool:
    try:
        there = Path(path).stat().st_size
    except OSError:
        return False
    # One that is being written is smaller.
    return size_bytes in (None, there)
