"""The published extension, asked as its own page asks it.

What its page asks was seen on the wire, with a browser; its source is not looked at. It says how a
DID stands by listing all files of it, which its page asks for every ten seconds. Each thing is
measured once: many take minutes, and what takes longer than a limit is stopped there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from bench.figures import NOTHING, Figure, seconds
from bench.quiet import wait_until_quiet
from bench.servers import INSTANCE, REPOSITORY, Server
from lake.testing import Lake

VERSION = "41.0.0"
PYTHON = REPOSITORY / ".venvs" / "published" / "bin" / "python"
PAGE_ASKS_EVERY_S = 10.0
LOOK_EVERY_S = 0.5


class Attempt(NamedTuple):
    """What came of one measurement, and how long the server stood still meanwhile."""

    figure: Figure
    stall: Figure


NOT_TRIED = Attempt(NOTHING, NOTHING)


class Published(Server):
    """A Jupyter server with it, started anew whenever something had to be stopped."""

    extension = "rucio_jupyterlab.server"
    python = PYTHON

    def __init__(self, folder: Path, lake: Lake, counted_url: str, limit_s: float) -> None:
        super().__init__(folder, lake, counted_url)
        self.limit_s = limit_s

    def sign_in(self, instance: str, account: dict[str, str]) -> None:
        document = {"namespace": instance, "type": "userpass", "params": account}
        self("PUT", "rucio-jupyterlab/auth", json=document)
        self("PUT", "rucio-jupyterlab/instances", json={"instance": instance, "auth": "userpass"})

    def attempt(self, run: Callable[[], Figure]) -> Attempt:
        """Runs it once, for as long as the limit allows."""
        self.forget_stalls()
        try:
            figure = run()
        except (httpx.TimeoutException, TimeoutError):
            stall = self._last_stall()
            # What it has begun goes on, and would be in the way of what is measured next.
            self.stop()
            wait_until_quiet(self._lake)
            self.start()
            return Attempt(Figure.stopped(self.limit_s), stall)
        except (RuntimeError, httpx.HTTPError) as error:
            figure = Figure.words(f"fails: {str(error)[:80]}")
        return Attempt(figure, self._last_stall())

    def _last_stall(self) -> Figure:
        try:
            return self.stall()
        except httpx.HTTPError:
            return Figure.words("still does not answer")

    def took(self, run: Callable[[], object], detail: str = "") -> Attempt:
        return self.attempt(lambda: Figure.of_time(seconds(run), detail))

    def rucio(self, method: str, path: str, *, instance: str = INSTANCE, **options: Any) -> Any:
        options.setdefault("timeout", self.limit_s)
        options["params"] = {"namespace": instance, **options.get("params", {})}
        return self(method, f"rucio-jupyterlab/{path}", **options)

    def search(self, did: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.rucio(
            "GET", "did-search", params={"did": did, "type": "file", "filters": ""}
        )
        return found

    def files(self, did: str) -> list[dict[str, Any]]:
        """Names and sizes."""
        files: list[dict[str, Any]] = self.rucio("GET", "files", params={"did": did})
        return files

    def paths(self, did: str) -> list[dict[str, Any]]:
        """Anew, as its page asks before it tells a kernel."""
        files: list[dict[str, Any]] = self.rucio(
            "GET", "did", params={"did": did, "poll": "", "force": "1"}
        )
        return files

    def look(self, did: str, *, instance: str = INSTANCE) -> bool:
        """Asks how a DID stands; whether it says so yet."""
        files = self.rucio(
            "GET", "did", instance=instance, params={"did": did, "poll": "1", "force": ""}
        )
        return not any(file["status"] == "FETCHING" for file in files)

    def look_until_known(self, did: str, *, instance: str = INSTANCE) -> None:
        """Asks again and again, more often than its page does."""
        deadline = time.monotonic() + self.limit_s
        while not self.look(did, instance=instance):
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(LOOK_EVERY_S)

    def make_available(self, did: str, *, instance: str = INSTANCE) -> None:
        self.rucio("POST", "did/make-available", instance=instance, json={"did": did})
