"""The table that a run prints."""

from __future__ import annotations

import datetime
import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import version
from typing import NamedTuple

LEGEND = """
Times are medians. Stalls are the longest of all runs, in three ways:
  late   by the clock: how late a callback came that was due. It counts waiting for a processor and
         for Python's lock too, and Rucio, PostgreSQL and this client want the same processors.
  busy   processor time that the loop's thread spent between two callbacks: our own doing.
  collecting   the longest pass of Python's garbage collector, which is in both of the others. One
         over all that Jupyter has loaded takes a tenth of a second, whoever brings it about.
“raw” asks Rucio the same directly."""


class Row(NamedTuple):
    """One line: what was done, what it took, the least it could take, and what it may take."""

    what: str
    measured: str
    floor: str = ""
    budget: str = ""


def report(rows: Iterable[Row], files: int) -> None:
    """Prints the rows as a table in Markdown, once all are there."""
    known = list(rows)
    header = Row("what", "measured", "floor", "budget")
    widths = [max(len(row[column]) for row in [header, *known]) for column in range(len(header))]
    rule = Row(*("-" * width for width in widths))
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    about = ", ".join(f"{name} {version(name)}" for name in ("jupyter_server", "httpx"))
    print(f"\nA dataset of {files:,} files; {today}, {machine}, {about}\n")
    for row in [header, rule, *known]:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("| " + " | ".join(cells) + " |")
    print(LEGEND)


def seconds(run: Callable[[], object]) -> float:
    """How long it takes."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def median(run: Callable[[int], object], runs: int) -> float:
    """Seconds, the median of `runs` runs; each gets its number."""
    return statistics.median(seconds(partial(run, number)) for number in range(runs))


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
