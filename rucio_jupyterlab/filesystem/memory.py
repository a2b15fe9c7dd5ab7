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
# Of files: what is known of 100,000 is some 50 MB.
MOST = 200_000


class Recent(Generic[T]):
    """By address, for a minute; the oldest go first. For several threads."""

    def __init__(self, life_s: float = LIFE_S, most: int = MOST) -> None:
        self._life_s = life_s
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, int, T]] = OrderedDict()
        self._weight = 0

    def get(self, key: str) -> T | None:
        with self._lock:
            at, _, value = self._known.get(key, (0.0, 0, None))
        return value if value is not None and time.monotonic() - at < self._life_s else None

    def put(self, key: str, value: T, weight: int = 1) -> None:
        """``weight`` is how many files it tells of."""
        with self._lock:
            self._drop(key)
            while self._known and self._weight + weight > self._most:
                self._drop(next(iter(self._known)))
            self._known[key] = (time.monotonic(), weight, value)
            self._weight += weight

    def forget(self, key: str | None = None) -> None:
        """One, or all."""
        with self._lock:
            for each in list(self._known) if key is None else [key]:
                self._drop(each)

    def _drop(self, key: str) -> None:
        _, weight, _ = self._known.pop(key, (0.0, 0, None))
        self._weight -= weight


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
