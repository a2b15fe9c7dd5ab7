"""A Jupyter server extension that measures how long the event loop was ever held up.

While it is loaded, a callback is due every few milliseconds. How late the latest one came, by the
clock, is the longest stall that a user could notice; on a machine with more programs than
processors that holds waiting for a processor too. So the processor time that the loop's thread
spent between two callbacks is kept beside it: that is what our own code, or Jupyter's, did there.
Python's garbage collector is measured apart: now and then it looks at all that Jupyter has loaded.
``GET bench/stall`` answers all and begins anew: each measurement has its own figures.
"""

from __future__ import annotations

import asyncio
import gc
import time
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

TICK_S = 0.002


class Probe:
    """Ticks on the running loop. Seconds; the longest since `start_anew`."""

    def __init__(self) -> None:
        self.start_anew()

    def start_anew(self) -> None:
        self.late_s = 0.0
        self.busy_s = 0.0
        self.collecting_s = 0.0
        self._collecting_since = 0.0

    def on_collection(self, phase: str, info: dict[str, int]) -> None:
        """For `gc.callbacks`."""
        now = time.perf_counter()
        if phase == "start":
            self._collecting_since = now
        elif self._collecting_since:
            self.collecting_s = max(self.collecting_s, now - self._collecting_since)

    async def run(self) -> None:
        while True:
            begun, begun_busy = time.perf_counter(), time.thread_time()
            await asyncio.sleep(TICK_S)
            busy = time.thread_time() - begun_busy
            late = time.perf_counter() - begun - TICK_S
            self.late_s = max(self.late_s, late)
            self.busy_s = max(self.busy_s, busy)


class StallHandler(APIHandler):
    """``{"late_ms", "busy_ms", "collecting_ms"}`` since the last time it was asked."""

    def initialize(self, probe: Probe) -> None:
        self.probe = probe

    @authenticated
    async def get(self) -> None:
        self.finish(
            {
                "late_ms": self.probe.late_s * 1000,
                "busy_ms": self.probe.busy_s * 1000,
                "collecting_ms": self.probe.collecting_s * 1000,
            }
        )
        self.probe.start_anew()


def _load_jupyter_server_extension(app: Any) -> None:
    probe = Probe()
    app.io_loop.add_callback(probe.run)
    gc.callbacks.append(probe.on_collection)
    route = url_path_join(app.web_app.settings["base_url"], "bench", "stall")
    app.web_app.add_handlers(".*$", [(route, StallHandler, {"probe": probe})])


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "bench.stall_probe"}]
