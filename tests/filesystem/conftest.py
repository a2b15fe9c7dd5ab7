"""Alice's Python, signed in to the lake: no Jupyter runs, and fsspec opens ``rucio://``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec
import pytest
from lakedata import LakeData

from lake.testing import Lake
from rucio_jupyterlab.filesystem import RucioFileSystem
from rucio_jupyterlab.python.runtime import forget, runtime


def configured(home: Path, *instances: Mapping[str, Any]) -> dict[str, str]:
    """The variables by which Jupyter's folders are in ``home``, where these are configured."""
    folders = {f"JUPYTER_{kind}_DIR": home / kind.lower() for kind in ("CONFIG", "DATA", "RUNTIME")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    about = {
        "instances": list(instances),
        "default_instance": instances[0]["name"],
        "download_folder": str(home / "rucio"),
    }
    file = folders["JUPYTER_CONFIG_DIR"] / "jupyter_server_config.json"
    file.write_text(json.dumps({"RucioConfig": about}))
    return {name: str(folder) for name, folder in folders.items()}


@contextmanager
def in_home(home: Path, *instances: Mapping[str, Any]) -> Iterator[None]:
    """Python as somebody starts it whose Jupyter is in ``home``."""
    before = dict(os.environ)
    os.environ.update(configured(home, *instances))
    RucioFileSystem.clear_instance_cache()
    forget()
    try:
        yield
    finally:
        forget()
        RucioFileSystem.clear_instance_cache()
        os.environ.clear()
        os.environ.update(before)


def sign_in(instance: str, kind: str, params: Mapping[str, object]) -> None:
    running = runtime()
    running.run(running.services.sessions.sign_in(running.instance(instance), kind, params))


def asked(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The requests to Rucio, as they were logged."""
    return [record.getMessage() for record in caplog.records if record.name == "httpx"]


def without_mount(instance: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    kept = {
        key: instance[key] for key in instance if "destination" not in key and "mount" not in key
    }
    return {**kept, "mode": "download", **more}


@pytest.fixture(scope="package", autouse=True)
def home(
    lake: Lake, lake_instance: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Two instances: ``lake``, which is mounted, and ``far``, the same Rucio without a mount."""
    home = tmp_path_factory.mktemp("home")
    # XRootD looks only once in 15 seconds whether a time limit is over.
    os.environ.setdefault("XRD_TIMEOUTRESOLUTION", "1")
    # Storages are started as another user, by a fork that Python announces to nobody.
    os.environ.setdefault("XRD_RUNFORKHANDLER", "0")
    with in_home(home, lake_instance, without_mount(lake_instance, name="far")):
        for name in ("lake", "far"):
            sign_in(name, "userpass", lake.accounts["alice"])
        yield home


@pytest.fixture
def fs() -> RucioFileSystem:
    return fsspec.filesystem("rucio", skip_instance_cache=True)


@pytest.fixture(scope="session")
def near(data: LakeData) -> Near:
    return Near(data)


class Near:
    """New files at the storage that is mounted."""

    def __init__(self, data: LakeData) -> None:
        self._data = data

    def file(self, content: bytes, end: str = ".dat", begin: str = "test") -> str:
        return self._data.holding(content, begin=begin, end=end, rse="EULAKE-1")

    def dataset(self, *contents: bytes, end: str = ".dat") -> str:
        return self._data.collection("dataset", [self.file(content, end) for content in contents])
