"""Calls that may hang, beside the event loop and without holding up the end of Python.

The threads of a pool, ``asyncio.to_thread``'s among them, are joined when Python exits: one that
hangs in a dead file system or in a resolver without an answer would keep the server from stopping.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

Result = TypeVar("Result")


def aside(
    work: Callable[[], Result], *, name: str
) -> tuple[threading.Thread, asyncio.Future[Result]]:
    """Starts ``work`` in a daemon thread of its own, and gives the thread and what will come of it.

    What ``work`` raises is raised where the future is awaited. Who stops waiting leaves the thread
    to itself.
    """
    outcome: Future[Result] = Future()
    outcome.set_running_or_notify_cancel()  # from here on nobody's cancelling unsettles it

    def run() -> None:
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - handed over whole to who waits
            outcome.set_exception(error)
        else:
            outcome.set_result(result)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread, asyncio.wrap_future(outcome)
