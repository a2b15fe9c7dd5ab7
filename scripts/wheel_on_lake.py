"""The demo notebook without a browser, where nothing but the wheel and the tools is installed.

A lake of its own is started, alice signs in once, and `nbconvert`, `papermill` and
`jupyter execute` run the notebook with nothing changed in it but what is attached.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

import demo.notebook  # noqa: E402 - found by the line before
from lake.testing import Lake, running_lake  # noqa: E402

# What the notebook and the tools need beside the extension.
PACKAGES = ("papermill", "uproot", "matplotlib")
DATASET = "demo:dimuon_2021"
SAID = "files, the first one is /"
TOOLS = (
    ("jupyter", "nbconvert", "--to", "notebook", "--execute", "analysis.ipynb", "--output=result"),
    ("papermill", "analysis.ipynb", "result.ipynb"),
    ("jupyter", "execute", "analysis.ipynb", "--output=result.ipynb"),
)

_SIGN_IN = """
import asyncio, json, sys
from rucio_jupyterlab.standalone import chosen, open_services, read_config

async def sign_in():
    async with open_services(read_config()) as services:
        await services.sessions.sign_in(chosen(services, None), "userpass", json.load(sys.stdin))

asyncio.run(sign_in())
"""
_BRING = f"""
import rucio_jupyterlab as rj
rj.did({DATASET!r}).make_available(wait=True, timeout=120, progress=False)
"""

Run = Callable[..., str]
"""Runs a command and returns what it printed; raises when it fails."""


def check(work: Path, python: Path, environment: Mapping[str, str], run: Run) -> str | None:
    """What is wrong, or None."""
    run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES])
    folder = work / "analysis"
    with running_lake() as lake:
        _configure(work / "home", lake)
        account = json.dumps(lake.accounts["alice"])
        run([str(python), "-c", _SIGN_IN], env=environment, given=account)
        run([str(python), "-c", _BRING], env=environment)
        for tool in TOOLS:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            _write(folder)
            command = [str(python.parent / tool[0]), *tool[1:]]
            run(command, cwd=folder, env=environment)
            if SAID not in (folder / "result.ipynb").read_text():
                return f"{' '.join(tool[:2])} ran the notebook without what is attached in it"
    return None


def _configure(home: Path, lake: Lake) -> None:
    destination = lake.connection["destination"]
    instance = {
        "name": "lake",
        "display_name": "The Lake",
        "mode": "replica",
        "rucio_base_url": lake.rucio_url,
        "destination_rse": destination,
        "rse_mount_path": lake.rses[destination]["mount_path"],
    }
    file = home / ".jupyter" / "jupyter_server_config.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"RucioConfig": {"instances": [instance]}}))


def _write(folder: Path) -> None:
    written = demo.notebook.write(folder, username="alice", password="-")  # noqa: S106 - text only
    notebook = nbformat.read(written, as_version=4)
    notebook.metadata["rucio_attachments"] = [
        {"did": DATASET, "type": "collection", "variableName": "dimuon"}
    ]
    nbformat.write(notebook, folder / "analysis.ipynb")
