"""A user's Jupyter server as a process of its own, that can be ended in any way and started again
over the same folders.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from lake.testing import Lake

START_LIMIT_S = 90.0
PATIENCE_S = 60.0
ACTIVE = ("queued", "running")


class OwnServer:
    """Its home is ``folder``; two of them with one folder are two servers of one user."""

    def __init__(self, folder: Path, config: dict[str, Any], name: str = "server") -> None:
        self._folder = folder
        self._log = folder / f"{name}.log"
        # Short: the system takes about a hundred letters.
        self._socket = folder / f"{name}.sock"
        self._token = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        etc = folder / "etc"
        etc.mkdir(exist_ok=True)
        (etc / "jupyter_server_config.json").write_text(json.dumps(config))
        self.http = httpx.Client(
            transport=httpx.HTTPTransport(uds=str(self._socket)),
            base_url="http://localhost/rucio-jupyterlab/",
            headers={"Authorization": f"token {self._token}"},
            timeout=60,
        )

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def data(self) -> Path:
        """Where the extension keeps what lasts."""
        return self._folder / "data" / "rucio_jupyterlab"

    @property
    def clients(self) -> Path:
        """Where the folders of its workers are."""
        return self._folder / "run" / "rucio_jupyterlab" / "clients"

    def start(self) -> None:
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "LANG": "C.UTF-8",
            "JUPYTER_CONFIG_DIR": str(self._folder / "etc"),
            "JUPYTER_DATA_DIR": str(self._folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self._folder / "run"),
            "JUPYTER_TOKEN": self._token,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }
        self._socket.unlink(missing_ok=True)
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"),
                    f"--ServerApp.sock={self._socket}",
                ],
                env=environ,
                cwd=self._folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        deadline = time.monotonic() + START_LIMIT_S
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                if self.http.get("hello").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"Jupyter did not start:\n{self._log.read_text()[-4000:]}")

    def stop(self) -> None:
        """In order, as at its end or for a restart."""
        self._end(is_killed=False)

    def kill(self) -> None:
        """As when a container is taken away, or the machine runs out of memory."""
        self._end(is_killed=True)

    def close(self) -> None:
        self.stop()
        self.http.close()

    def sign_in(self, lake: Lake) -> None:
        known = lake.tls["identities"]["x509"]
        params = {"certificate": known["certificate"], "key": known["key"]}
        answer = self.http.put(
            "instances/lake/credentials", json={"type": "x509", "params": params}
        )
        assert answer.status_code == 200, answer.text

    def download(self, *dids: str) -> dict[str, Any]:
        answer = self.http.post("instances/lake/downloads", json={"dids": list(dids)})
        assert answer.status_code == 202, answer.text
        job: dict[str, Any] = answer.json()["job"]
        return job

    def job(self, job_id: str) -> dict[str, Any]:
        answer = self.http.get(f"jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        job: dict[str, Any] = answer.json()
        return job

    def until(self, job_id: str, when: Any) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_S
        while not when(job := self.job(job_id)):
            assert time.monotonic() < deadline, job
            time.sleep(0.1)
        return job

    def ended(self, job_id: str) -> dict[str, Any]:
        return self.until(job_id, lambda job: job["state"] not in ACTIVE)

    def _end(self, *, is_killed: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if is_killed:
            process.kill()
        else:
            process.terminate()
        process.wait(30)
