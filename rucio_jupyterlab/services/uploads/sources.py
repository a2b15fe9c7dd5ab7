"""The files that an upload means: found, and never outside of where the user may take them from."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from rucio_jupyterlab.errors import (
    BadRequest,
    FolderHangs,
    Forbidden,
    NotFound,
    TooLarge,
    Unprocessable,
)
from rucio_jupyterlab.paths.contents import ContentsRoot
from rucio_jupyterlab.services.mounts import MountHangs, Mounts
from rucio_jupyterlab.services.uploads.model import Source

MOST_FILES = 100_000
# Names, sizes and times of a hundred thousand files on a network disk.
WALK_LIMIT_S = 60.0

_KINDS = {
    stat.S_ISFIFO: "a pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISBLK: "a device",
    stat.S_ISCHR: "a device",
}


@dataclass(frozen=True)
class _Root:
    """A folder from which files may be taken."""

    path: str
    shows_hidden: bool


class SourceFinder:
    """Looks below Jupyter's root, the user's home folder and mounted scratch storages."""

    def __init__(
        self,
        contents_root: ContentsRoot | None,
        home: str,
        mounts: Mounts,
        walk_limit_s: float = WALK_LIMIT_S,
    ) -> None:
        self._walk_limit_s = walk_limit_s
        self._contents_root = contents_root
        self._home = home
        self._mounts = mounts

    async def find(self, paths: Sequence[str], scratch: Sequence[str]) -> list[Source]:
        """Each file once, folders with all that is below them but what is hidden.

        ``scratch`` are the mount paths of scratch storages.

        Raises:
            BadRequest: a path is none.
            Forbidden: code ``path_outside`` or ``path_hidden``.
            NotFound: code ``no_such_path``.
            Unprocessable: code ``no_files``: there is nothing in what was chosen.
            TooLarge: more than MOST_FILES.
            FolderHangs: the disk does not answer.
        """
        roots = self._roots(scratch)
        found: dict[str, Source] = {}
        for text in paths:
            root, path = self._allowed(text, roots)
            try:
                sources = await self._mounts.look(
                    root.path, partial(_gather, path, roots), limit_s=self._walk_limit_s
                )
            except MountHangs:
                raise FolderHangs(
                    f"{path} does not answer: the storage behind it may be gone.",
                    hint="Try again later, or restart your server.",
                ) from None
            for source in sources:
                # What was chosen beside its folder keeps the folder's name.
                found.setdefault(source.path, source)
            if len(found) > MOST_FILES:
                raise _too_many()
        if not found:
            raise Unprocessable(
                "There are no files in what was chosen.",
                code="no_files",
                hint="Hidden files and empty folders are left out.",
            )
        return list(found.values())

    def _roots(self, scratch: Sequence[str]) -> list[_Root]:
        roots = [_Root(mount_path, shows_hidden=False) for mount_path in scratch]
        shows_hidden = False
        if self._contents_root is not None:
            shows_hidden = self._contents_root.shows_hidden
            roots.append(_Root(self._contents_root.path, shows_hidden))
        roots.append(_Root(self._home, shows_hidden))
        return roots

    def _allowed(self, text: str, roots: Sequence[_Root]) -> tuple[_Root, str]:
        """The path that is meant, and the folder that allows it; by its name alone."""
        if not text.strip() or "\0" in text:
            raise BadRequest("A path of the upload is empty.", code="invalid_argument")
        written = PurePosixPath(text)
        if ".." in written.parts:
            raise _outside(text)
        if not written.is_absolute():
            if self._contents_root is None:
                raise BadRequest(
                    f"“{text}” is relative, and Jupyter shows no folder here.",
                    code="invalid_argument",
                    hint="Give absolute paths.",
                )
            written = PurePosixPath(self._contents_root.path) / written
        path = str(written)
        holding = [root for root in roots if written.is_relative_to(root.path)]
        if not holding:
            raise _outside(text)
        for root in holding:
            below = written.relative_to(root.path).parts
            if root.shows_hidden or not any(part.startswith(".") for part in below):
                return root, path
        raise Forbidden(
            f"“{text}” is hidden, and hidden files are not sent.",
            code="path_hidden",
            hint="Copy it to a name without a leading dot.",
        )


def _gather(path: str, roots: Sequence[_Root]) -> list[Source]:
    """One path of the request. Blocks."""
    allowed = [os.path.realpath(root.path) for root in roots]
    if not _is_inside(os.path.realpath(path), allowed):
        raise _outside(path)
    try:
        mode = Path(path).stat().st_mode
    except FileNotFoundError:
        raise NotFound(
            f"There is no file or folder {path}.",
            code="no_such_path",
            hint="It may have been moved or deleted. Refresh the file browser.",
        ) from None
    except OSError as error:
        return [_unreadable(path, PurePosixPath(path).name, error.strerror or "it cannot be read")]
    above = str(PurePosixPath(path).parent)
    if not stat.S_ISDIR(mode):
        return [_look(path, above, allowed)]
    sources = []
    for source in _walk(path, above, allowed):
        sources.append(source)
        if len(sources) > MOST_FILES:
            raise _too_many()
    return sources


def _walk(folder: str, above: str, allowed: Sequence[str]) -> Iterator[Source]:
    """All files below in order of their names. Links to folders are named, and not followed: they
    may lead round in a circle.
    """
    try:
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: entry.name)
    except OSError as error:
        yield _unreadable(folder, _relative(folder, above), error.strerror or "it cannot be read")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if _shown(entry.name) != entry.name:
            yield _unreadable(entry.path, _relative(entry.path, above), "its name is no UTF-8 text")
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, above, allowed)
        elif entry.is_symlink() and Path(entry.path).is_dir():
            reason = "it is a link to a folder, and those are not followed"
            yield _unreadable(entry.path, _relative(entry.path, above), reason)
        else:
            yield _look(entry.path, above, allowed)


def _look(path: str, above: str, allowed: Sequence[str]) -> Source:
    relative = _relative(path, above)
    real = os.path.realpath(path)
    if not _is_inside(real, allowed):
        return _unreadable(path, relative, "it is a link that leads outside of your folders")
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):
            return _unreadable(path, relative, f"it is {_kind(status.st_mode)}")
        if not os.access(path, os.R_OK):
            return _unreadable(path, relative, "you may not read it")
    except OSError as error:
        return _unreadable(path, relative, error.strerror or "it cannot be read")
    return Source(path, real, relative, status.st_size, status.st_mtime_ns)


def _kind(mode: int) -> str:
    return next((word for is_it, word in _KINDS.items() if is_it(mode)), "no file")


def _unreadable(path: str, relative: str, reason: str) -> Source:
    sentence = f"{reason[0].upper()}{reason[1:]}."
    return Source(_shown(path), path, _shown(relative), 0, 0, problem=sentence)


def _shown(text: str) -> str:
    """Without the bytes that are no characters, which Python keeps in names as surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _relative(path: str, above: str) -> str:
    return str(PurePosixPath(path).relative_to(above))


def _is_inside(real: str, allowed: Sequence[str]) -> bool:
    return any(PurePosixPath(real).is_relative_to(root) for root in allowed)


def _outside(path: str) -> Forbidden:
    return Forbidden(
        f"“{path}” is outside of the folders from which files can be sent.",
        code="path_outside",
        hint="Those are the folder that Jupyter shows, your home folder and mounted scratch space.",
    )


def _too_many() -> TooLarge:
    return TooLarge(
        f"These are more than {MOST_FILES:,} files.",
        code="too_many_files",
        hint="Send them in several uploads, or pack them into an archive.",
    )
