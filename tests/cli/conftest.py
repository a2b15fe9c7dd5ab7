"""A person's terminal: the real command in a process of its own, with a home of its own."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from lake.testing import Lake
from rucio_jupyterlab.config.traits import RucioConfig
from rucio_jupyterlab.services import build_services

from .lakeside import Lakeside

TIMEOUT_S = 120.0
COMMAND = Path(sys.executable).with_name("datalake")
# What decides where Jupyter looks; the terminal has a home and nothing else.
_JUPYTER = ("JUPYTER", "RUCIO", "X509", "PYTHON_KEYRING")


@dataclass
class Ended:
    """A command that has come to its end."""

    status: int
    output: str
    errors: str

    @property
    def document(self) -> Any:
        return json.loads(self.output)


@dataclass
class Terminal:
    """``home`` is the user's; ``environ`` is what was exported."""

    home: Path
    environ: dict[str, str] = field(default_factory=dict)

    def datalake(self, *arguments: str, cwd: Path | None = None) -> Ended:
        """Runs it to its end, with its output going into pipes."""
        ended = subprocess.run(
            [COMMAND, *arguments],
            env=self.environment,
            cwd=cwd or self.home,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert "Traceback" not in ended.stdout + ended.stderr
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    @contextmanager
    def begun(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """While it runs; what is left of it at the end is ended."""
        process = subprocess.Popen(
            [COMMAND, *arguments],
            env=self.environment,
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def on_a_terminal(self, *arguments: str, columns: int = 160) -> Ended:
        """Runs it as a person does: all that it writes goes to one terminal."""
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        process = subprocess.Popen(
            [COMMAND, *arguments],
            env={**self.environment, "TERM": "xterm-256color"},
            cwd=self.home,
            stdin=follower,
            stdout=follower,
            stderr=follower,
        )
        os.close(follower)
        written = bytearray()
        # The leader's end breaks when the last who has the terminal is gone.
        with suppress(OSError):
            while piece := os.read(leader, 65536):
                written += piece
        os.close(leader)
        text = written.decode()
        assert "Traceback" not in text
        return Ended(process.wait(TIMEOUT_S), text, "")

    @property
    def environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(_JUPYTER)
        }
        return {
            **inherited,
            "HOME": str(self.home),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            **self.environ,
        }

    def configure(self, *instances: dict[str, Any], **traits: Any) -> Path:
        """What the operator has written for Jupyter."""
        file = self.home / ".jupyter" / "jupyter_server_config.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({"RucioConfig": {"instances": list(instances), **traits}}))
        return file


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    home = tmp_path / "home"
    home.mkdir()
    return Terminal(home)


@pytest.fixture
def alice(terminal: Terminal, lake: Lake, lake_instance: dict[str, Any]) -> Terminal:
    """The terminal of somebody who has signed in, in the Rucio panel of a Jupyter of this home."""
    file = terminal.configure(lake_instance)

    async def sign_in() -> None:
        services = build_services(
            RucioConfig(config=Config(json.loads(file.read_text()))),
            environ={},
            data_dir=terminal.home / ".local" / "share" / "jupyter" / "rucio_jupyterlab",
            runtime_dir=terminal.home / "run",
            emit_availability=lambda _: False,
            emit_job=lambda _: False,
            find_kernel_specs=dict,
        )
        instance = services.instances.get("lake")
        await services.sessions.sign_in(instance, "userpass", lake.accounts["alice"])
        await services.aclose()

    asyncio.run(sign_in())
    return terminal


@pytest.fixture
def lakeside(lake: Lake) -> Iterator[Lakeside]:
    lakeside = Lakeside(lake)
    yield lakeside
    lakeside.close()
