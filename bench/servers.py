"""The Jupyter servers that are measured: ours, and one with the published extension."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bench.figures import Figure
from demo import jupyter
from lake.testing import Lake

REPOSITORY = Path(__file__).resolve().parent.parent
INSTANCE = "escape"
COUNTED = "counted"
"""The same lake behind a proxy that counts the requests."""
LIMIT_S = 600.0
ANSWER_S = 5.0

S = TypeVar("S", bound="Server")


class Server:
    """A Jupyter server with the stall probe, for as long as the context lasts; and its requests."""

    extension = "rucio_jupyterlab"
    python = Path(sys.executable)

    def __init__(self, folder: Path, lake: Lake, counted_url: str) -> None:
        self._folder = jupyter.JupyterFolder(folder, self.python)
        self._lake = lake
        self._instances = _instances(lake, counted_url)
        self._process: subprocess.Popen[bytes] | None = None
        self.running: jupyter.RunningJupyter
        self._http: httpx.Client

    def __enter__(self: S) -> S:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts it, and signs alice in to all instances."""
        with _probe_only(self._folder.root):
            self.running, self._process = jupyter.start(
                self._folder,
                self._instances,
                ServerApp__jpserver_extensions={self.extension: True, "bench.stall_probe": True},
            )
        self._http = httpx.Client(
            base_url=self.running.url,
            headers={"Authorization": f"token {self.running.token}"},
            timeout=LIMIT_S,
            trust_env=False,
        )
        for instance in self._instances:
            self.sign_in(instance["name"], self._lake.accounts["alice"])

    def stop(self) -> None:
        if self._process is not None:
            self._http.close()
            jupyter.stop(self._process)
            self._process = None

    def sign_in(self, instance: str, account: dict[str, str]) -> None:
        raise NotImplementedError

    def __call__(self, method: str, path: str, **options: Any) -> Any:
        """The answer's JSON.

        Raises:
            RuntimeError: the answer was an error.
            httpx.HTTPError: there was none, or not in time.
        """
        answer = self._http.request(method, path, **options)
        if answer.is_error:
            raise RuntimeError(f"{method} {path} answered {answer.status_code}: {answer.text}")
        return answer.json() if answer.content else None

    def forget_stalls(self) -> None:
        """What comes is measured from here on."""
        self("GET", "bench/stall")

    def stall(self) -> Figure:
        """The longest stall since this, or `forget_stalls`, was called last."""
        longest = self("GET", "bench/stall", timeout=ANSWER_S)
        detail = ", ".join(f"{how} {longest[f'{how}_ms']:.0f}" for how in ("busy", "collecting"))
        return Figure.of_time(longest["late_ms"] / 1000, detail)


def _instances(lake: Lake, counted_url: str) -> list[Mapping[str, Any]]:
    """What an operator writes for both extensions, `path_begins_at` included."""
    storage = lake.rses[str(lake.connection["destination"])]["storage_path"]
    path_begins_at = len(Path(storage).parts) - 1
    counted = {"rucio_base_url": counted_url, "rucio_auth_url": counted_url}
    return [
        jupyter.lake_instance(lake.connection, name=INSTANCE, path_begins_at=path_begins_at),
        jupyter.lake_instance(
            lake.connection, name=COUNTED, path_begins_at=path_begins_at, **counted
        ),
    ]


@contextmanager
def _probe_only(folder: Path) -> Iterator[None]:
    """The stall probe can be imported in a server that is started here, and nothing else of ours:
    the package in this checkout has the name of the published one.
    """
    importable = folder / "importable"
    importable.mkdir(parents=True, exist_ok=True)
    link = importable / "bench"
    if not link.exists():
        link.symlink_to(REPOSITORY / "bench")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(importable)
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
