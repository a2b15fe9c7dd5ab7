"""What is measured: a figure as it is read, and as a number where it is compared."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

KILO = 1000
LEAST_GROWTH_MIB = 1.0


@dataclass(frozen=True)
class Figure:
    """One cell of the table.

    Attributes:
        shown: What is read there.
        value: The number behind it, in the unit of its row; None where it is a word only.
        is_least: It was stopped there: it would have been more.
    """

    shown: str
    value: float | None = None
    is_least: bool = False

    @classmethod
    def of_time(cls, seconds: float, detail: str = "") -> Figure:
        return cls(_with(_time(seconds), detail), seconds)

    @classmethod
    def stopped(cls, limit_s: float, detail: str = "") -> Figure:
        return cls(_with(f"> {limit_s:.0f} s", detail), limit_s, is_least=True)

    @classmethod
    def of_memory(cls, before_mib: float, growth_mib: float) -> Figure:
        # Less than that is what any request leaves behind for a moment.
        shown = f"{before_mib:.0f} MiB + {growth_mib:.0f} MiB"
        return cls(shown, max(growth_mib, LEAST_GROWTH_MIB))

    @classmethod
    def of_count(cls, count: float, detail: str = "") -> Figure:
        return cls(_with(f"{count:,.0f}", detail), count)

    @classmethod
    def of_bytes(cls, count: int) -> Figure:
        return cls(f"{count / KILO:,.0f} kB", count)

    @classmethod
    def words(cls, text: str) -> Figure:
        return cls(text)


NOTHING = Figure("–")
"""There is no such thing to be measured."""
NO_BUDGET = NO_FLOOR = Figure("")


@dataclass(frozen=True)
class Row:
    """One line: what was done, what it takes here and elsewhere, and what it may take."""

    what: str
    ours: Figure
    published: Figure = NOTHING
    floor: Figure = NO_FLOOR
    budget: Figure = NO_BUDGET

    @property
    def ratio(self) -> str:
        """How many times more the published extension takes."""
        ours, theirs = self.ours.value, self.published.value
        if not ours or theirs is None:
            return ""
        ratio = theirs / ours
        shown = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"
        return f"{'> ' if self.published.is_least else ''}{shown} ×"

    @property
    def is_over(self) -> bool:
        ours, budget = self.ours.value, self.budget.value
        return ours is not None and budget is not None and ours > budget

    @property
    def where_it_goes(self) -> str:
        """About a row that is over its budget: the part of it that is Rucio's."""
        said = f"{self.ours.shown} where the budget is {self.budget.shown}"
        ours, floor = self.ours.value, self.floor.value
        if ours is None or floor is None:
            return f"{said}."
        if floor >= ours:
            return f"{said}; Rucio alone takes {_time(floor)}."
        return f"{said}; of it {_time(floor)} are Rucio's, {_time(ours - floor)} ours."


def seconds(run: Callable[[], object]) -> float:
    """How long it takes."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def median(run: Callable[[int], object], runs: int) -> float:
    """Seconds, the median of `runs` runs; each gets its number."""
    return statistics.median(seconds(partial(run, number)) for number in range(runs))


def _time(seconds: float) -> str:
    return f"{seconds * KILO:.0f} ms" if seconds < 1 else f"{seconds:.3g} s"


def _with(shown: str, detail: str) -> str:
    return f"{shown} ({detail})" if detail else shown
