"""Which process runs a job, and whether it still does."""

from __future__ import annotations

import functools
import os
import socket

import psutil


@functools.cache
def this_owner() -> str:
    """This process, told from any other with the same id before or elsewhere."""
    return _owner(os.getpid(), psutil.Process().create_time())


def is_gone(owner: str) -> bool | None:
    """Whether that process has ended; None where it is on another machine and cannot be asked."""
    host, _, rest = owner.rpartition("/")
    pid, _, started = rest.partition("-")
    if host != socket.gethostname():
        return None
    try:
        return _owner(int(pid), psutil.Process(int(pid)).create_time()) != owner
    except (ValueError, psutil.NoSuchProcess):
        return True
    except psutil.AccessDenied:
        # Another user's now: not the one that was ours.
        return bool(started)


def _owner(pid: int, started_s: float) -> str:
    return f"{socket.gethostname()}/{pid}-{round(started_s * 100)}"
