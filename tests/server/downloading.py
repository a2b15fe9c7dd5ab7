"""Downloads that last for a while, in a server that a test can look into."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Answer, Api, at

# Over WebDAV, where reading can be slow.
FAR = "NIKHEF-LOCALGROUPDISK"
WORKER = "rucio_jupyterlab.jobs.worker"


def in_download_mode(instance: Mapping[str, Any], lake: Lake, **more: Any) -> dict[str, Any]:
    """As an operator configures a lake without a mount, over TLS: certificates work there."""
    kept = {
        key: value
        for key, value in instance.items()
        if key not in ("destination_rse", "rse_mount_path")
    }
    over_tls = {
        "rucio_base_url": lake.tls["rucio_url"],
        "rucio_auth_url": lake.tls["auth_url"],
        "rucio_ca_cert": lake.tls["ca_file"],
    }
    return {**kept, **over_tls, "mode": "download", **more}


def server_config(instance: Mapping[str, Any], folder: Path, **traits: Any) -> dict[str, Any]:
    return {
        "ServerApp": {"jpserver_extensions": {"rucio_jupyterlab": True}},
        "RucioConfig": {
            "instances": [instance],
            "default_instance": instance["name"],
            "download_folder": str(folder),
            **traits,
        },
    }


async def sign_in_with_certificate(api: Api, lake: Lake, identity: str = "x509") -> Answer:
    known = lake.tls["identities"][identity]
    params = {key: known[key] for key in ("certificate", "key", "passphrase") if key in known}
    answer = await api.put(at("credentials"), {"type": "x509", "params": params})
    assert answer.status == 200, answer.body
    return answer


def slow_file(data: LakeData, size_bytes: int = 24_000_000) -> str:
    """A file that takes about a quarter of a second for each megabyte."""
    (did,) = data.files(1, rse=FAR, size_bytes=size_bytes, begin="slow")
    return did


async def start(api: Api, *dids: str, **more: Any) -> dict[str, Any]:
    answer = await api.post(at("downloads"), {"dids": list(dids), **more})
    assert answer.status == 202, answer.body
    job: dict[str, Any] = answer.body["job"]
    return job


def is_under_way(job: Mapping[str, Any]) -> bool:
    """Some of its bytes are here, and not all."""
    return bool(job["state"] == "running" and 0 < job["bytes_done"] < (job["bytes_total"] or 0))


def workers(parent: int | None = None) -> list[psutil.Process]:
    """The workers of a server, by its process id; None: of the one in this process."""
    return [
        process
        for process in psutil.Process(parent).children(recursive=True)
        if _is_worker(process)
    ]


def are_gone(processes: list[psutil.Process], within_s: float = 15.0) -> bool:
    _, alive = psutil.wait_procs(processes, within_s)
    return not alive


def half_files(copies: Path) -> list[Path]:
    """What is left of files that did not arrive."""
    parts = copies / ".parts"
    return [path for path in parts.rglob("*")] if parts.exists() else []


def wait_until(holds: Any, within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "It did not come to that."
        time.sleep(0.05)


def _is_worker(process: psutil.Process) -> bool:
    try:
        return WORKER in process.cmdline()
    except psutil.Error:
        return False
