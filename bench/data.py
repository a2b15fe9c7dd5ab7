"""The collections that are measured: rows in Rucio's catalogue, and empty files where needed."""

from __future__ import annotations

from pathlib import Path

from lake.bulk import Where
from lake.errors import LakeError
from lake.paths import hash_path
from lake.testing import Lake

# With a rule, and there: looked at, opened, searched and attached.
AVAILABLE = "available"
# No rule brings it here: nobody has asked for it yet.
ASKED = "asked_{}"
ASKED_RAW = "asked_raw_{}"
# Rucio makes the locks of up to 10,000 files while the request waits.
SMALL = "small_{}"
SMALL_RAW = "small_raw_{}"
SMALL_FILES = 2_000
MOVING = "moving"


def prepare(lake: Lake, files: int, runs: int) -> None:
    """Registers all datasets; of a lake that has been measured before, only what is new."""
    print(f"Registering datasets of {files:,} files …", flush=True)
    _register(lake, files, AVAILABLE, has_rule=True)
    _touch(lake, files, AVAILABLE)
    for number in range(runs):
        for pattern in (ASKED, ASKED_RAW):
            _register(lake, files, pattern.format(number))
        for pattern in (SMALL, SMALL_RAW):
            _register(lake, SMALL_FILES, pattern.format(number))
    _register(lake, SMALL_FILES, MOVING, where="source")


def _register(
    lake: Lake, files: int, name: str, *, where: Where = "both", has_rule: bool = False
) -> None:
    try:
        lake.bulk(files, name=name, where=where, has_rule=has_rule)
    except LakeError as error:
        if "is there already" not in str(error):
            raise


def _touch(lake: Lake, files: int, name: str) -> None:
    """Attaching looks whether some of the files exist."""
    storage = Path(lake.rses[str(lake.connection["destination"])]["storage_path"])
    for number in range(files):
        path = storage / hash_path("bulk", f"{name}.{number:07}.root")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
