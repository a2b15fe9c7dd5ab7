"""Looking again and again at how far something is, beside the work itself."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import TypeVar

INTERVAL_S = 0.5

S = TypeVar("S", bound="Sampler")


class Sampler:
    """Looks twice a second while its context lasts, and once more at its end."""

    def __init__(self) -> None:
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look_again, daemon=True)

    def look(self) -> None:
        """What is done each time, in a thread of its own."""
        raise NotImplementedError

    def __enter__(self: S) -> S:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()
        self.look()

    def _look_again(self) -> None:
        while not self._is_over.wait(INTERVAL_S):
            self.look()
