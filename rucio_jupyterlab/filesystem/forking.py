"""Processes that are started after something was read by XRootD's client.

At a fork that client ends its threads and waits for each, while whoever forks holds Python's lock.
A thread that is still telling Python of an answer waits for this lock, and nobody would ever go on.
In a notebook ``!ls`` is a fork.
"""

from __future__ import annotations

import os
import sys
import time
from functools import cache
from types import FrameType

# A thread that has the lock needs microseconds.
_LIMIT_S = 1.0
_TURN_S = 0.001


@cache
def guard_forks() -> None:
    """Has each fork of this process wait until no thread of the client is in Python's code.

    Not those of ``subprocess``: most do not run the client's part, and Python announces none that
    has no ``preexec_fn``.
    """
    os.register_at_fork(before=_let_answers_in)


def _let_answers_in() -> None:
    end = time.monotonic() + _LIMIT_S
    while True:
        # Who sleeps gives the lock to those that wait for it.
        time.sleep(_TURN_S)
        if not any(map(_is_of_client, sys._current_frames().values())) or time.monotonic() > end:
            return


def _is_of_client(frame: FrameType) -> bool:
    """Whether its thread is one that the client has called Python from."""
    while frame.f_back is not None:
        frame = frame.f_back
    return str(frame.f_globals.get("__name__")).startswith("XRootD.")
