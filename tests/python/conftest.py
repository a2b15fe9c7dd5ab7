"""Alice, who has signed in once and now works without a browser: in scripts, and in notebooks."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from lake.testing import Lake
from rucio_jupyterlab.config.traits import RucioConfig
from rucio_jupyterlab.python import runtime
from rucio_jupyterlab.services import build_services

TIMEOUT_S = 150.0
# What decides where Jupyter and the extension look; a home of its own and nothing else.
_OF_JUPYTER = ("JUPYTER", "RUCIO", "X509", "JPY_", "IPYTHON")


@dataclass
class Ended:
    """A program that has come to its end."""

    status: int
    output: str
    errors: str


@dataclass
class Machine:
    """Where alice's programs run. ``environ`` is what she has exported."""

    home: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(_OF_JUPYTER)
        }
        folder = Path(sys.executable).parent
        return {
            **inherited,
            "HOME": str(self.home),
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            **self.environ,
        }

    def run(self, *command: str, cwd: Path | None = None, **environ: str) -> Ended:
        ended = subprocess.run(
            command,
            env={**self.environment, **environ},
            cwd=cwd or self.home,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def script(self, code: str, *, cwd: Path | None = None, **environ: str) -> Ended:
        """A program of hers, in plain Python."""
        return self.run(sys.executable, "-c", textwrap.dedent(code), cwd=cwd, **environ)


@pytest.fixture(scope="session")
def machine(
    tmp_path_factory: pytest.TempPathFactory, lake: Lake, lake_instance: dict[str, Any]
) -> Machine:
    """The lake at a mount, and the same one by downloads, as “disk”."""
    home = tmp_path_factory.mktemp("alice")
    disk = {
        key: value
        for key, value in lake_instance.items()
        if key not in ("destination_rse", "rse_mount_path")
    } | {"name": "disk", "display_name": "The Disk", "mode": "download"}
    file = home / ".jupyter" / "jupyter_server_config.json"
    file.parent.mkdir()
    document = {"RucioConfig": {"instances": [lake_instance, disk]}}
    file.write_text(json.dumps(document))

    async def sign_in() -> None:
        services = build_services(
            RucioConfig(config=Config(document)),
            environ={},
            data_dir=home / ".local" / "share" / "jupyter" / "rucio_jupyterlab",
            runtime_dir=home / "run",
            emit_availability=lambda _: False,
            emit_job=lambda _: False,
            find_kernel_specs=dict,
        )
        for name in ("lake", "disk"):
            instance = services.instances.get(name)
            await services.sessions.sign_in(instance, "userpass", lake.accounts["alice"])
        await services.aclose()

    asyncio.run(sign_in())
    return Machine(home)


@pytest.fixture
def here(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """This very process is a program of hers."""
    for name in [name for name in os.environ if name.startswith(_OF_JUPYTER)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(machine.home))
    yield machine


@pytest.fixture(scope="package", autouse=True)
def _a_program_of_hers() -> Iterator[None]:
    """What others have opened in this process is theirs, and of another home."""
    runtime.forget()
    yield
    runtime.forget()
