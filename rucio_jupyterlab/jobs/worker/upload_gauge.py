"""How many bytes of an upload have gone, whichever protocol sends them.

No protocol of Rucio's library tells of its progress, and some send by a program of their own. What
Linux counts for all of them is what a process and its children have read (``rchar`` in
``/proc/PID/io``; a child's count is added to its parent's when it ends): while files are sent, that
is their bytes, but for what we read ourselves, which we know. It is never more than the files that
are under way, and files that have arrived are counted by their size.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rucio_jupyterlab.jobs.worker.report import Report
from rucio_jupyterlab.jobs.worker.sampler import Sampler


class SendGauge(Sampler):
    """Reports twice a second while its context lasts."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report
        self._lock = threading.Lock()
        self._arrived = 0
        self._told = 0
        self._own_reads = 0
        self._counted = 0
        self._under_way: dict[str, int] = {}
        self._grows_at: dict[str, Path] = {}

    def read(self, bytes_: int) -> None:
        """So many bytes were read here, and not to be sent."""
        with self._lock:
            self._own_reads += bytes_

    def arrived(self, size_bytes: int) -> None:
        """A file that need not be sent, or has been brought by others."""
        with self._lock:
            self._arrived += size_bytes

    def grows_at(self, key: str, path: Path) -> None:
        """A file that is under way grows at ``path``, on this machine."""
        with self._lock:
            self._grows_at[key] = path

    @contextmanager
    def sending(self, key: str, size_bytes: int) -> Iterator[None]:
        """A file is under way; it has arrived when the context ends without an exception."""
        with self._lock:
            if not self._under_way:
                self._counted = self._reads()
            self._under_way[key] = size_bytes
        is_whole = False
        try:
            yield
            is_whole = True
        finally:
            with self._lock:
                del self._under_way[key]
                self._grows_at.pop(key, None)
                # What was read for this one is no progress of those that are still under way.
                rest = self._reads() - self._counted - size_bytes
                most = sum(self._under_way.values())
                self._counted = self._reads() - min(max(rest, 0), most)
                if is_whole:
                    self._arrived += size_bytes
                else:
                    # What was shown of it has not arrived.
                    self._told = 0

    def look(self) -> None:
        with self._lock:
            sent = self._arrived
            seen = {key: _size(path) for key, path in self._grows_at.items()}
            sent += sum(min(size, self._under_way[key]) for key, size in seen.items())
            unseen = [size for key, size in self._under_way.items() if key not in seen]
            if unseen:
                gone = max(self._reads() - self._counted, 0)
                sent += min(gone, sum(unseen))
            # What others have read is uncertain, and no reason to go back.
            self._told = sent = max(self._told, sent)
        self._report.bytes_done(sent)

    def _reads(self) -> int:
        return bytes_read([os.getpid(), *children()]) - self._own_reads


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def bytes_read(pids: list[int]) -> int:
    """By these processes, ever; 0 where the system does not count it."""
    total = 0
    for pid in pids:
        try:
            counts = Path(f"/proc/{pid}/io").read_text("ascii")
        except OSError:
            continue
        total += int(counts.partition("rchar:")[2].split(maxsplit=1)[0])
    return total


def children() -> list[int]:
    """The processes that this one has started, by whichever thread."""
    found: list[int] = []
    for task in Path("/proc/self/task").glob("*/children"):
        try:
            found += map(int, task.read_text("ascii").split())
        except OSError:
            continue
    return found
