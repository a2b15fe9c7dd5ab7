"""The collections that are measured: rows in Rucio's catalogue, and empty files where needed."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from lake.paths import hash_path
from lake.testing import Lake

# Rucio makes the locks of up to 10,000 files while the request waits.
SMALL_FILES = 2_000


@dataclass(frozen=True)
class Datasets:
    """Names of datasets in the scope ``bulk``. Of those in tuples each run takes one."""

    available: str
    """With a rule, and there: looked at, opened, searched and attached."""
    asked: tuple[str, ...]
    """No rule brings them here: nobody has asked for them yet."""
    asked_raw: tuple[str, ...]
    small: tuple[str, ...]
    small_raw: tuple[str, ...]
    moving: str
    """At a source only."""


def prepare(lake: Lake, files: int, runs: int) -> Datasets:
    """Registers the datasets: new ones, even in a lake that has been measured before."""
    print(f"Registering datasets of {files:,} files …", file=sys.stderr, flush=True)
    run = secrets.token_hex(3)

    def several(what: str, length: int) -> tuple[str, ...]:
        names = tuple(f"{what}_{run}_{number}" for number in range(runs))
        for name in names:
            lake.bulk(length, name=name)
        return names

    datasets = Datasets(
        available=f"available_{run}",
        asked=several("asked", files),
        asked_raw=several("asked_raw", files),
        small=several("small", SMALL_FILES),
        small_raw=several("small_raw", SMALL_FILES),
        moving=f"moving_{run}",
    )
    lake.bulk(files, name=datasets.available, has_rule=True)
    _touch(lake, files, datasets.available)
    lake.bulk(SMALL_FILES, name=datasets.moving, where="source")
    return datasets


def _touch(lake: Lake, files: int, name: str) -> None:
    """Attaching looks whether some of the files exist."""
    storage = Path(lake.rses[str(lake.connection["destination"])]["storage_path"])
    for number in range(files):
        path = storage / hash_path("bulk", f"{name}.{number:07}.root")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
