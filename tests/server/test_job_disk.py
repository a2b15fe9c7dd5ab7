"""Downloads to a disk that does not take them. It takes root, as tests have in a container, to make
such disks.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Api, at
from .downloading import (
    half_files,
    in_download_mode,
    is_under_way,
    server_config,
    sign_in_with_certificate,
    slow_file,
    start,
)
from .jobs import ended, until

# More than what a download leaves to others, and than the file.
DISK_BYTES = 120_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


@pytest.fixture
def copies(folder: Path) -> Path:
    return folder / "lake" / "downloads"


@pytest.fixture
def jp_server_config(lake_instance: dict[str, Any], lake: Lake, folder: Path) -> dict[str, Any]:
    return server_config(in_download_mode(lake_instance, lake), folder)


@pytest.fixture
def alice(api: Api, lake: Lake, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Api:
    jp_asyncio_loop.run_until_complete(sign_in_with_certificate(api, lake))
    return api


async def test_a_disk_that_fills_up_in_the_middle_is_named_and_a_retry_completes(
    alice: Api, data: LakeData, folder: Path, copies: Path
) -> None:
    job = await start(alice, slow_file(data))
    await until(alice, job["id"], is_under_way)
    others = folder / "of-somebody-else"
    with pytest.raises(OSError, match="No space"), others.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1_000_000))
    failed = await ended(alice, job["id"])
    assert failed["state"] == "failed"
    (item,) = failed["items"]
    assert item["error"]["code"] == "disk_full"
    assert "disk is full" in item["error"]["message"]
    assert half_files(copies) == []
    assert list(Path(job["path"]).glob("[!.]*")) == []
    # Before anything moves it is seen now that there is no room.
    await alice.post(f"jobs/{job['id']}/retry", {})
    still = await ended(alice, job["id"])
    assert still["error"]["code"] in ("no_space", "disk_full")
    others.unlink()
    await alice.post(f"jobs/{job['id']}/retry", {})
    assert (await ended(alice, job["id"]))["state"] == "done"


async def test_a_disk_that_may_only_be_read_is_named(
    alice: Api, data: LakeData, folder: Path
) -> None:
    dataset = data.collection("dataset", data.files(2))
    remount(folder, "ro")
    job = await start(alice, dataset)
    failed = await ended(alice, job["id"])
    assert (failed["state"], failed["error"]["code"]) == ("failed", "disk_forbidden")
    assert str(folder) in failed["error"]["message"]
    assert failed["error"]["hint"]
    # Rows say what they can.
    (row,) = (await alice.get(at("availability"), did=dataset)).items
    assert row["state"] == "not_available"
    remount(folder, "rw")
    await alice.post(f"jobs/{job['id']}/retry", {})
    assert (await ended(alice, job["id"]))["state"] == "done"


async def test_a_file_where_the_folder_should_be_is_named_and_stays(
    alice: Api, data: LakeData, copies: Path
) -> None:
    (did,) = data.files(1)
    copies.parent.mkdir(parents=True)
    copies.write_text("my notes")
    (row,) = (await alice.get(at("availability"), did=did)).items
    assert row["state"] == "not_available"
    plan = await alice.get(at("availability/plan"), did=did)
    assert plan.status == 200
    assert (await alice.get(at("copies"))).items == []
    failed = await ended(alice, (await start(alice, did))["id"])
    assert failed["state"] == "failed"
    assert failed["error"]["code"].startswith("disk_")
    assert str(copies) in failed["error"]["message"]
    assert copies.read_text() == "my notes"
