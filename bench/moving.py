"""Bytes to the user's disk and from it, beside Rucio's own command on the same files."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from configparser import RawConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench.clients import Session
from bench.figures import NOTHING, Figure, Row
from demo import jupyter
from lake.testing import Lake

RSE = "LUND-USERDISK"
SCOPE = "user.alice"
INSTANCE = "download"
# Beside the time that Rucio's own command takes.
BUDGET = 1.1
LOOK_INTERVAL_S = 0.1
LIMIT_S = 1800.0
MIB = 2**20
BUDGET_MIB = Figure("+ 50 MiB", 50)


@dataclass(frozen=True)
class Load:
    """So many files of one size."""

    name: str
    files: int
    size_bytes: int
    runs: int

    @property
    def bytes(self) -> int:
        return self.files * self.size_bytes


LOADS = (
    Load("1,000 files of 10 kB", 1000, 10_000, 3),
    Load("one file of 2 GiB", 1, 2 * 2**30, 2),
)


def measure(folder: Path, lake: Lake, loads: Sequence[Load] = LOADS) -> Iterator[Row]:
    """Uploads, then downloads of what was uploaded."""
    with Mover(folder / "ours", lake, lake.rucio_url) as mover:
        raw = RucioCommand(folder / "raw", lake)
        for load in loads:
            yield from _both(mover, raw, load)


class Mover(Session):
    """Our extension in download mode, which uploads too."""

    def __init__(self, folder: Path, lake: Lake, url: str) -> None:
        super().__init__(folder, lake, url)
        self._instances = [jupyter.download_instance(lake.connection, name=INSTANCE)]

    @property
    def notebooks(self) -> Path:
        return self._folder.notebooks

    def upload(self, files: Sequence[Path], dataset: str | None = None) -> tuple[float, Figure]:
        """Seconds, and the server's memory meanwhile."""
        body: dict[str, Any] = {
            # Not their folder, whose name would be a part of theirs: Rucio's own command cannot
            # download names with a slash.
            "paths": [str(path.relative_to(self.notebooks)) for path in files],
            "scope": SCOPE,
            "rse": RSE,
            "lifetime_days": 1,
        }
        if dataset is not None:
            body["dataset"] = {"scope": SCOPE, "name": dataset}
        return self._run("uploads", body)

    def download(self, dataset: str) -> tuple[float, Figure]:
        return self._run("downloads", {"dids": [f"{SCOPE}:{dataset}"]})

    def delete_copy(self, dataset: str) -> None:
        self.rucio("DELETE", "copies", instance=INSTANCE, params={"did": f"{SCOPE}:{dataset}"})

    def _run(self, route: str, body: dict[str, Any]) -> tuple[float, Figure]:
        process = psutil.Process(self.running.pid)
        before = process.memory_info().rss
        most = before
        begun = time.perf_counter()
        job_id = self.rucio("POST", route, instance=INSTANCE, json=body)["job"]["id"]
        while True:
            job = self("GET", "rucio-jupyterlab/jobs", params={"limit": "1"})["items"][0]
            most = max(most, process.memory_info().rss)
            if job["id"] == job_id and job["state"] not in ("queued", "running"):
                break
            time.sleep(LOOK_INTERVAL_S)
        took = time.perf_counter() - begun
        if job["state"] != "done":
            raise RuntimeError(f"{route} ended with {job['error']}")
        return took, Figure.of_memory(before / MIB, (most - before) / MIB)


class RucioCommand:
    """``rucio upload`` and ``rucio download``, as a user types them."""

    def __init__(self, folder: Path, lake: Lake) -> None:
        self._folder = folder
        alice = lake.accounts["alice"]
        etc = folder / "home" / "etc"
        etc.mkdir(parents=True)
        config = RawConfigParser()
        config["client"] = {
            "rucio_host": lake.rucio_url,
            "auth_host": lake.rucio_url,
            "auth_type": "userpass",
            "username": alice["username"],
            "password": alice["password"],
            "account": alice["account"],
            "auth_token_file_path": str(folder / "token"),
        }
        descriptor = os.open(etc / "rucio.cfg", os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            config.write(file)

    def upload(self, files: Sequence[Path]) -> float:
        names = [str(path) for path in files]
        return self._run("upload", "--rse", RSE, "--scope", SCOPE, "--lifetime", "86400", *names)

    def download(self, dataset: str, target: Path) -> float:
        took = self._run("download", "--dir", str(target), f"{SCOPE}:{dataset}")
        if not any(path.is_file() for path in target.rglob("*")):
            # It ends with 0 then, too.
            raise RuntimeError(f"rucio has downloaded nothing of {dataset}")
        return took

    def _run(self, *words: str) -> float:
        command = Path(sys.executable).with_name("rucio")
        begun = time.perf_counter()
        done = subprocess.run(
            [str(command), *words],
            env={**os.environ, "RUCIO_HOME": str(self._folder / "home")},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"rucio {words[0]} failed: {done.stderr[-2000:]}")
        return time.perf_counter() - begun


def _both(mover: Mover, raw: RucioCommand, load: Load) -> Iterator[Row]:
    up: list[tuple[float, Figure]] = []
    up_raw: list[float] = []
    down: list[tuple[float, Figure]] = []
    down_raw: list[float] = []
    for run in range(load.runs):
        mark = f"{load.files}x{load.size_bytes}_{run}"
        files = _make(mover.notebooks / f"{mark}_ours", load)
        up.append(mover.upload(files))
        # Sends nothing: for the downloads they are put together.
        mover.upload(files, dataset=f"set_{mark}")
        _remove(files)
        files = _make(mover.notebooks / f"{mark}_raw", load)
        up_raw.append(raw.upload(files))
        _remove(files)
        down.append(mover.download(f"set_{mark}"))
        mover.delete_copy(f"set_{mark}")
        target = mover.notebooks / f"{mark}_down"
        down_raw.append(raw.download(f"set_{mark}", target))
        _remove([path for path in target.rglob("*") if path.is_file()])
    yield from _rows(f"upload {load.name}", load, up, up_raw)
    yield from _rows(f"download {load.name}", load, down, down_raw)


def _rows(
    what: str, load: Load, ours: Sequence[tuple[float, Figure]], raw: Sequence[float]
) -> Iterator[Row]:
    took = statistics.median(seconds for seconds, _ in ours)
    floor = statistics.median(raw)
    yield Row(
        what,
        Figure.of_time(took, _rate(load, took)),
        NOTHING,
        Figure.of_time(floor, _rate(load, floor)),
        Figure.of_time(floor * BUDGET),
    )
    memory = max((figure for _, figure in ours), key=lambda figure: figure.value or 0.0)
    yield Row("… server memory at its peak", memory, budget=BUDGET_MIB)


def _rate(load: Load, seconds: float) -> str:
    if load.files > 1:
        return f"{load.files / seconds:.0f} files/s"
    return f"{load.bytes / seconds / MIB:.0f} MiB/s"


def _make(folder: Path, load: Load) -> list[Path]:
    """Files of one content, but for their beginning: what is in them costs the same to all."""
    folder.mkdir(parents=True)
    piece = os.urandom(min(load.size_bytes, MIB))
    paths = []
    for number in range(load.files):
        path = folder / f"{folder.name}_{number:04}.dat"
        with path.open("wb") as file:
            for _ in range(load.size_bytes // len(piece)):
                file.write(piece)
            file.seek(0)
            file.write(os.urandom(min(64, load.size_bytes)))
        paths.append(path)
    return paths


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink()
