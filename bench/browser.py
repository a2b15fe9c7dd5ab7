"""Very many rows in the real panel: ``python -m bench.browser``, and the end of ``make bench``."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.clients import Session
from bench.figures import Figure, Row
from bench.quiet import wait_until_quiet
from bench.servers import REPOSITORY
from lake.testing import Lake, running_lake

SCRIPT = Path(__file__).with_suffix(".mjs")
LIMIT_S = 600
ROWS = 100_000


class BrowserFailed(Exception):
    """The script in the browser ended before it had measured; says where to look."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.browser", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--lake", type=Path, help="a lake's folder, which is kept afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rucio-bench-") as temporary:
        folder = Path(temporary)
        # PostgreSQL runs as a user of its own, which has to come through.
        folder.chmod(0o755)
        with (
            running_lake(options.lake or folder / "lake", db="postgres") as lake,
            lake.paused_daemons(),
        ):
            for row in measure(folder / "browser", lake, options.rows):
                beside = f"; {row.floor.shown}" if row.floor.shown else ""
                print(f"{row.what}: {row.ours.shown}{beside}", flush=True)
    return 0


def measure(folder: Path, lake: Lake, rows: int) -> Iterator[Row]:
    """In the floor's place stands the same page at rest."""
    dataset = lake.bulk(rows, name=f"browser_{secrets.token_hex(3)}", has_rule=True)
    wait_until_quiet(lake)
    with Session(folder, lake, lake.rucio_url) as session:
        found = _in_browser(session, dataset, rows)
    rest = _longest(found["rest"])
    for what, part in (("search", "search"), ("open a dataset", "open")):
        loading = found[part]
        yield Row(
            f"{what}: to the first row",
            Figure.of_time(loading["first_ms"] / 1000),
        )
        yield Row(f"{what}: to all {rows:,} rows", Figure.of_time(loading["all_ms"] / 1000))
        yield Row("… longest frame meanwhile", _longest(loading["frames"]), floor=rest)
        for name, gesture in (
            ("wheel", "turning the wheel"),
            ("keys", "End, Home and page keys"),
            ("drag", "dragging from top to bottom"),
        ):
            yield Row(
                f"… longest frame, {gesture}", _longest(found[f"scroll_{part}"][name]), floor=rest
            )
        yield Row(
            "… heap of the page with all rows",
            _heap(found["heap_before"], found[f"heap_{part}"]),
        )
    yield Row(
        "heap of the page after they are gone", _heap(found["heap_before"], found["heap_after"])
    )


def _in_browser(session: Session, dataset: str, rows: int) -> dict[str, Any]:
    done = subprocess.run(
        ["node", str(SCRIPT)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=LIMIT_S,
        env=os.environ
        | {
            "BENCH_URL": session.running.url,
            "BENCH_TOKEN": session.running.token,
            "BENCH_DATASET": dataset,
            "BENCH_ROWS": str(rows),
        },
    )
    if done.returncode:
        raise BrowserFailed("The browser could not measure; what it said is above.")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _longest(frames: dict[str, float]) -> Figure:
    detail = f"95 % below {frames['p95_ms']:.0f} ms"
    return Figure.of_time(frames["longest_ms"] / 1000, detail)


def _heap(before_mib: float, after_mib: float) -> Figure:
    return Figure.of_memory(before_mib, after_mib - before_mib)


if __name__ == "__main__":
    sys.exit(main())
