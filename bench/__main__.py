"""``make bench``: what a click costs on a large collection, beside the budget.

A lake on PostgreSQL with datasets of many files, a Jupyter server with the extension, and the
requests that the browser makes. Nothing is asserted: machines differ, people judge.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import clicks, data, lists, startup, watching
from bench.clients import INSTANCE, RawRucio, Session
from bench.data import Datasets
from bench.report import Row, report
from demo import jupyter
from lake.testing import Lake, running_lake
from tests.faultproxy import FaultProxy, fault_proxy

REPOSITORY = Path(__file__).resolve().parent.parent


def main() -> int:
    options = _arguments()
    with tempfile.TemporaryDirectory(prefix="rucio-bench-") as temporary:
        folder = Path(temporary)
        # PostgreSQL runs as a user of its own, which has to come through.
        folder.chmod(0o755)
        with (
            running_lake(options.lake or folder / "lake", db="postgres") as lake,
            fault_proxy(lake.rucio_url) as counting,
        ):
            datasets = data.prepare(lake, options.files, options.runs)
            # Rucio's daemons would take the processor away while the clock runs.
            with lake.paused_daemons(), server(folder / "jupyter", lake, counting) as session:
                rows = []
                for row in measure(lake, session, counting, datasets, options.runs):
                    print(f"  {row.what}: {row.measured}", file=sys.stderr, flush=True)
                    rows.append(row)
    report(rows, options.files)
    return 0


def measure(
    lake: Lake, session: Session, counting: FaultProxy, datasets: Datasets, runs: int
) -> Iterator[Row]:
    raw = RawRucio(lake)
    alice = lake.accounts["alice"]
    for instance in (INSTANCE, watching.INSTANCE):
        session(
            "PUT",
            f"rucio-jupyterlab/instances/{instance}/credentials",
            json={"type": "userpass", "params": alice},
        )
    yield from lists.search(session, raw, datasets, runs)
    yield from lists.content(session, raw, datasets, runs)
    yield from clicks.looking(session, raw, datasets, runs)
    yield from clicks.attaching(session, raw, datasets, runs)
    yield from clicks.making_available(session, raw, datasets)
    yield from watching.requests_a_minute(session, counting, datasets.moving)
    yield from startup.added_to_the_start(runs)


@contextmanager
def server(folder: Path, lake: Lake, counting: FaultProxy) -> Iterator[Session]:
    """A Jupyter server with the extension and the stall probe."""
    os.environ["PYTHONPATH"] = str(REPOSITORY)
    counted = {
        "name": watching.INSTANCE,
        "rucio_base_url": counting.url,
        "rucio_auth_url": counting.url,
    }
    running, process = jupyter.start(
        jupyter.JupyterFolder(folder),
        [
            jupyter.lake_instance(lake.connection, name=INSTANCE),
            jupyter.lake_instance(lake.connection, **counted),
        ],
        ServerApp__jpserver_extensions={"rucio_jupyterlab": True, "bench.stall_probe": True},
    )
    try:
        yield Session(running)
    finally:
        jupyter.stop(process)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--files", type=int, default=20_000, help="of each dataset")
    parser.add_argument("--runs", type=int, default=5, help="of which the median is taken")
    parser.add_argument("--lake", type=Path, help="a lake's folder, which is kept afterwards")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
