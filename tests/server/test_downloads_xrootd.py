"""Downloads from XRootD storages, by themselves and through a cache."""

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
    start,
)
from .jobs import ended, until

pytestmark = pytest.mark.xrootd

SOURCE = "CNAF-DISK"
MOUNTED = "EULAKE-1"
# So much that it takes a while even where storage and disk are one.
LARGE_BYTES = 700_000_000


@pytest.fixture(scope="module")
def lake(xrootd_lake: Lake) -> Lake:
    return xrootd_lake


@pytest.fixture(scope="module")
def data(lake: Lake) -> Iterator[LakeData]:
    data = LakeData(lake)
    yield data
    data.close()


@pytest.fixture(autouse=True)
def _xrootd_soon_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for a server to come back, for as long as an operator likes."""
    for name, seconds in (
        ("CONNECTIONRETRY", 1),
        ("CONNECTIONWINDOW", 2),
        ("STREAMERRORWINDOW", 2),
        ("STREAMTIMEOUT", 5),
        ("TIMEOUTRESOLUTION", 1),
    ):
        monkeypatch.setenv(f"XRD_{name}", str(seconds))


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    return tmp_path / "rucio" / "lake" / "downloads"


@pytest.fixture(scope="module")
def lake_instance(lake: Lake) -> dict[str, Any]:
    """As in any lake, for this one."""
    return {
        "name": "lake",
        "display_name": "The Lake",
        "mode": "replica",
        "destination_rse": MOUNTED,
        "rse_mount_path": lake.rses[MOUNTED]["mount_path"],
        "path_begins_at": lake.rses[MOUNTED]["path_begins_at"],
    }


@pytest.fixture
def jp_server_config(lake_instance: dict[str, Any], lake: Lake, tmp_path: Path) -> dict[str, Any]:
    plain = in_download_mode(lake_instance, lake)
    site = {"site_name": lake.xcache["client_site"]}
    near_cache = plain | site | {"name": "near"}
    over_tls = {key: plain[key] for key in plain if key.startswith("rucio_")}
    mounted = lake_instance | over_tls | site | {"name": "mounted"}
    config = server_config(plain, tmp_path / "rucio")
    config["RucioConfig"]["instances"] = [plain, near_cache, mounted]
    return config


@pytest.fixture
def alice(api: Api, lake: Lake, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Api:
    jp_asyncio_loop.run_until_complete(sign_in_with_certificate(api, lake))
    return api


async def sign_in_at(api: Api, lake: Lake, instance: str) -> None:
    known = lake.tls["identities"]["x509"]
    params = {key: known[key] for key in ("certificate", "key")}
    answer = await api.put(at("credentials", instance), {"type": "x509", "params": params})
    assert answer.status == 200, answer.body


async def test_a_large_file_shows_how_far_it_is(alice: Api, data: LakeData) -> None:
    job = await start(alice, data.large_file(LARGE_BYTES))
    seen: set[int] = set()

    def look(now: dict[str, Any]) -> bool:
        if is_under_way(now):
            seen.add(now["bytes_done"])
        return now["state"] not in ("queued", "running")

    done = await until(alice, job["id"], look)
    assert (done["state"], done["bytes_done"]) == ("done", LARGE_BYTES)
    assert done["items"][0]["message"] == f"From {SOURCE}."
    assert len(seen) >= 2


async def test_a_server_that_goes_down_in_the_middle_is_named_and_a_retry_completes(
    alice: Api, data: LakeData, lake: Lake, copies: Path
) -> None:
    job = await start(alice, data.large_file(LARGE_BYTES))
    await until(alice, job["id"], is_under_way)
    with lake.storage_down(SOURCE):
        failed = await ended(alice, job["id"])
    assert failed["state"] == "failed"
    error = failed["items"][0]["error"]
    assert error["code"] == "download_failed"
    assert SOURCE in error["message"]
    assert half_files(copies) == []
    assert list(Path(job["path"]).glob("[!.]*")) == []
    with lake.storage_down(SOURCE):
        await alice.post(f"jobs/{job['id']}/retry", {})
        still = (await ended(alice, job["id"]))["items"][0]["error"]
    # It is not there, which is no refusal.
    assert still["code"] == "download_failed", still
    assert SOURCE in still["message"]
    await alice.post(f"jobs/{job['id']}/retry", {})
    assert (await ended(alice, job["id"]))["state"] == "done"


def cached(lake: Lake, name: str) -> list[Path]:
    """What the cache has on its disk of a file."""
    found = (lake.state.root / "storage" / "xcache").rglob(f"{name}*")
    return [path for path in found if path.is_file() and path.stat().st_size]


async def test_who_is_near_a_cache_downloads_through_it(
    api: Api, data: LakeData, lake: Lake, copies: Path
) -> None:
    for instance in ("lake", "near"):
        await sign_in_at(api, lake, instance)
    direct, near = data.files(2, size_bytes=300_000)
    for instance, did in (("lake", direct), ("near", near)):
        answer = await api.post(at("downloads", instance), {"dids": [did]})
        done = await ended(api, answer.body["job"]["id"])
        assert done["state"] == "done", done["items"]
    assert cached(lake, direct.partition(":")[2]) == []
    assert cached(lake, near.partition(":")[2])


async def test_a_variable_has_the_address_of_the_cache_and_the_path_at_the_mount(
    api: Api, data: LakeData, lake: Lake, tmp_path: Path
) -> None:
    await sign_in_at(api, lake, "mounted")
    # One that is at the mount, and one that is elsewhere.
    (here,) = data.files(1, rse=MOUNTED, size_bytes=300_000)
    (row,) = (await api.get(at("availability", "mounted"), did=here)).items
    assert row["state"] == "available", row
    mount = Path(lake.rses[MOUNTED]["mount_path"])
    path = Path(row["path"])
    assert path.is_relative_to(mount)
    # xrootdfs takes a moment to see what was put there behind it.
    for _ in range(50):
        if path.is_file():
            break
        await asyncio.sleep(0.2)
    resolved = await api.post(
        at("attachments", "mounted"), {"items": [{"did": here, "variable_name": "x"}]}
    )
    (item,) = resolved.items[0]["items"]
    assert item["path"] == row["path"]
    pfn = item["pfn"]
    cache = lake.xcache["address"]
    assert pfn.startswith(f"root://{cache}//root://")
    assert pfn.endswith(here.partition(":")[2])

    def read(target: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["xrdcp", "--force", "--nopbar", pfn, str(tmp_path / target)],
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )

    first = await asyncio.to_thread(read, "first")
    assert first.returncode == 0, first.stderr
    with lake.storage_down(MOUNTED):
        again = await asyncio.to_thread(read, "again")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again").read_bytes() == (tmp_path / "first").read_bytes()
