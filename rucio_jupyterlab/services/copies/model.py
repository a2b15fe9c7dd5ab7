"""Local copies, as they are found on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rucio_jupyterlab.client.did import Did


@dataclass(frozen=True)
class LocalCopy:
    """The copy of one DID. ``path`` is its folder; ``files`` and ``size_bytes`` are what is there
    now.

    ``was_completed``: a download of all of it came to its end, and then there were ``of_files``.
    ``rucio_length`` and ``rucio_bytes`` are what Rucio said of the DID then. ``is_legacy``: made by
    the extension of 41.x and before.
    """

    did: Did
    path: str
    type: str | None
    files: int
    size_bytes: int
    was_completed: bool
    of_files: int | None = None
    rucio_length: int | None = None
    rucio_bytes: int | None = None
    is_legacy: bool = False
    modified_at: datetime | None = None

    @property
    def is_complete(self) -> bool:
        """Nothing of what was downloaded has been taken away since."""
        return self.was_completed and (self.of_files is None or self.files >= self.of_files)

    def has_all_of(self, length: int | None, size_bytes: int | None) -> bool:
        """Whether it is still all of the DID, of which Rucio says this now."""
        if self.files and (self.files, self.size_bytes) == (length, size_bytes):
            # File by file, perhaps.
            return True
        if not self.is_complete:
            return False
        if self.rucio_length is None:
            return length is None or self.files >= length
        return (self.rucio_length, self.rucio_bytes) == (length, size_bytes)

    def to_dict(self, contents_path: str | None) -> dict[str, Any]:
        """LocalCopy of the REST contract."""
        return {
            "path": self.path,
            "contents_path": contents_path,
            "files": self.files,
            "bytes": self.size_bytes,
            "is_complete": self.is_complete,
        }


@dataclass(frozen=True)
class Found:
    """What is here of some DIDs: whole copies by DID, and single files by theirs (path, size)."""

    copies: Mapping[Did, LocalCopy]
    files: Mapping[Did, tuple[str, int]]
