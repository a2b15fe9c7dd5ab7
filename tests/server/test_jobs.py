"""Jobs as a browser has them: listed, followed, cancelled, repeated, and taken off the list."""

from __future__ import annotations

import asyncio
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Api
from .downloading import (
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
from .jobs import ended, until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "rucio"


@pytest.fixture
def copies(folder: Path) -> Path:
    return folder / "lake" / "downloads"


@pytest.fixture
def jp_server_config(lake_instance: dict[str, Any], lake: Lake, folder: Path) -> dict[str, Any]:
    return server_config(in_download_mode(lake_instance, lake), folder, jobs_at_once=1)


@pytest.fixture
def alice(api: Api, lake: Lake, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Api:
    jp_asyncio_loop.run_until_complete(sign_in_with_certificate(api, lake))
    return api


async def test_jobs_are_listed_newest_first_and_by_what_is_asked_for(
    alice: Api, data: LakeData
) -> None:
    good = await start(alice, data.collection("dataset", data.files(1)))
    await ended(alice, good["id"])
    bad = await start(alice, *data.files(1, with_bytes=False))
    await ended(alice, bad["id"])

    async def ids(**asked: Any) -> list[str]:
        return [job["id"] for job in (await alice.get("jobs", **asked)).items]

    assert await ids() == [bad["id"], good["id"]]
    assert await ids(state="failed") == [bad["id"]]
    assert await ids(state=["failed", "done"]) == [bad["id"], good["id"]]
    assert await ids(state=["queued", "running"]) == []
    assert await ids(kind="upload") == []
    assert await ids(kind=["download", "upload"], instance="lake") == [bad["id"], good["id"]]
    assert await ids(instance="another") == []
    some = await alice.get("jobs", limit=1)
    assert ([job["id"] for job in some.items], some.body["truncated"]) == ([bad["id"]], True)
    *lines, end = await alice.lines("jobs")
    assert [line["id"] for line in lines] == [bad["id"], good["id"]]
    assert end["end"]["count"] == 2
    # What is in it is not sent with each of a list.
    assert all("items" not in line for line in lines)


async def test_what_makes_no_sense_is_refused(alice: Api) -> None:
    for asked in (
        {"state": "lost"},
        {"kind": "sideload"},
        {"limit": "0"},
        {"limit": "many"},
        {"limit": "-1"},
    ):
        answer = await alice.get("jobs", **asked)
        assert (answer.status, answer.body["code"]) == (400, "invalid_argument"), asked
    for method, path in (
        ("GET", "jobs/nothing"),
        ("DELETE", "jobs/nothing"),
        ("POST", "jobs/nothing/retry"),
        ("GET", "jobs/nothing/log"),
        ("GET", "jobs/..%2F..%2Fetc%2Fpasswd/log"),
        ("DELETE", "jobs/..%2Fjobs.sqlite3"),
    ):
        answer = await alice.ask(method, path)
        assert (answer.status, answer.body["code"]) == (404, "unknown_job"), path


async def test_a_running_download_is_cancelled_at_once_and_leaves_nothing_half(
    alice: Api, data: LakeData, copies: Path
) -> None:
    small = data.files(2)
    dataset = data.collection("dataset", [*small, slow_file(data)])
    job = await start(alice, dataset)
    await until(alice, job["id"], lambda job: is_under_way(job) and job["files_done"] == 2)
    processes = workers()
    assert processes
    groups = {os.getpgid(process.pid) for process in processes}
    assert os.getpgid(0) not in groups

    answer = await alice.delete(f"jobs/{job['id']}")
    # The answer comes when it is over.
    assert (answer.status, answer.body["state"]) == (200, "cancelled")
    assert answer.body["ended_at"]
    assert are_gone(processes, within_s=0)
    for group in groups:
        with pytest.raises(ProcessLookupError):
            os.killpg(group, 0)
    assert half_files(copies) == []
    place = Path(job["path"])
    # What had arrived whole stays.
    assert len(list(place.glob("[!.]*"))) == 2
    now = (await alice.get(f"jobs/{job['id']}")).body
    assert sorted(item["state"] for item in now["items"]) == ["cancelled", "done", "done"]


async def test_a_retry_goes_on_with_what_is_missing(alice: Api, data: LakeData) -> None:
    small = data.files(2)
    large = slow_file(data, size_bytes=16_000_000)
    job = await start(alice, data.collection("dataset", [*small, large]))
    await until(alice, job["id"], lambda job: is_under_way(job) and job["files_done"] == 2)
    early = await alice.post(f"jobs/{job['id']}/retry", {})
    assert (early.status, early.body["code"]) == (409, "job_not_ended")
    await alice.delete(f"jobs/{job['id']}")

    again = await alice.post(f"jobs/{job['id']}/retry", {})
    assert (again.status, again.body["id"], again.body["attempt"]) == (202, job["id"], 2)
    done = await ended(alice, job["id"])
    assert (done["state"], done["files_done"], done["bytes_done"]) == ("done", 3, 16_002_000)
    assert {item["did"]: item["state"] for item in done["items"]} == {
        **dict.fromkeys(small, "skipped"),
        large: "done",
    }
    late = await alice.post(f"jobs/{job['id']}/retry", {})
    assert (late.status, late.body["code"]) == (409, "job_done")


async def test_two_clicks_on_cancel_or_retry_are_one(alice: Api, data: LakeData) -> None:
    job = await start(alice, slow_file(data))
    path = f"jobs/{job['id']}"
    await until(alice, job["id"], is_under_way)
    answers = await asyncio.gather(*(alice.delete(path) for _ in range(3)))
    assert {(answer.status, answer.body["state"]) for answer in answers} == {(200, "cancelled")}
    # Once it has ended, what is stored counts.
    now = (await alice.get(path)).body
    assert (now["state"], now["is_here"]) == ("cancelled", True)

    answers = await asyncio.gather(*(alice.post(f"{path}/retry", {}) for _ in range(3)))
    assert sorted(answer.status for answer in answers) == [202, 409, 409]
    await until(alice, job["id"], lambda job: job["state"] == "running" and bool(workers()))
    assert len(workers()) == 1
    assert (await alice.get(path)).body["attempt"] == 2
    await alice.delete(path)
    assert workers() == []


async def test_ended_jobs_are_taken_off_the_list_and_running_ones_are_not(
    alice: Api, data: LakeData
) -> None:
    first = await start(alice, *data.files(1))
    second = await start(alice, *data.files(1))
    for job in (first, second):
        await ended(alice, job["id"])
    removed = await alice.delete(f"jobs/{first['id']}")
    assert (removed.status, removed.body) == (204, None)
    assert (await alice.get(f"jobs/{first['id']}")).status == 404
    running = await start(alice, slow_file(data))
    await until(alice, running["id"], lambda job: job["state"] == "running")
    assert (await alice.delete("jobs")).body == {"removed": 1}
    assert [job["id"] for job in (await alice.get("jobs")).items] == [running["id"]]
    # The files stay: it is a list of what was done.
    assert next(Path(second["path"]).glob("[!.]*")).is_file()


async def test_one_at_a_time_and_the_others_wait_in_order(alice: Api, data: LakeData) -> None:
    jobs = [await start(alice, slow_file(data, 3_000_000)) for _ in range(3)]
    dropped = await start(alice, *data.files(1))
    await until(alice, jobs[0]["id"], lambda job: job["state"] == "running")
    for job in (*jobs[1:], dropped):
        assert (await alice.get(f"jobs/{job['id']}")).body["state"] == "queued"
    assert len(workers()) == 1
    # One that waits is cancelled too, and never begins.
    answer = await alice.delete(f"jobs/{dropped['id']}")
    assert (answer.body["state"], answer.body["started_at"]) == ("cancelled", None)
    done = [await ended(alice, job["id"]) for job in jobs]
    assert [job["state"] for job in done] == ["done"] * 3
    for before, after in pairwise(done):
        assert before["ended_at"] <= after["started_at"]


async def test_the_log_is_read_while_it_grows(alice: Api, data: LakeData) -> None:
    did = slow_file(data, 6_000_000)
    job = await start(alice, did)
    await until(alice, job["id"], is_under_way)
    first = (await alice.get(f"jobs/{job['id']}/log")).body
    assert did in first["text"]
    assert first["is_ended"] is False
    await ended(alice, job["id"])
    rest = (await alice.get(f"jobs/{job['id']}/log", offset=first["next_offset"])).body
    assert rest["is_ended"] is True
    whole = (await alice.get(f"jobs/{job['id']}/log")).body
    assert whole["text"] == first["text"] + rest["text"]
    assert rest["text"]
    beyond = (await alice.get(f"jobs/{job['id']}/log", offset=10**9)).body
    assert beyond["text"] == ""
    wrong = await alice.get(f"jobs/{job['id']}/log", offset=-1)
    assert (wrong.status, wrong.body["code"]) == (400, "invalid_argument")
