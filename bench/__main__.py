"""``make bench``: what a click costs on a large collection, beside the budget.

A lake on PostgreSQL with datasets of many files, a Jupyter server with the extension, and the
requests that the browser makes. Each figure is the median of several runs; the longest stall of the
server's event loop is taken over all of them. Nothing is asserted: machines differ, people judge.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bench.kernel import Kernel
from demo import jupyter
from lake.testing import Lake, running_lake

REPOSITORY = Path(__file__).resolve().parent.parent
RUNS = 5
INSTANCE = "escape"


def main() -> int:
    files = _arguments().files
    with tempfile.TemporaryDirectory(prefix="rucio-bench-") as folder:
        # PostgreSQL runs as a user of its own, which has to come through.
        Path(folder).chmod(0o755)
        with running_lake(Path(folder) / "lake", db="postgres") as lake:
            print(f"Registering datasets of {files:,} files …", flush=True)
            bulk(lake, files, "available", "--rule")
            for twin in range(RUNS):
                bulk(lake, files, f"asked_{twin}")
                bulk(lake, files, f"asked_raw_{twin}")
            with server(Path(folder) / "jupyter", lake) as session:
                rows = measure(lake, session, files)
    report(rows, files)
    return 0


class Session:
    """Requests to the Jupyter server as the browser makes them."""

    def __init__(self, running: jupyter.RunningJupyter) -> None:
        self._http = httpx.Client(
            base_url=running.url,
            headers={"Authorization": f"token {running.token}"},
            timeout=300,
        )

    def __call__(self, method: str, path: str, **options: Any) -> Any:
        answer = self._http.request(method, path, **options)
        if answer.is_error:
            raise RuntimeError(f"{method} {path} answered {answer.status_code}: {answer.text}")
        return answer.json() if answer.content else None

    def rucio(self, method: str, path: str, **options: Any) -> Any:
        return self(method, f"rucio-jupyterlab/instances/{INSTANCE}/{path}", **options)

    def stall_ms(self) -> float:
        """The longest stall since this was asked last."""
        return float(self("GET", "bench/stall")["longest_stall_ms"])

    def stream(self, path: str, **params: Any) -> tuple[float, float, int]:
        """Seconds to the first row and to the last one, and the number of rows."""
        begun = time.perf_counter()
        first, count = 0.0, 0
        with self._http.stream(
            "GET",
            f"rucio-jupyterlab/instances/{INSTANCE}/{path}",
            params=params,
            headers={"Accept": "application/x-ndjson"},
        ) as answer:
            for line in answer.iter_lines():
                first = first or time.perf_counter() - begun
                count += "end" not in json.loads(line)
        return first, time.perf_counter() - begun, count


def measure(lake: Lake, session: Session, files: int) -> list[tuple[str, str, str, str]]:
    """Rows of the report: what, measured, the floor if there is one, the budget."""
    alice = lake.accounts["alice"]
    session.rucio("PUT", "credentials", json={"type": "userpass", "params": alice})
    raw = RawRucio(lake)
    rows: list[tuple[str, str, str, str]] = []

    def row(what: str, figure: str, floor: str, budget: str) -> None:
        rows.append((what, figure, floor, budget))
        rows.append(
            ("  longest stall of the event loop", f"{session.stall_ms():.0f} ms", "", "50 ms")
        )

    session.rucio("GET", "availability", params={"did": "bulk:available"})
    session.stall_ms()

    seconds = median(
        lambda _: session.rucio("GET", "availability", params={"did": "bulk:available"})
    )
    row("availability, with a rule", ms(seconds), "", "100 ms")

    seconds = median(
        lambda n: session.rucio("GET", "availability", params={"did": f"bulk:asked_{n}"})
    )
    row("availability, no rule", ms(seconds), "", "100 ms")

    floor = median(lambda n: raw.add_rule("bulk", f"asked_raw_{n}", "EULAKE-1"))
    seconds = median(
        lambda n: session.rucio("POST", "availability", json={"did": f"bulk:asked_{n}"})
    )
    row("make available: answer", ms(seconds), f"Rucio's POST {ms(floor)}", f"{ms(floor + 0.05)}")

    kernel = Kernel()
    try:
        row(
            "attach: paths, then variable in the kernel",
            ms(median(lambda n: attach(session, kernel, f"files_{n}"))),
            f"raw list of files {ms(median(lambda _: raw.files('bulk', 'available')))}",
            "2 s" if files <= 20_000 else "6 s",
        )
    finally:
        kernel.close()

    streams = [session.stream("did/content", did="bulk:available") for _ in range(RUNS)]
    row(
        f"open it: all {streams[0][2]:,} rows",
        f"first {ms(statistics.median(s[0] for s in streams))}, "
        f"all {ms(statistics.median(s[1] for s in streams))}",
        f"raw content {ms(median(lambda _: raw.content('bulk', 'available')))}",
        "",
    )
    return rows


def attach(session: Session, kernel: Kernel, name: str) -> None:
    """What happens between Enter in the dialog and a variable that can be used."""
    answer = session.rucio(
        "POST",
        "attachments",
        json={"items": [{"did": "bulk:available", "variable_name": name}]},
    )
    resolved = answer["items"][0]
    if resolved["state"] != "available":
        raise RuntimeError(f"It could not be attached: {resolved['message']}")
    kernel.inject(resolved)
    kernel.execute(f"assert len({name}) == {resolved['count']} and {name}[-1].endswith('')")


class RawRucio:
    """The same questions asked of Rucio directly: the floor."""

    def __init__(self, lake: Lake) -> None:
        alice = lake.accounts["alice"]
        self._http = httpx.Client(base_url=lake.rucio_url, timeout=300)
        login = self._http.get(
            "/auth/userpass",
            headers={
                "X-Rucio-Username": alice["username"],
                "X-Rucio-Password": alice["password"],
                "X-Rucio-Account": alice["account"],
            },
        )
        self._http.headers["X-Rucio-Auth-Token"] = login.headers["X-Rucio-Auth-Token"]

    def add_rule(self, scope: str, name: str, rse: str) -> None:
        rule = {
            "dids": [{"scope": scope, "name": name}],
            "copies": 1,
            "rse_expression": rse,
            "account": "alice",
            "lifetime": 604_800,
        }
        self._http.post("/rules/", json=rule).raise_for_status()

    def files(self, scope: str, name: str) -> None:
        self._read(f"/dids/{scope}/{name}/files")

    def content(self, scope: str, name: str) -> None:
        self._read(f"/dids/{scope}/{name}/dids")

    def _read(self, path: str) -> None:
        with self._http.stream("GET", path) as answer:
            for line in answer.iter_lines():
                json.loads(line)


@contextmanager
def server(folder: Path, lake: Lake) -> Iterator[Session]:
    """A Jupyter server with the extension and the stall probe."""
    os.environ["PYTHONPATH"] = str(REPOSITORY)
    running, process = jupyter.start(
        jupyter.JupyterFolder(folder),
        [jupyter.lake_instance(lake.connection, name=INSTANCE)],
        ServerApp__jpserver_extensions={"rucio_jupyterlab": True, "bench.stall_probe": True},
    )
    try:
        yield Session(running)
    finally:
        jupyter.stop(process)


def bulk(lake: Lake, files: int, name: str, *options: str) -> None:
    """A dataset of `files` files at the source and at the destination."""
    command = [sys.executable, "-m", "lake", "bulk", str(files), "--state", str(lake.state.root)]
    subprocess.run([*command, "--name", name, *options], cwd=REPOSITORY, check=True)


def median(run: Callable[[int], object]) -> float:
    """Seconds, the median of `RUNS` runs; each gets its number."""
    taken = []
    for number in range(RUNS):
        begun = time.perf_counter()
        run(number)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def report(rows: list[tuple[str, str, str, str]], files: int) -> None:
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\nA dataset of {files:,} files, {machine}")
    header = ("what", "measured", "floor", "budget")
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(4)]
    for row in [header, *rows]:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
