"""Storages that are down for a while: a server is ended, and started again as it was.

The port stays the same, which Rucio has in its catalogue.
"""

from __future__ import annotations

import contextlib
import socket
import time
from typing import Any

from lake import webdav
from lake.environment import rucio_environment
from lake.errors import LakeError
from lake.process import Process, Supervisor
from lake.topology import RSES_BY_NAME, WEBDAV
from lake.xrootd import server_name

READY_WITHIN_S = 20.0


def stop_storage(supervisor: Supervisor, rse: str, about: dict[str, Any]) -> Process:
    """Ends the server of `rse`; gives what `restart_storage` needs.

    Args:
        about: The RSE as ``lake.json`` has it.

    Raises:
        LakeError: its files are in a plain folder, which no server could be missing for.
    """
    if about["scheme"] == "file":
        raise LakeError(f"{rse} is a folder on this machine, and cannot be down.")
    name = webdav.NAME if rse == WEBDAV.name else server_name(RSES_BY_NAME[rse])
    process = supervisor.named(name)
    supervisor.end(process)
    return process


def restart_storage(supervisor: Supervisor, process: Process, port: int) -> None:
    """Returns once it answers at `port` again.

    Raises:
        LakeError: it does not.
    """
    environment = rucio_environment(supervisor.state)
    deadline = time.monotonic() + READY_WITHIN_S
    # An Apache that has ended, and that nobody has waited for yet, looks alive to the next one.
    (supervisor.state.root / process.name / "apache.pid").unlink(missing_ok=True)
    again = supervisor.start_again(process, environment=environment)
    while again.is_running() and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5):
            return
        time.sleep(0.05)
    raise LakeError(f"{process.name} did not start again.", log=supervisor.state.log(process.name))
