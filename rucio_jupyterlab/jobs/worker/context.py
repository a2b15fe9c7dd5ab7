"""What every kind of work gets: its report, its limits, and clients of Rucio's library."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from pathlib import Path

from rucio.client.client import Client

from rucio_jupyterlab.jobs.worker.report import Report

# Silence of Rucio's, in seconds, after which a request is given up.
CLIENT_TIMEOUT_S = 120


@dataclass(frozen=True)
class WorkerContext:
    """``stopping`` is set when the job is to end: the process is killed 1.5 s later.

    ``home`` is the private folder with the configuration: for what lasts as long as the job.
    """

    report: Report
    files_at_once: int
    home: Path
    stopping: threading.Event = field(default_factory=threading.Event)

    def client(self) -> Client:
        """A new one, for one thread; it signs in with the token that the server keeps fresh."""
        return Client(timeout=CLIENT_TIMEOUT_S, logger=logging.getLogger("rucio"))
