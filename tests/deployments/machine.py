"""A user's machine as a deployment makes it: files, variables, and a real Jupyter server on it."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml
from traitlets.config import Config

from .page import COMMAND, Block

START_LIMIT_S = 90
SHOWN = "rucio-jupyterlab/instances"


class Machine:
    """``/etc`` and the home folder lie below ``folder``; nothing of the tester's own is there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._home = folder / "home"
        self._home.mkdir()
        self._socket = folder / "jupyter.sock"
        self._arguments: list[str] = []
        self._token = secrets.token_hex(16)
        # The folder of this Python comes first, as in an image: "jupyter" is the one beside it.
        self._environ = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self._home),
            "LANG": "C.UTF-8",
            "JUPYTER_CONFIG_PATH": str(folder / "etc" / "jupyter"),
            "JUPYTER_RUNTIME_DIR": str(folder / "run"),
            "JUPYTER_TOKEN": self._token,
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }

    def set_up(self, block: Block) -> None:
        """Does what the block stands for."""
        if block.title == "values.yaml":
            self._helm(yaml.safe_load(block.text)["singleuser"])
        elif block.title == "Dockerfile":
            self._environ |= _env_of_dockerfile(block.text)
        elif block.title == "jupyterhub_config.py":
            self._environ |= _env_of_spawner(block.text)
        elif block.title == COMMAND:
            _, _, *self._arguments = shlex.split(block.text)
        elif block.language == "bash":
            self._source(block.text)
        else:
            self._write(block.title, block.text)

    @contextmanager
    def jupyter(self) -> Iterator[httpx.Client]:
        """A server on it, ended afterwards."""
        log = self._folder / "jupyter.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"),
                    *(f"--ServerApp.sock={self._socket}", *self._arguments),
                ],
                env=self._environ,
                cwd=self._home,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        transport = httpx.HTTPTransport(uds=str(self._socket))
        headers = {"Authorization": f"token {self._token}"}
        try:
            with httpx.Client(
                transport=transport, base_url="http://localhost", headers=headers, timeout=30
            ) as client:
                _wait_for(client, process, log)
                yield client
        finally:
            process.terminate()
            process.wait(30)

    def _helm(self, singleuser: dict[str, Any]) -> None:
        self._environ |= singleuser.get("extraEnv", {})
        for file in singleuser.get("extraFiles", {}).values():
            self._write(file["mountPath"], file.get("stringData") or json.dumps(file["data"]))

    def _write(self, path: str, text: str) -> None:
        where = Path(path.replace("~", str(self._home))) if path.startswith("~") else Path(path)
        if not where.is_relative_to(self._home):
            where = self._folder / where.relative_to("/")
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text, "utf-8")

    def _source(self, script: str) -> None:
        """In one shell with what comes after it, as start scripts are."""
        answer = subprocess.run(
            ["bash", "-ec", f"{{ {script}\n}} >&2; env -0"],
            env=self._environ,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert answer.returncode == 0, answer.stderr.decode()
        pairs = answer.stdout.decode().rstrip("\0").split("\0")
        self._environ = dict(pair.split("=", 1) for pair in pairs)


def shown_by(client: httpx.Client) -> dict[str, Any]:
    """``GET instances``, once what comes from elsewhere has come."""
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        answer = client.get(SHOWN)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        codes = [(item["problem"] or {}).get("code") for item in shown["items"]]
        if "configuration_pending" not in codes or time.monotonic() > deadline:
            return shown
        time.sleep(0.1)


def _wait_for(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            client.get("api/status")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"Jupyter did not start:\n{log.read_text('utf-8')[-4000:]}")


def _env_of_dockerfile(text: str) -> dict[str, str]:
    lines = text.replace("\\\n", " ").splitlines()
    return dict(
        pair.split("=", 1)
        for line in lines
        if line.startswith("ENV ")
        for pair in shlex.split(line.removeprefix("ENV "))
    )


def _env_of_spawner(text: str) -> dict[str, str]:
    config = Config()
    exec(compile(text, "jupyterhub_config.py", "exec"), {"c": config})  # noqa: S102
    return dict(config.KubeSpawner.environment)
