"""Lists that stream: a search, and a collection that is opened."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil

from bench.clients import RawRucio, Session, Streamed
from bench.data import Datasets
from bench.report import Row, ms

SAMPLE_S = 0.01


class Memory:
    """How far a process's resident memory rises above what it has at the start, in MiB."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self.before = self.peak = self._now()

    @property
    def growth(self) -> float:
        return self.peak - self.before

    @contextmanager
    def watched(self) -> Iterator[None]:
        done = threading.Event()

        def sample() -> None:
            while not done.wait(SAMPLE_S):
                self.peak = max(self.peak, self._now())

        sampler = threading.Thread(target=sample, name="memory")
        sampler.start()
        try:
            yield
        finally:
            done.set()
            sampler.join()
            self.peak = max(self.peak, self._now())

    def _now(self) -> float:
        return float(self._process.memory_info().rss / 2**20)


def search(session: Session, raw: RawRucio, datasets: Datasets, runs: int) -> Iterator[Row]:
    name = f"{datasets.available}.*"
    bare = _median(lambda: raw.search(name, long=False), runs)
    floor = _median(lambda: raw.search(name, long=True), runs)
    yield from _streamed(
        "search",
        lambda: session.stream("dids", scope="bulk", name=name, type="file"),
        session,
        floor,
        runs,
        more_floor=f", names only {ms(bare.all_s)}",
        budget=ms(1.5 * floor.all_s),
    )


def content(session: Session, raw: RawRucio, datasets: Datasets, runs: int) -> Iterator[Row]:
    name = datasets.available
    floor = _median(lambda: raw.content(name), runs)
    yield from _streamed(
        "open a dataset",
        lambda: session.stream("did/content", did=f"bulk:{name}"),
        session,
        floor,
        runs,
    )
    floor = _median(lambda: raw.files(name), runs)
    yield from _streamed(
        "list files with their paths",
        lambda: session.stream("did/files", did=f"bulk:{name}"),
        session,
        floor,
        runs,
    )


def _streamed(
    what: str,
    read: Callable[[], Streamed],
    session: Session,
    floor: Streamed,
    runs: int,
    *,
    more_floor: str = "",
    budget: str = "",
) -> Iterator[Row]:
    memory = Memory(session.running.pid)
    session.forget_stalls()
    with memory.watched():
        found = _median(read, runs)
    stall = session.stall()
    yield Row(f"{what}: first row", ms(found.first_s), f"raw {ms(floor.first_s)}", "100 ms")
    yield Row(
        f"{what}: all {found.rows:,} rows",
        ms(found.all_s),
        f"raw {ms(floor.all_s)}{more_floor}",
        budget,
    )
    yield stall
    yield Row(
        "… server memory at its peak",
        f"{memory.before:.0f} MiB + {memory.growth:.0f} MiB",
        "",
        "+ 50 MiB",
    )


def _median(read: Callable[[], Streamed], runs: int) -> Streamed:
    taken = [read() for _ in range(runs)]
    return Streamed(
        statistics.median(run.first_s for run in taken),
        statistics.median(run.all_s for run in taken),
        taken[0].rows,
    )
