"""Lists that stream: a search, and a collection that is opened."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import psutil

from bench.clients import Session, Streamed
from bench.data import Datasets
from bench.figures import NO_BUDGET, NOTHING, Figure, Row
from bench.published import NOT_TRIED, Attempt, Published
from bench.servers import Server
from bench.setting import Setting

SAMPLE_S = 0.01
FIRST_ROW_S = 0.1
STALL_S = 0.05
GROWTH_MIB = 50
# What a search may take, in times of what the raw client does.
TIMES_RAW = 1.5

AT_ONCE = "all rows at once"


class Memory:
    """How far a process's resident memory rises above what it has at the start, in MiB."""

    def __init__(self, server: Server) -> None:
        self._process = psutil.Process(server.running.pid)
        self.before = self.peak = self._now()

    @property
    def figure(self) -> Figure:
        return Figure.of_memory(self.before, self.peak - self.before)

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
        try:
            return float(self._process.memory_info().rss / 2**20)
        except psutil.NoSuchProcess:
            # It was stopped, since it took too long.
            return 0.0


class Theirs(NamedTuple):
    """A list of the published extension, which comes in one piece."""

    attempt: Attempt
    memory: Figure
    rows: int


def search(setting: Setting, datasets: Datasets) -> Iterator[Row]:
    session, raw = setting.session, setting.raw
    name = f"{datasets.available}.*"
    bare = _median(lambda: raw.search(name, long=False), datasets.runs)
    floor = _median(lambda: raw.search(name, long=True), datasets.runs)
    yield from _streamed(
        "search",
        session,
        lambda: session.stream("dids", scope="bulk", name=name, type="file"),
        floor=floor,
        runs=datasets.runs,
        theirs=_theirs(setting.published, lambda it: it.search(f"bulk:{name}")),
        floor_detail=f"names only {Figure.of_time(bare.all_s).shown}",
        budget=Figure.of_time(TIMES_RAW * floor.all_s),
    )


def content(setting: Setting, datasets: Datasets) -> Iterator[Row]:
    session, raw = setting.session, setting.raw
    name = datasets.available
    yield from _streamed(
        "open a dataset",
        session,
        lambda: session.stream("did/content", did=f"bulk:{name}"),
        floor=_median(lambda: raw.content(name), datasets.runs),
        runs=datasets.runs,
        theirs=_theirs(setting.published, lambda it: it.files(f"bulk:{name}")),
    )


def paths(setting: Setting, datasets: Datasets) -> Iterator[Row]:
    session, raw = setting.session, setting.raw
    name = datasets.available
    yield from _streamed(
        "list files with their paths",
        session,
        lambda: session.stream("did/files", did=f"bulk:{name}"),
        floor=_median(lambda: raw.files(name), datasets.runs),
        runs=datasets.runs,
        theirs=_theirs(setting.published, lambda it: it.paths(f"bulk:{name}")),
    )


def _theirs(
    published: Published | None, read: Callable[[Published], Sequence[object]]
) -> Theirs | None:
    if published is None:
        return None
    found: list[object] = []
    memory = Memory(published)
    with memory.watched():
        attempt = published.took(lambda: found.extend(read(published)))
    return Theirs(attempt, memory.figure, len(found))


def _streamed(
    what: str,
    session: Session,
    read: Callable[[], Streamed],
    *,
    floor: Streamed,
    runs: int,
    theirs: Theirs | None,
    floor_detail: str = "",
    budget: Figure = NO_BUDGET,
) -> Iterator[Row]:
    memory = Memory(session)
    session.forget_stalls()
    with memory.watched():
        found = _median(read, runs)
    stall = session.stall()
    attempt, their_memory, rows = theirs or Theirs(NOT_TRIED, NOTHING, 0)
    first = their_all = attempt.figure
    if theirs and first.value is not None and not first.is_least:
        first = Figure.of_time(first.value, AT_ONCE)
        if rows < found.rows:
            their_all = Figure.words(f"cut at {rows:,}")
    yield Row(
        f"{what}: first row",
        Figure.of_time(found.first_s),
        first,
        Figure.of_time(floor.first_s),
        Figure.of_time(FIRST_ROW_S),
    )
    yield Row(
        f"{what}: all {found.rows:,} rows",
        Figure.of_time(found.all_s),
        their_all,
        Figure.of_time(floor.all_s, floor_detail),
        budget,
    )
    yield stall_row(stall, attempt.stall)
    yield Row(
        "… server memory at its peak",
        memory.figure,
        their_memory,
        budget=Figure(f"+ {GROWTH_MIB} MiB", GROWTH_MIB),
    )


def stall_row(ours: Figure, theirs: Figure) -> Row:
    return Row("… longest stall of the event loop", ours, theirs, budget=Figure.of_time(STALL_S))


def _median(read: Callable[[], Streamed], runs: int) -> Streamed:
    taken = [read() for _ in range(runs)]
    return Streamed(
        statistics.median(run.first_s for run in taken),
        statistics.median(run.all_s for run in taken),
        taken[0].rows,
    )
