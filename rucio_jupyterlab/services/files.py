"""The names in folders of the server, from which users choose a certificate or a token.

Contents are never read. Nothing outside of the administrator's limit is shown, links that lead
there included.
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path, PurePath
from typing import Any, Literal

from rucio_jupyterlab.errors import (
    BadRequest,
    ExtensionError,
    FolderHangs,
    Forbidden,
    NotFound,
)
from rucio_jupyterlab.services.mounts import MountHangs, Mounts

# More is no choice any more; who has so many types a path.
MOST_ENTRIES = 2000
# A network home with a hundred thousand names takes some seconds.
LOOK_LIMIT_S = 10.0


@dataclass(frozen=True)
class Entry:
    """``size_bytes`` and ``modified_at`` (UTC) are None where they cannot be seen; folders have no
    size.
    """

    name: str
    path: str
    kind: Literal["folder", "file"]
    size_bytes: int | None
    modified_at: datetime | None
    is_readable: bool

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "path": self.path,
            "type": self.kind,
            "size": self.size_bytes,
            "modified_at": self.modified_at.isoformat() if self.modified_at else None,
            "is_readable": self.is_readable,
        }


@dataclass(frozen=True)
class Folder:
    """``parent`` is None at the top of what may be seen."""

    path: str
    parent: str | None
    entries: tuple[Entry, ...]
    is_truncated: bool

    def to_dict(self) -> dict[str, Any]:
        """``Folder`` of the contract."""
        return {
            "path": self.path,
            "parent": self.parent,
            "entries": [entry.to_dict() for entry in self.entries],
            "truncated": self.is_truncated,
        }


class FilePicker:
    """Lists folders below ``root``; None or empty switches it off."""

    def __init__(self, root: str | None, mounts: Mounts) -> None:
        self._root = root.strip() if root else ""
        self._mounts = mounts

    @property
    def is_enabled(self) -> bool:
        return bool(self._root)

    async def folder(self, path: str | None) -> Folder:
        """Folders first, each kind in alphabetical order; at most ``MOST_ENTRIES``.

        Args:
            path: absolute or beginning with ``~``; None is the home folder, or the root where home
                lies outside of it.

        Raises:
            Forbidden: code ``picker_forbidden`` outside of the root and where there is none,
                ``folder_unreadable`` where the server may not read.
            NotFound: code ``no_such_folder``.
            BadRequest: no path, or no folder.
            FolderHangs: the file system does not answer.
        """
        if not self.is_enabled:
            raise _forbidden("Choosing files of the server is switched off here.")
        try:
            return await self._mounts.look(
                _likely_mount(path or self._root),
                lambda: _listed(self._root, path),
                limit_s=LOOK_LIMIT_S,
            )
        except MountHangs:
            raise FolderHangs(
                "The folder does not answer.",
                hint="The storage behind it may be gone. Try again, or type the path.",
            ) from None


def _likely_mount(path: str) -> str:
    """The first folders of ``path``, as in ``/eos/user``: one that hangs must not stop the rest."""
    return str(PurePath(*PurePath(path).parts[:3]))


def _listed(root: str, path: str | None) -> Folder:
    top = _Top(root)
    wanted = top.start() if path is None else _absolute(path)
    if not top.holds(wanted):
        raise _forbidden(f"Only what is in {top.path} may be looked at.")
    try:
        with os.scandir(wanted) as found:
            everything = [(_is_folder(item), item) for item in found]
    except OSError as error:
        raise _refusal(wanted, error) from error
    everything.sort(key=lambda pair: (not pair[0], pair[1].name.casefold(), pair[1].name))
    parent = str(Path(wanted).parent)
    return Folder(
        path=_shown(wanted),
        parent=_shown(parent) if parent != wanted and top.holds(parent) else None,
        entries=tuple(
            _entry(item, is_folder, top) for is_folder, item in everything[:MOST_ENTRIES]
        ),
        is_truncated=len(everything) > MOST_ENTRIES,
    )


class _Top:
    """The folder that the administrator allows. Looks at the file system."""

    def __init__(self, root: str) -> None:
        expanded = _expanded(root)
        if expanded is None:
            raise _forbidden("Choosing files is set up wrongly here: picker_root is no path.")
        self.path = expanded
        self._real = Path(os.path.realpath(expanded))

    def holds(self, path: str) -> bool:
        """Whether ``path``, its links followed, is the root or below it."""
        return Path(os.path.realpath(path)).is_relative_to(self._real)

    def start(self) -> str:
        home = _expanded("~")
        return home if home is not None and self.holds(home) else self.path


def _absolute(path: str) -> str:
    """
    Raises:
        BadRequest: it is neither absolute nor of a home folder, or no path can be like this.
    """
    if "\0" in path or not path.strip():
        raise BadRequest("This is no path.", code="invalid_path")
    expanded = _expanded(path)
    if expanded is None:
        raise BadRequest(
            "A path on the server begins with / or ~.", code="invalid_path", hint="Try ~."
        )
    return expanded


def _expanded(path: str) -> str | None:
    """Absolute, without ``..``; None where it cannot be made so."""
    try:
        expanded = Path(path).expanduser()
    except RuntimeError:  # no such user, or one without a home
        return None
    # Before links are followed, as in a shell: “..” leads back to where one came from.
    return os.path.normpath(expanded) if expanded.is_absolute() else None


def _entry(item: os.DirEntry[str], is_folder: bool, top: _Top) -> Entry:
    known: os.stat_result | None = None
    try:
        if not item.is_symlink() or top.holds(item.path):
            known = item.stat()
    except OSError:
        pass  # a link to nowhere, or gone since
    can_be_named = _shown(item.name) == item.name
    is_plain = known is not None and (is_folder or stat.S_ISREG(known.st_mode))
    return Entry(
        name=_shown(item.name),
        path=_shown(item.path),
        kind="folder" if is_folder else "file",
        size_bytes=known.st_size if known is not None and not is_folder else None,
        modified_at=_time(known.st_mtime) if known is not None else None,
        is_readable=is_plain
        and can_be_named
        and os.access(item.path, os.R_OK | os.X_OK if is_folder else os.R_OK),
    )


def _is_folder(item: os.DirEntry[str]) -> bool:
    try:
        return item.is_dir()
    except OSError:
        return False


def _time(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (OverflowError, OSError, ValueError):
        # Some file systems give times beyond what a date can say.
        return None


def _shown(name: str) -> str:
    """What is no UTF-8 in a name cannot travel in JSON, and is replaced."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _forbidden(message: str) -> Forbidden:
    return Forbidden(
        message, code="picker_forbidden", hint="Type the path instead, or ask the administrator."
    )


def _refusal(path: str, error: OSError) -> ExtensionError:
    shown = _shown(path)
    if error.errno in (errno.EACCES, errno.EPERM):
        return Forbidden(f"{shown} cannot be read.", code="folder_unreadable")
    if error.errno == errno.ENOENT:
        return NotFound(f"There is no folder {shown}.", code="no_such_folder")
    if error.errno == errno.ENOTDIR:
        return BadRequest(f"{shown} is no folder.", code="not_a_folder")
    if error.errno in (errno.ENAMETOOLONG, errno.ELOOP):
        return BadRequest(f"This is no path: {error.strerror}.", code="invalid_path")
    return NotFound(f"{shown} cannot be opened: {error.strerror}.", code="folder_unusable")
