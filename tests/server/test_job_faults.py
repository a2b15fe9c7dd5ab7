"""Downloads on a bad day: of the worker, of Rucio, of the storage. Nothing half, nothing lost."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest
from faultproxy import Fault, FaultProxy
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Api, at
from .downloading import (
    FAR,
    are_gone,
    half_files,
    in_download_mode,
    is_under_way,
    server_config,
    sign_in_with_certificate,
    slow_file,
    start,
    workers,
)
from .jobs import ended, log_of, until


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    return tmp_path / "rucio" / "lake" / "downloads"


@pytest.fixture
def jp_server_config(
    lake_instance: dict[str, Any], lake: Lake, proxy: FaultProxy, tmp_path: Path
) -> dict[str, Any]:
    # Signing in is over TLS and past the faults, all else through them.
    instance = in_download_mode(lake_instance, lake, rucio_base_url=proxy.url)
    return server_config(instance, tmp_path / "rucio")


@pytest.fixture
def alice(api: Api, lake: Lake, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Api:
    jp_asyncio_loop.run_until_complete(sign_in_with_certificate(api, lake))
    return api


async def retried(api: Api, job: dict[str, Any]) -> dict[str, Any]:
    answer = await api.post(f"jobs/{job['id']}/retry", {})
    assert answer.status == 202, answer.body
    return await ended(api, job["id"])


def whole_files(job: dict[str, Any]) -> list[Path]:
    return list(Path(job["path"]).glob("[!.]*"))


async def test_a_worker_that_is_killed_is_noticed_and_a_retry_completes(
    alice: Api, data: LakeData, copies: Path
) -> None:
    job = await start(
        alice, data.collection("dataset", [*data.files(1), slow_file(data, 16_000_000)])
    )
    await until(alice, job["id"], lambda job: is_under_way(job) and job["files_done"] == 1)
    processes = workers()
    for process in processes:
        process.send_signal(signal.SIGKILL)
    failed = await ended(alice, job["id"])
    assert (failed["state"], failed["error"]["code"]) == ("failed", "worker_died")
    assert "signal 9" in failed["error"]["message"]
    assert "memory" in failed["error"]["hint"]
    assert are_gone(processes)
    assert half_files(copies) == []
    assert len(whole_files(job)) == 1
    # What was under way waits again: it has not failed by itself.
    assert sorted(item["state"] for item in failed["items"]) == ["done", "queued"]
    again = await retried(alice, job)
    assert (again["state"], again["error"], again["bytes_done"]) == ("done", None, 16_001_000)
    assert sorted(item["state"] for item in again["items"]) == ["done", "skipped"]


@pytest.mark.parametrize(
    "fault", [Fault(drop=True), Fault(status=503, body=b"<html>Sorry")], ids=["away", "503"]
)
async def test_a_rucio_that_is_away_when_the_work_begins_is_named(
    alice: Api, data: LakeData, proxy: FaultProxy, fault: Fault
) -> None:
    (did,) = data.files(1)
    job = await start(alice, did)
    # What the worker asks first, a moment after it was started.
    proxy.set(f"/dids/{did.replace(':', '/')}", fault)
    failed = await ended(alice, job["id"])
    assert failed["state"] == "failed", failed
    assert failed["error"]["code"] in ("rucio_unreachable", "rucio_busy")
    assert "The Lake" in failed["error"]["message"]
    assert failed["error"]["message"] in await log_of(alice, job["id"])
    proxy.clear()
    assert (await retried(alice, job))["state"] == "done"


@pytest.mark.parametrize(
    "fault",
    [Fault(cut_after_bytes=200), Fault(drop=True), Fault(status=200, body=b'{"scope": "de')],
    ids=["cut", "away", "half a word"],
)
async def test_a_list_of_replicas_that_does_not_come_whole_is_no_download(
    alice: Api, data: LakeData, proxy: FaultProxy, fault: Fault
) -> None:
    dataset = data.collection("dataset", data.files(20))
    proxy.set("/replicas/list", fault)
    job = await start(alice, dataset)
    failed = await ended(alice, job["id"])
    assert failed["state"] == "failed", failed
    assert failed["error"]["code"] in ("rucio_unreachable", "rucio_bad_answer")
    proxy.clear()
    done = await retried(alice, job)
    assert (done["state"], done["files_done"]) == ("done", 20)


async def test_what_has_arrived_counts_though_rucio_goes_away_at_the_end(
    alice: Api, data: LakeData, proxy: FaultProxy
) -> None:
    dataset = data.collection("dataset", data.files(3))
    proxy.set("dynamic_depth=FILE", Fault(drop=True))
    job = await start(alice, dataset)
    await ended(alice, job["id"])
    assert len(whole_files(job)) == 3
    proxy.clear()
    done = await retried(alice, job)
    assert {item["state"] for item in done["items"]} == {"skipped"}
    (row,) = (await alice.get(at("availability"), did=dataset)).items
    assert (row["state"], row["local"]["is_complete"]) == ("available", True)


async def test_a_storage_that_goes_down_in_the_middle_is_named_and_a_retry_completes(
    alice: Api, data: LakeData, lake: Lake, copies: Path
) -> None:
    did = slow_file(data, 16_000_000)
    job = await start(alice, did)
    await until(alice, job["id"], is_under_way)
    with lake.storage_down(FAR):
        failed = await ended(alice, job["id"])
    assert failed["state"] == "failed", failed
    (item,) = failed["items"]
    assert item["error"]["code"] == "download_failed"
    assert FAR in item["error"]["message"]
    assert whole_files(job) == half_files(copies) == []
    assert (await retried(alice, job))["state"] == "done"


async def test_a_source_that_loses_its_bytes_in_the_middle_gives_no_half_file(
    alice: Api, data: LakeData, lake: Lake, copies: Path
) -> None:
    did = slow_file(data, 16_000_000)
    (source,) = Path(lake.rses[FAR]["storage_path"]).rglob(did.partition(":")[2])
    content = source.read_bytes()
    job = await start(alice, did)
    await until(alice, job["id"], is_under_way)
    source.write_bytes(content[:1_000_000])
    failed = await ended(alice, job["id"])
    assert failed["state"] == "failed", failed
    assert failed["items"][0]["error"]["code"] in ("checksum_mismatch", "download_failed")
    assert whole_files(job) == half_files(copies) == []
    source.unlink()
    gone = await retried(alice, job)
    assert gone["items"][0]["error"]["code"] == "download_failed"
    assert FAR in gone["items"][0]["error"]["message"]
    source.write_bytes(content)
    assert (await retried(alice, job))["state"] == "done"


async def test_rucio_is_told_what_was_read_and_no_download_fails_where_it_is_not(
    alice: Api, data: LakeData, proxy: FaultProxy
) -> None:
    dataset, unheard = (data.collection("dataset", data.files(3)) for _ in range(2))
    proxy.clear()
    job = await start(alice, dataset)
    assert (await ended(alice, job["id"]))["state"] == "done"
    assert proxy.count("/traces/") == 3
    proxy.set("/traces/", Fault(drop=True))
    job = await start(alice, unheard)
    assert (await ended(alice, job["id"]))["state"] == "done"
