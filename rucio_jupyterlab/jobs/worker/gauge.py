"""How many bytes of a download have arrived, whoever writes them: by looking at the files grow."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rucio_jupyterlab.jobs.worker.report import Report
from rucio_jupyterlab.jobs.worker.sampler import Sampler


class Gauge(Sampler):
    """Reports while its context lasts. No protocol tells of its progress; a file's size does."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report
        self._lock = threading.Lock()
        self._whole = 0
        self._told = 0
        self._growing: dict[Path, int | None] = {}

    def begin_with(self, bytes_done: int) -> None:
        """What need not be moved: it is no part of the rate."""
        self._whole = self._told = bytes_done
        self._report.bytes_done(bytes_done)

    @contextmanager
    def file(self, path: Path, size_bytes: int | None) -> Iterator[Callable[[], None]]:
        """``path`` grows; what is yielded is to be called when it has arrived whole."""
        arrived = 0
        with self._lock:
            self._growing[path] = size_bytes

        def done() -> None:
            nonlocal arrived
            arrived = size_bytes or 0

        try:
            yield done
        finally:
            with self._lock:
                del self._growing[path]
                self._whole += arrived

    def look(self) -> None:
        with self._lock:
            whole, growing = self._whole, dict(self._growing)
        # Between its renaming and its being counted a file is nowhere: that is no step back.
        found = whole + sum(_size(path, most) for path, most in growing.items())
        self._told = max(self._told, found)
        self._report.bytes_done(self._told)


def _size(path: Path, most: int | None) -> int:
    try:
        size = path.stat().st_size
    except OSError:
        return 0
    return size if most is None else min(size, most)
