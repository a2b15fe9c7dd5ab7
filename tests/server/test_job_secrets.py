"""No secret of a job is where others, or later readers, could see it."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Api, at
from .downloading import in_download_mode, server_config, workers
from .jobs import ended, log_of, until

WAYS = ("userpass", "x509_passphrase", "oidc")


@pytest.fixture
def token(lake: Lake) -> str:
    return lake.make_token()


@pytest.fixture
def jp_server_config(
    lake_instance: dict[str, Any], lake: Lake, token: str, tmp_path: Path
) -> dict[str, Any]:
    file = tmp_path / "token"
    file.write_text(token)
    instance = in_download_mode(lake_instance, lake, oidc_auth="file", oidc_file_name=str(file))
    return server_config(instance, tmp_path / "rucio")


@dataclass(frozen=True)
class Known:
    """What is secret, and whose."""

    lake: Lake
    token: str


@pytest.fixture
def known(lake: Lake, token: str) -> Known:
    return Known(lake, token)


def way_of(lake: Lake, way: str) -> tuple[str, dict[str, str]]:
    if way == "userpass":
        return "userpass", lake.accounts["alice"]
    if way == "oidc":
        return "oidc", {}
    known = lake.tls["identities"][way]
    return "x509", {key: known[key] for key in ("certificate", "key", "passphrase")}


@pytest.mark.parametrize("way", WAYS)
async def test_neither_processes_nor_what_is_kept_hold_a_secret(
    api: Api, known: Known, data: LakeData, jp_data_dir: Path, way: str
) -> None:
    kind, params = way_of(known.lake, way)
    await api.put(at("credentials"), {"type": kind, "params": params})
    dataset = data.collection("dataset", data.files(40))
    job = (await api.post(at("downloads"), {"dids": [dataset]})).body["job"]
    await until(api, job["id"], lambda job: job["state"] == "running" and bool(workers()))
    seen: list[str] = []
    for process in workers():
        process.send_signal(signal.SIGSTOP)
    (worker,) = workers()
    seen += _visible_of(worker)
    home = Path(worker.environ()["RUCIO_HOME"])
    secrets = [value for key, value in params.items() if key in ("password", "passphrase")]
    secrets += [(home / "token").read_text(), known.token]
    for path in [home, *home.rglob("*")]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path
    worker.send_signal(signal.SIGCONT)
    while (await api.get(f"jobs/{job['id']}")).body["state"] == "running":
        for process in workers():
            # Those that it starts, too.
            seen += _visible_of(process)
            for child in process.children(recursive=True):
                seen += _visible_of(child)
        await asyncio.sleep(0.05)
    done = await ended(api, job["id"])
    assert done["state"] == "done", done
    assert not home.exists()
    seen.append(await log_of(api, job["id"]))
    with sqlite3.connect(jp_data_dir / "rucio_jupyterlab" / "jobs" / "jobs.sqlite3") as database:
        seen += database.iterdump()
    everything = "\n".join(seen)
    assert worker.pid and str(home) in everything  # that it was looked at
    for secret in secrets:
        assert secret
        assert secret not in everything


def _visible_of(process: psutil.Process) -> list[str]:
    """What other processes may see of it."""
    found = []
    for what in ("cmdline", "environ"):
        try:
            found.append(Path(f"/proc/{process.pid}/{what}").read_text(errors="replace"))
        except OSError:
            continue
    return found
