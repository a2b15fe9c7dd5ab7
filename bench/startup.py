"""What the extension adds to the start of Jupyter Server."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator

from bench.report import Row, ms

# In a process of its own, since what is imported once costs nothing the second time.
PROGRAM = """
import sys, time
from jupyter_server.extension.manager import ExtensionManager
from jupyter_server.serverapp import ServerApp

app = ServerApp(log_level="ERROR", jpserver_extensions={}, port=0, ip="127.0.0.1")
app.initialize(argv=["--allow-root"], find_extensions=False)
begun = time.perf_counter()
import rucio_jupyterlab.app
imported = time.perf_counter()
manager = ExtensionManager(serverapp=app)
assert manager.add_extension("rucio_jupyterlab", enabled=True)
manager.link_all_extensions()
manager.load_all_extensions()
loaded = time.perf_counter()
print(imported - begun, loaded - imported)
app.http_server.stop()
"""


def added_to_the_start(runs: int) -> Iterator[Row]:
    """Import and load, in a server that has imported what Jupyter itself needs."""
    taken = [_start() for _ in range(runs)]
    imports = statistics.median(run[0] for run in taken)
    loading = statistics.median(run[1] for run in taken)
    yield Row(
        "added to the start of Jupyter Server",
        f"{ms(imports + loading)} (import {ms(imports)}, load {ms(loading)})",
        "",
        "300 ms",
    )


def _start() -> tuple[float, float]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )
    imported, loaded = done.stdout.split()
    return float(imported), float(loaded)
