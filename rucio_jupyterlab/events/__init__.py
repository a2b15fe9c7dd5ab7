"""What is pushed to the browser over Jupyter's event bus: one versioned schema a file."""

from __future__ import annotations

from pathlib import Path

AVAILABILITY_EVENT = "https://rucio.github.io/jupyterlab/availability/v1"
JOB_EVENT = "https://rucio.github.io/jupyterlab/job/v1"


def schema_files() -> list[Path]:
    """All schemas, to be registered with the server's event logger."""
    return sorted(Path(__file__).parent.glob("*.yaml"))
