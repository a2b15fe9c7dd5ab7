"""What other processes are given to do. Nothing of the tests is imported there."""

from __future__ import annotations

import pickle
from typing import TypeVar

from fsspec import AbstractFileSystem

T = TypeVar("T")


def part(fs: AbstractFileSystem, path: str, start: int) -> bytes:
    found: bytes = fs.cat_file(path, start, start + 4)
    return found


def is_heading(line: str) -> bool:
    return line.strip() == "mass"


def again(thing: T) -> T:
    """As another process gets it."""
    copy: T = pickle.loads(pickle.dumps(thing))  # noqa: S301 - our own
    return copy
