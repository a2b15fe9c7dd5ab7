"""A Jupyter server extension that measures how long the event loop was ever held up.

While it is loaded, a callback is due every few milliseconds; how late the latest one was is the
longest stall. ``GET bench/stall`` answers it and begins anew: each measurement has its own figure.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psutil
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

TICK_S = 0.002


class Probe:
    """Ticks on the running loop; `longest_stall_s` is the longest time a tick came late."""

    def __init__(self) -> None:
        self.longest_stall_s = 0.0

    async def run(self) -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(TICK_S)
            late = time.perf_counter() - begun - TICK_S
            self.longest_stall_s = max(self.longest_stall_s, late)


class StallHandler(APIHandler):
    """``{"longest_stall_ms", "rss_mib"}`` since the last time it was asked."""

    def initialize(self, probe: Probe) -> None:
        self.probe = probe

    @authenticated
    async def get(self) -> None:
        stall_s, self.probe.longest_stall_s = self.probe.longest_stall_s, 0.0
        memory = psutil.Process().memory_info().rss
        self.finish({"longest_stall_ms": stall_s * 1000, "rss_mib": memory / 2**20})


def _load_jupyter_server_extension(app: Any) -> None:
    probe = Probe()
    app.io_loop.add_callback(probe.run)
    route = url_path_join(app.web_app.settings["base_url"], "bench", "stall")
    app.web_app.add_handlers(".*$", [(route, StallHandler, {"probe": probe})])


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "bench.stall_probe"}]
