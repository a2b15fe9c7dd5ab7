"""What the extension adds to the start of Jupyter Server."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.clients import Session
from bench.figures import NOTHING, Figure, Row
from bench.published import Published
from bench.servers import Server
from demo.jupyter import JupyterFolder

BUDGET_S = 0.3

# In a process of its own, since what is imported once costs nothing the second time.
PROGRAM = """
import importlib, sys, time
from jupyter_server.extension.manager import ExtensionManager
from jupyter_server.serverapp import ServerApp

extension, module = sys.argv[1:]
app = ServerApp(log_level="ERROR", jpserver_extensions={}, port=0, ip="127.0.0.1")
app.initialize(argv=["--allow-root"], find_extensions=False)
begun = time.perf_counter()
importlib.import_module(module)
imported = time.perf_counter()
manager = ExtensionManager(serverapp=app)
assert manager.add_extension(extension, enabled=True)
manager.link_all_extensions()
manager.load_all_extensions()
loaded = time.perf_counter()
print("took", imported - begun, loaded - imported)
app.http_server.stop()
"""


def added_to_the_start(published: Published | None, runs: int) -> Iterator[Row]:
    """Import and load, in a server that has imported what Jupyter itself needs."""
    yield Row(
        "added to the start of Jupyter Server",
        _added(Session, "rucio_jupyterlab.app", runs),
        _added(Published, Published.extension, runs) if published else NOTHING,
        budget=Figure.of_time(BUDGET_S),
    )


def _added(server: type[Server], module: str, runs: int) -> Figure:
    taken = [_start(server, module) for _ in range(runs)]
    imports = statistics.median(run[0] for run in taken)
    loading = statistics.median(run[1] for run in taken)
    parts = f"import {Figure.of_time(imports).shown}, load {Figure.of_time(loading).shown}"
    return Figure.of_time(imports + loading, parts)


def _start(server: type[Server], module: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [str(server.python), "-c", PROGRAM, server.extension, module],
            check=True,
            capture_output=True,
            text=True,
            # Not the user's own Jupyter, and not this checkout, which has a package of that name.
            cwd=folder,
            env=JupyterFolder(Path(folder), server.python).environment(),
        )
    _, imported, loaded = done.stdout.strip().splitlines()[-1].split()
    return float(imported), float(loaded)
