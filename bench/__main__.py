"""``make bench``: what a click costs on a large collection, beside the budget.

A lake on PostgreSQL with datasets of many files, a Jupyter server with this extension and one with
the published extension, and the requests that their pages make. Nothing is asserted: machines
differ, people judge.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from bench import attaching, browser, clicks, data, javascript, lists, moving, startup, watching
from bench.clients import RawRucio, Session
from bench.figures import Figure, Row
from bench.published import PYTHON, Published
from bench.quiet import wait_until_quiet
from bench.report import Section, machine, summary_of_stalls, text, write
from bench.setting import Setting
from lake.testing import Lake, running_lake
from tests.faultproxy import FaultProxy, fault_proxy

FILES = (1_000, 20_000, 100_000)
RUNS = 5
# Fewer of what takes long.
FEWER_RUNS = 3
MANY_FILES = 50_000
LIMIT_S = 120.0
BROWSER_ROWS = 100_000
MOVING = (
    "To and from a storage that is a folder. Medians; of memory the most. “raw Rucio” is `rucio "
    "upload` and `rucio download` of as many files. The published extension cannot upload."
)


class Behind(NamedTuple):
    """What both servers ask, and who asks it directly."""

    lake: Lake
    counting: FaultProxy
    raw: RawRucio


def main() -> int:
    options = _arguments()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rucio-bench-") as temporary:
        folder = Path(temporary)
        # PostgreSQL runs as a user of its own, which has to come through.
        folder.chmod(0o755)
        with (
            running_lake(options.lake or folder / "lake", db="postgres") as lake,
            fault_proxy(lake.rucio_url) as counting,
            # Rucio's daemons would take the processor away while the clock runs.
            lake.paused_daemons(),
        ):
            behind = Behind(lake, counting, RawRucio(lake))
            sections = list(_sections(options, folder, behind))
            about = machine(lake, behind.raw)
    stalls = summary_of_stalls(sections)
    if stalls:
        sections.append(Section("In all of it", [stalls]))
    content = text(about, sections, time.monotonic() - begun)
    print(f"\n{content}")
    if options.write:
        write(content)
    return 0


def _sections(options: argparse.Namespace, folder: Path, behind: Behind) -> Iterator[Section]:
    with ExitStack() as running:
        session = Session(folder / "ours", behind.lake, behind.counting.url)
        running.enter_context(session)
        published = None
        if options.published:
            published = Published(
                folder / "published", behind.lake, behind.counting.url, options.limit
            )
            running.enter_context(published)
        setting = Setting(*behind, session, published)
        for files in options.files:
            runs = options.runs or (RUNS if files < MANY_FILES else FEWER_RUNS)
            rows = _told(measure(setting, files, runs))
            yield Section(f"{files:,} files", rows, _times(runs))
        if options.small:
            rows = _told(measure_moments(setting, options.runs or RUNS))
            yield Section("Whatever the size", rows)
    if options.moving:
        rows = _told(moving.measure(folder / "moving", behind.lake))
        yield Section("Moving bytes", rows, MOVING)
    if options.browser:
        try:
            rows = _told(browser.measure(folder / "browser", behind.lake, options.rows))
        except browser.BrowserFailed as failure:
            # What was measured before, in many minutes, is worth keeping.
            rows = [Row("the panel", Figure.words(f"fails: {failure}"))]
        yield Section(f"In the browser, {options.rows:,} rows", rows)


def measure(setting: Setting, files: int, runs: int) -> Iterator[Row]:
    """What may depend on the size of a collection."""
    datasets = data.prepare(setting.lake, files, runs, has_published=setting.published is not None)
    wait_until_quiet(setting.lake)
    yield from lists.search(setting, datasets)
    yield from lists.content(setting, datasets)
    # Before the paths: the published extension keeps those, and then knows how a dataset stands.
    yield from clicks.looking(setting, datasets)
    listed = list(lists.paths(setting, datasets))
    yield from listed
    yield from attaching.attaching(setting, datasets, _all_rows(listed).published)
    yield from clicks.making_available(setting, datasets)


def measure_moments(setting: Setting, runs: int) -> Iterator[Row]:
    """What does not."""
    moments = data.prepare_moments(setting.lake, runs)
    wait_until_quiet(setting.lake)
    yield from clicks.making_few_available(setting, moments)
    yield from watching.requests_a_minute(setting, moments)
    yield from javascript.shipped(setting.published)
    yield from startup.added_to_the_start(setting.published, runs)


def _all_rows(rows: Iterable[Row]) -> Row:
    return next(row for row in rows if ": all " in row.what)


def _told(rows: Iterable[Row]) -> list[Row]:
    """The rows, each printed as soon as it is there: a run takes a quarter of an hour."""
    known = []
    for row in rows:
        print(
            f"  {row.what}: {row.ours.shown}; published {row.published.shown}",
            file=sys.stderr,
            flush=True,
        )
        known.append(row)
    return known


def _times(runs: int) -> str:
    if runs == 1:
        return "Each is taken once; of stalls and memory the longest and the most."
    return (
        f"Ours and raw Rucio are medians of {runs} runs, the published extension is measured once; "
        "of stalls and memory it is the longest and the most."
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--files",
        type=lambda given: [int(number) for number in given.split(",") if number],
        default=list(FILES),
        help="of each dataset, such as 1000,20000; each is measured in turn",
    )
    parser.add_argument("--rows", type=int, default=BROWSER_ROWS, help="in the browser")
    parser.add_argument("--runs", type=int, help="of which the median is taken")
    parser.add_argument(
        "--limit",
        type=float,
        default=LIMIT_S,
        help="seconds after which the published extension is stopped",
    )
    parser.add_argument("--lake", type=Path, help="a lake's folder, which is kept afterwards")
    parser.add_argument("--write", action="store_true", help="write the tables into RESULTS.md")
    for part, what in (
        ("published", "the published extension"),
        ("small", "what does not depend on the size"),
        ("moving", "uploads and downloads"),
        ("browser", "the panel in a browser"),
    ):
        parser.add_argument(f"--no-{part}", dest=part, action="store_false", help=f"without {what}")
    options = parser.parse_args()
    if options.published and not PYTHON.exists():
        parser.error(f"There is no {PYTHON}: run “make bench”, or give --no-published.")
    return options


if __name__ == "__main__":
    sys.exit(main())
