"""How much JavaScript a page loads for the extension."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figures import NOTHING, Figure, Row
from bench.published import PYTHON, Published
from bench.servers import REPOSITORY

BUDGET_BYTES = 600_000
BUILT_FROM = ("package.json", "lib", "style", "schema", "node_modules", "pyproject.toml")


def shipped(published: Published | None) -> Iterator[Row]:
    """Bytes of the bundle's scripts, not compressed, without source maps, as in a wheel."""
    with tempfile.TemporaryDirectory(prefix="rucio-bundle-") as folder:
        ours = _bytes(_production_bundle(Path(folder)))
    theirs = NOTHING
    if published:
        prefix = PYTHON.parent.parent
        bundle = prefix / "share" / "jupyter" / "labextensions" / "rucio-jupyterlab" / "static"
        theirs = Figure.of_bytes(_bytes(bundle))
    yield Row(
        "JavaScript shipped", Figure.of_bytes(ours), theirs, budget=Figure.of_bytes(BUDGET_BYTES)
    )


def _production_bundle(folder: Path) -> Path:
    """What a wheel holds, built beside what is linked for development."""
    for name in BUILT_FROM:
        (folder / name).symlink_to(REPOSITORY / name)
    package = folder / "rucio_jupyterlab"
    package.mkdir()
    tools = Path(sys.executable).parent
    subprocess.run(
        [str(tools / "jupyter-builder"), "build", "."],
        check=True,
        cwd=folder,
        capture_output=True,
        env=os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
    )
    return package / "labextension" / "static"


def _bytes(bundle: Path) -> int:
    return sum(file.stat().st_size for file in bundle.rglob("*.js"))
