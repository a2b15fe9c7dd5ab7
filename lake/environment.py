"""The lake's virtual environment: made once, updated when its requirements change."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

from lake.errors import LakeError
from lake.state import REPOSITORY, State

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def environment_dir() -> Path:
    """``.venvs/lake`` at the root of the checkout, or what ``LAKE_VENV`` names."""
    return Path(os.environ.get("LAKE_VENV") or REPOSITORY / ".venvs" / "lake")


def python() -> Path:
    """The interpreter that has Rucio."""
    return environment_dir() / "bin" / "python"


def ensure_environment(say: Callable[[str], None]) -> None:
    """Makes or updates the environment; at once when it is as `requirements.txt` says.

    Raises:
        LakeError: pip failed; its output is in ``install.log`` inside the environment.
    """
    folder = environment_dir()
    fingerprint = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    stamp = folder / ".requirements.sha256"
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        # Two lakes started at the same time: the second waits for the first one's pip.
        fcntl.flock(handle, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        say(f"Installing the Rucio server into {folder} (once, about a minute) …")
        stamp.unlink(missing_ok=True)
        if not python().exists():
            venv.create(folder, with_pip=True)
        log = folder / "install.log"
        with log.open("wb") as output:
            done = subprocess.run(
                [str(python()), "-m", "pip", "install", "-r", str(REQUIREMENTS)],
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode != 0:
            raise LakeError(
                f"Installing lake/requirements.txt failed; look at {log}, then try again.",
                log=log,
            )
        stamp.write_text(fingerprint)


def rucio_environment(state: State) -> dict[str, str]:
    """Environment variables for what imports Rucio: this lake's configuration and no other.

    Without HTTP proxies: Rucio calls the lake's own services, on this machine.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RUCIO_", "PYTHON", "X509_", "XRD_"))
        and not name.lower().endswith("_proxy")
        and name != "POLICY"
    }
    return kept | {
        "RUCIO_HOME": str(state.rucio_home),
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONUNBUFFERED": "1",
        "LAKE_STATE": str(state.root),
    }
