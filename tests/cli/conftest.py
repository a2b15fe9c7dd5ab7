"""A person's terminal: the real command in a process of its own, with a home of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from lake.testing import Lake
from rucio_jupyterlab.config.traits import RucioConfig
from rucio_jupyterlab.services import build_services

TIMEOUT_S = 120.0
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

    def datalake(self, *arguments: str) -> Ended:
        command = Path(sys.executable).with_name("datalake")
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(_JUPYTER)
        }
        ended = subprocess.run(
            [command, *arguments],
            env={
                **inherited,
                "HOME": str(self.home),
                "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
                **self.environ,
            },
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert "Traceback" not in ended.stdout + ended.stderr
        return Ended(ended.returncode, ended.stdout, ended.stderr)

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
