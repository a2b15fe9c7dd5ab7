"""What operators run today runs unchanged: the blocks of the page, on real Jupyter servers."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from rucio_jupyterlab.config import schema
from rucio_jupyterlab.config.environment import TRAIT_VARIABLES, variables

from .machine import Machine, shown_by
from .page import PAGE, Block, Deployment, deployments

DOCUMENTS = "https://config.example.org"
NEW_KEYS = {
    "destinations",
    "auth_types",
    "auth_type",
    "account",
    "allow_download",
    "scratch_rse",
    "scratch_mount_path",
    "scratch",
}


@pytest.fixture
def machine() -> Iterator[Machine]:
    # Not tmp_path: the path of a socket must be short.
    folder = Path(tempfile.mkdtemp(prefix="rucio-"))
    yield Machine(folder)
    shutil.rmtree(folder)


@pytest.fixture
def documents() -> Iterator[tuple[str, dict[str, str]]]:
    """A web server with what stands at config.example.org: its address, and texts by path."""
    texts: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in texts else 404)
            self.end_headers()
            self.wfile.write(texts.get(self.path, "").encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", texts
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("deployment", deployments(), ids=lambda deployment: deployment.name)
def test_it_runs_unchanged(
    deployment: Deployment, machine: Machine, documents: tuple[str, dict[str, str]]
) -> None:
    address, texts = documents
    for block in deployment.blocks:
        if block.title.startswith(DOCUMENTS):
            texts[block.title.removeprefix(DOCUMENTS)] = block.text
        else:
            machine.set_up(_with_address(block, address))
    with machine.jupyter() as client:
        shown = shown_by(client)
        assert client.post("rucio-jupyterlab/instances/reload").json() == shown
    assert _differences(deployment.expected, shown) == []


def test_files_of_other_extensions_count_as_they_did_when_jupyter_started(
    machine: Machine,
) -> None:
    """JupyterLab and Notebook read files of their own, in which operators have put the rest."""
    lake = {
        "name": "lake",
        "display_name": "The Lake",
        "rucio_base_url": "https://rucio.example.org",
        "mode": "download",
    }
    files = {
        "jupyter_lab_config": {"instances": [lake]},
        "jupyter_notebook_config": {"instances": [], "default_auth_type": "x509"},
        "jupyter_rucio_jupyterlab_config": {"default_auth_type": "x509_proxy"},
    }
    for name, section in files.items():
        text = json.dumps({"RucioConfig": section})
        machine.set_up(Block("json", f"~/.jupyter/{name}.json", text))
    with machine.jupyter() as client:
        shown = shown_by(client)
        assert client.post("rucio-jupyterlab/instances/reload").json() == shown
    (instance,) = shown["items"]
    assert (instance["name"], instance["auth_type"]) == ("lake", "x509")


def test_the_page_shows_every_key_and_variable_that_existing_deployments_have() -> None:
    text = PAGE.read_text("utf-8")
    known = [variable for key, variable in variables().items() if key not in NEW_KEYS]
    for variable in (*known, *TRAIT_VARIABLES):
        assert variable in text, variable
    for key in schema.properties().keys() - NEW_KEYS:
        assert f'"{key}"' in text or f"{key}:" in text, key


def _with_address(block: Block, address: str) -> Block:
    return replace(block, text=block.text.replace(DOCUMENTS, address))


def _differences(expected: Any, shown: Any, where: str = "") -> list[str]:
    """Where ``shown`` does not say at least what is expected."""
    if isinstance(expected, dict) and isinstance(shown, dict):
        return [
            difference
            for key, value in expected.items()
            for difference in _differences(value, shown.get(key), f"{where}.{key}")
        ]
    if isinstance(expected, list) and isinstance(shown, list) and len(expected) == len(shown):
        return [
            difference
            for position, value in enumerate(expected)
            for difference in _differences(value, shown[position], f"{where}[{position}]")
        ]
    return [] if expected == shown else [f"{where}: {shown!r}, expected {expected!r}"]
