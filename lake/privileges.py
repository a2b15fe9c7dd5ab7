"""Servers that refuse to run as root: who they run as, and what that user has to reach."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

from lake.errors import LakeError

# A socket in the file system has a path of at most 107 characters, and the longest here adds 40 to
# the state folder's.
LONGEST_STATE_PATH = 64


def user_for(name: str) -> str | None:
    """`name` when this is root and such a user exists; None to run as whoever this is.

    Raises:
        LakeError: root, and the user is not there.
    """
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(name)
    except KeyError as error:
        raise LakeError(
            f"There is no user {name!r} on this machine to run the server as."
        ) from error
    return name


def check_reachable(folder: Path, user: str | None) -> None:
    """Whether `user` can come through to `folder`, and its path leaves room for sockets in it.

    Raises:
        LakeError: no; the sentence says what to choose instead.
    """
    if len(str(folder)) > LONGEST_STATE_PATH:
        raise LakeError(
            f"{folder} is too long a path for the servers' sockets: choose a state folder "
            f"of at most {LONGEST_STATE_PATH} characters with --state."
        )
    closed = _closed(folder)
    if user is not None and closed:
        raise LakeError(
            f"The user {user!r} cannot come through {closed[-1]}: "
            "choose a state folder elsewhere with --state."
        )


def is_reachable(folder: Path, user: str | None) -> bool:
    """Whether `user` can come through to `folder`."""
    return user is None or not _closed(folder)


def _closed(folder: Path) -> list[Path]:
    """`folder` and those above it that let only their owners through."""
    return [p for p in (folder, *folder.parents) if not p.stat().st_mode & stat.S_IXOTH]


def give(folder: Path, user: str | None) -> None:
    """Makes `folder` and all in it the property of `user`."""
    if user is None:
        return
    entry = pwd.getpwnam(user)
    for parent, _, files in os.walk(folder):
        for path in (parent, *(str(Path(parent) / name) for name in files)):
            os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
