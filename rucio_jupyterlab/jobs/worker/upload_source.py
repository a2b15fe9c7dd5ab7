"""A file that is being sent: its checksums, and whether it is still what they were taken of."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rucio_jupyterlab.errors import Conflict, ExtensionError, Forbidden, NotFound

PIECE_BYTES = 4 * 1024 * 1024


class Stopped(Exception):
    """The job has been told to end."""


@dataclass(frozen=True)
class Snapshot:
    """A file at one moment. ``adler32`` has eight hexadecimal digits."""

    path: str
    size_bytes: int
    mtime_ns: int
    inode: int
    adler32: str
    md5: str

    def check(self) -> None:
        """
        Raises:
            Conflict: code ``source_changed``.
            NotFound: code ``source_gone``.
        """
        now = _status(self.path)
        if (now.st_size, now.st_mtime_ns, now.st_ino) != (
            self.size_bytes,
            self.mtime_ns,
            self.inode,
        ):
            raise _changed(self.path)


def take(path: str, keep_on: Callable[[int], None]) -> Snapshot:
    """Reads the file once, for both checksums. ``keep_on`` is told of each piece read, in bytes.

    Raises:
        NotFound: code ``source_gone``; Forbidden: code ``source_unreadable``.
        Conflict: code ``source_changed``: it changed meanwhile.
    """
    adler, md5 = 1, hashlib.md5(usedforsecurity=False)
    try:
        with Path(path).open("rb") as file:
            before = os.fstat(file.fileno())
            while piece := file.read(PIECE_BYTES):
                keep_on(len(piece))
                adler = zlib.adler32(piece, adler)
                md5.update(piece)
    except OSError as error:
        raise unreadable(path, error) from error
    taken = Snapshot(
        path,
        before.st_size,
        before.st_mtime_ns,
        before.st_ino,
        f"{adler:08x}",
        md5.hexdigest(),
    )
    taken.check()
    return taken


def unreadable(path: str, error: OSError) -> ExtensionError:
    if isinstance(error, FileNotFoundError):
        return NotFound(
            f"{path} is not there any more.",
            code="source_gone",
            hint="It was moved or deleted after the upload was asked for.",
        )
    reason = error.strerror or type(error).__name__
    return Forbidden(
        f"{path} cannot be read: {reason}.",
        code="source_unreadable",
        hint="Check its permissions, then retry.",
    )


def _status(path: str) -> os.stat_result:
    try:
        return Path(path).stat()
    except OSError as error:
        raise unreadable(path, error) from error


def _changed(path: str) -> ExtensionError:
    return Conflict(
        f"{path} changed while it was uploaded.",
        code="source_changed",
        hint="Nothing of it was registered. Retry once nothing writes to it any more.",
    )
