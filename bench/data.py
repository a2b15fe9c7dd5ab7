"""The collections that are measured: rows in Rucio's catalogue, and empty files where needed."""

from __future__ import annotations

import os
import secrets
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lake.paths import hash_path
from lake.testing import Lake

# Rucio makes the locks of up to 10,000 files while the request waits.
SMALL_FILES = 2_000


@dataclass(frozen=True)
class Datasets:
    """Names of datasets in the scope ``bulk``. Of those in tuples each run takes one."""

    files: int
    runs: int
    available: str
    """With a rule, and there: looked at, opened, searched and attached."""
    asked: tuple[str, ...]
    """No rule brings them here: nobody has asked for them yet."""
    asked_raw: tuple[str, ...]
    asked_published: str


@dataclass(frozen=True)
class Moments:
    """Datasets of `SMALL_FILES` files, for what does not depend on the size of a collection."""

    runs: int
    small: tuple[str, ...]
    small_raw: tuple[str, ...]
    small_published: str
    moving: str
    """At a source only."""
    moving_published: str


def prepare(lake: Lake, files: int, runs: int, *, has_published: bool) -> Datasets:
    """Registers datasets: new ones, even in a lake that has been measured before."""
    print(f"Registering datasets of {files:,} files …", file=sys.stderr, flush=True)
    run = secrets.token_hex(3)
    datasets = Datasets(
        files=files,
        runs=runs,
        available=f"available_{run}",
        asked=_several(lake, f"asked_{run}", files, runs),
        asked_raw=_several(lake, f"asked_raw_{run}", files, runs),
        asked_published=f"asked_published_{run}",
    )
    lake.bulk(files, name=datasets.available, has_rule=True)
    _touch(lake, files, datasets.available)
    if has_published:
        lake.bulk(files, name=datasets.asked_published)
    return datasets


def prepare_moments(lake: Lake, runs: int) -> Moments:
    run = secrets.token_hex(3)
    moments = Moments(
        runs=runs,
        small=_several(lake, f"small_{run}", SMALL_FILES, runs),
        small_raw=_several(lake, f"small_raw_{run}", SMALL_FILES, runs),
        small_published=f"small_published_{run}",
        moving=f"moving_{run}",
        moving_published=f"moving_published_{run}",
    )
    lake.bulk(SMALL_FILES, name=moments.small_published)
    for name in (moments.moving, moments.moving_published):
        lake.bulk(SMALL_FILES, name=name, where="source")
    return moments


def _several(lake: Lake, what: str, files: int, runs: int) -> tuple[str, ...]:
    names = tuple(f"{what}_{number}" for number in range(runs))
    with ThreadPoolExecutor(os.cpu_count()) as registering:
        for _ in registering.map(lambda name: lake.bulk(files, name=name), names):
            pass
    return names


def _touch(lake: Lake, files: int, name: str) -> None:
    """Attaching looks whether some of the files exist."""
    storage = Path(lake.rses[str(lake.connection["destination"])]["storage_path"])
    for number in range(files):
        path = storage / hash_path("bulk", f"{name}.{number:07}.root")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
