"""The files of a mounted scratch storage: found and deleted without ever leaving the mount.

Others write there at the same time. So nothing is reached by its whole path: each folder is opened
from the one above it and never through a link, and what is deleted is what was looked at.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class HasChanged(Exception):
    """It is not what it was when it was looked at."""


@dataclass(frozen=True, slots=True)
class OldFile:
    """``parts`` is its path below the mount; ``identity`` tells whether it is still the same."""

    parts: tuple[str, ...]
    size_bytes: int
    identity: tuple[int, ...]
    is_mine: bool = True


@dataclass
class Listing:
    """What there is below a mount. ``unreadable`` are folders with the reason; ``skipped`` what
    was not looked at: links, and folders where another file system is mounted.
    """

    old: list[OldFile] = field(default_factory=list)
    young: int = 0
    unreadable: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    skipped: list[tuple[tuple[str, ...], str]] = field(default_factory=list)


@dataclass(frozen=True)
class ScratchFolder:
    """``path`` is where it is mounted. Everything here blocks."""

    path: str

    def look(self, older_than_s: float) -> Listing:
        """All regular files below that have been neither written nor put there for so long.

        The time of writing alone would not do: what is unpacked or copied keeps an older one.

        Raises:
            OSError: the mount itself cannot be read.
        """
        listing = Listing()
        youngest = time.time() - older_than_s
        with self._opened(()) as (root, device):
            self._look_into(root, (), device, youngest, listing)
        return listing

    def delete(self, file: OldFile) -> None:
        """
        Raises:
            HasChanged: it has been written to, replaced or taken away since.
            OSError: it cannot be deleted.
        """
        try:
            with self._opened(file.parts[:-1]) as (folder, _):
                name = file.parts[-1]
                status = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if _identity(status) != file.identity:
                    raise HasChanged
                os.unlink(name, dir_fd=folder)
        except (FileNotFoundError, NotADirectoryError):
            raise HasChanged from None

    def remove_empty(self, folder: Sequence[str]) -> int:
        """Removes a folder and those above it as long as they are empty, but never the mount.

        Gives how many there were.
        """
        parts = tuple(folder)
        removed = 0
        while parts:
            try:
                with self._opened(parts[:-1]) as (above, _):
                    os.rmdir(parts[-1], dir_fd=above)
            except OSError:
                # Not empty, somebody else's, or gone already.
                break
            removed += 1
            parts = parts[:-1]
        return removed

    def path_of(self, parts: Sequence[str]) -> str:
        return str(Path(self.path, *parts))

    def _look_into(
        self, folder: int, parts: tuple[str, ...], device: int, youngest: float, listing: Listing
    ) -> None:
        with os.scandir(folder) as listed:
            names = sorted(entry.name for entry in listed)
        for name in names:
            where = (*parts, name)
            try:
                status = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if stat.S_ISDIR(status.st_mode):
                    if status.st_dev != device:
                        listing.skipped.append((where, "Another file system is mounted there."))
                        continue
                    inside = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
                    try:
                        self._look_into(inside, where, device, youngest, listing)
                    finally:
                        os.close(inside)
                elif stat.S_ISLNK(status.st_mode):
                    listing.skipped.append((where, "It is a link, and links are not followed."))
                elif stat.S_ISREG(status.st_mode):
                    if max(status.st_mtime, status.st_ctime) > youngest:
                        listing.young += 1
                    else:
                        is_mine = status.st_uid == os.geteuid()
                        listing.old.append(
                            OldFile(where, status.st_size, _identity(status), is_mine)
                        )
            except FileNotFoundError:
                # Somebody else was quicker.
                continue
            except OSError as error:
                listing.unreadable.append((where, error.strerror or "It cannot be read"))

    @contextmanager
    def _opened(self, parts: Sequence[str]) -> Iterator[tuple[int, int]]:
        """The folder below the mount, and the file system that the mount is."""
        # The mount itself may be a link: where there is no FUSE, one stands in for it.
        folder = os.open(self.path, _FOLDER)
        try:
            device = os.fstat(folder).st_dev
            for part in parts:
                below = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
                os.close(folder)
                folder = below
                if os.fstat(folder).st_dev != device:
                    raise HasChanged
            yield folder, device
        finally:
            with suppress(OSError):
                os.close(folder)


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
