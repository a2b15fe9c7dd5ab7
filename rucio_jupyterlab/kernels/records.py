"""Where a collection reads its files from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

Record = Mapping[str, Any]
"""One file as the frontend or a manifest has it: ``path``, ``pfn``, ``did``, ``size`` (bytes).
One that is not there has no ``path``, and ``message`` says why."""


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


def is_here(record: Record) -> bool:
    """Whether the file of a record can be opened."""
    path = record.get("path")
    return isinstance(path, str) and path != ""
