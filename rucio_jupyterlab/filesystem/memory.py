"""What was found out a moment ago: libraries ask for the same file several times in a row."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

LIFE_S = 60.0
# A listing of 100,000 files is some 50 MB.
MOST = 200_000


class Recent(Generic[T]):
    """By address, for a minute; the oldest go first. For several threads."""

    def __init__(self, life_s: float = LIFE_S, most: int = MOST) -> None:
        self._life_s = life_s
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def get(self, key: str) -> T | None:
        with self._lock:
            at, value = self._known.get(key, (0.0, None))
        return value if value is not None and time.monotonic() - at < self._life_s else None

    def put(self, key: str, value: T) -> None:
        with self._lock:
            self._known[key] = (time.monotonic(), value)
            self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)

    def forget(self, key: str | None = None) -> None:
        """One, or all."""
        with self._lock:
            if key is None:
                self._known.clear()
            else:
                self._known.pop(key, None)


class Own(Generic[T]):
    """What this process knows of the instance that is meant now, by its name.

    What the parent of a fork holds, such as connections, is its own; and a notebook may say which
    instance it is of after something was read.
    """

    def __init__(self, meant: Callable[[], str | None]) -> None:
        self._meant = meant
        self._whose = (os.getpid(), meant())
        self._recent: Recent[T] = Recent()

    @property
    def here(self) -> Recent[T]:
        whose = (os.getpid(), self._meant())
        if whose != self._whose:
            self._whose, self._recent = whose, Recent()
        return self._recent
