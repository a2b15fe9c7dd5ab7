"""The list of jobs: kept for a while, capped, and not what browsing depends on."""

from __future__ import annotations

import asyncio
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake
from rucio_jupyterlab.jobs.model import Job, JobItem, now
from rucio_jupyterlab.jobs.store import JobStore

from .conftest import Api, at
from .downloading import in_download_mode, is_under_way, server_config, start
from .jobs import ended

OLD = Job(
    id="0" * 32,
    kind="download",
    instance="lake",
    title="demo:old",
    state="done",
    owner="elsewhere/1-1",
    created_at=now() - timedelta(days=31),
    ended_at=now() - timedelta(days=31),
)
LONG = replace(
    OLD, id="1" * 32, title="demo:long", state="failed", created_at=now(), ended_at=now()
)


@pytest.fixture
def kept_in(jp_data_dir: Path) -> Path:
    return jp_data_dir / "rucio_jupyterlab" / "jobs"


@pytest.fixture
def before() -> str:
    """How the list is when the server starts."""
    return "filled"


@pytest.fixture
def database(kept_in: Path, before: str, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Path:
    file = kept_in / "jobs.sqlite3"
    if before == "filled":
        jp_asyncio_loop.run_until_complete(_fill(file))
        (kept_in / "logs").mkdir()
        (kept_in / "logs" / f"{OLD.id}.log").write_text("long ago")
    elif before == "corrupt":
        kept_in.mkdir(parents=True)
        file.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    else:
        # Nobody can write there, not even root.
        kept_in.parent.mkdir(parents=True)
        kept_in.write_text("a file where the folder should be")
    return file


async def _fill(file: Path) -> None:
    store = JobStore(file)
    for job in (OLD, LONG):
        await store.add(job, {}, None)
    await store.put_items(
        LONG.id,
        [
            JobItem(f"demo:{number}", "failed" if number == 2400 else "done", f"demo:{number}")
            for number in range(2500)
        ],
    )
    await store.aclose()


@pytest.fixture
def jp_server_config(
    lake_instance: dict[str, Any], lake: Lake, database: Path, tmp_path: Path
) -> dict[str, Any]:
    # Without TLS, of which a thousand files would cost a thousand handshakes.
    plain = {"rucio_base_url": lake.rucio_url, "rucio_auth_url": lake.connection["auth_url"]}
    return server_config(in_download_mode(lake_instance, lake, **plain), tmp_path / "rucio")


async def test_what_is_older_than_a_month_is_taken_off_the_list(api: Api, kept_in: Path) -> None:
    assert [job["id"] for job in (await api.get("jobs")).items] == [LONG.id]
    assert (await api.get(f"jobs/{OLD.id}")).status == 404
    assert not (kept_in / "logs" / f"{OLD.id}.log").exists()


async def test_of_a_job_with_many_files_the_failed_ones_come_first_and_not_all(api: Api) -> None:
    job = (await api.get(f"jobs/{LONG.id}")).body
    assert (len(job["items"]), job["items_truncated"]) == (2000, True)
    assert (job["items"][0]["did"], job["items"][0]["state"]) == ("demo:2400", "failed")


async def test_the_list_is_the_users_alone(alice: Api, data: LakeData, kept_in: Path) -> None:
    job = await start(alice, *data.files(1))
    await ended(alice, job["id"])
    for path in [kept_in, *kept_in.rglob("*")]:
        wanted = 0o700 if path.is_dir() else 0o600
        if path.name != f"{OLD.id}.log":
            assert stat.S_IMODE(path.stat().st_mode) == wanted, path


@pytest.mark.parametrize("before", ["corrupt", "in the way"])
async def test_a_list_that_cannot_be_kept_is_said_and_browsing_works(
    alice: Api, data: LakeData, database: Path
) -> None:
    dataset = data.collection("dataset", data.files(1))
    for answer in (
        await alice.get("jobs"),
        await alice.get("jobs/x"),
        await alice.post(at("downloads"), {"dids": [dataset]}),
    ):
        assert answer.body["code"] == "jobs_not_stored"
        assert str(database) in answer.body["message"]
        assert answer.body["message"].count("\n") == 0
        assert answer.body["hint"]
    assert (await alice.get(at("did/content"), did=dataset)).status == 200
    rows = await alice.get(at("availability"), did=dataset)
    assert rows.status == 200
    assert rows.items[0]["state"] == "not_available"
    assert (await alice.get("instances")).status == 200
    assert (await alice.get(at("copies"))).status == 200


@pytest.mark.timeout(600)
async def test_a_thousand_small_files_come_while_all_else_is_answered(
    alice: Api, data: LakeData
) -> None:
    dataset = data.collection("dataset", data.files(1000))
    job = await start(alice, dataset)
    under_way = 0
    while now_ := (await alice.get("jobs", state=["queued", "running"])).items:
        assert [one["id"] for one in now_] == [job["id"]]
        assert (await alice.get(at("did"), did=dataset)).status == 200
        under_way += is_under_way(now_[0])
    done = await ended(alice, job["id"])
    assert (done["state"], done["files_done"], done["bytes_done"]) == ("done", 1000, 1_000_000)
    assert (len(done["items"]), done["items_truncated"]) == (1000, False)
    assert {item["state"] for item in done["items"]} == {"done"}
    assert under_way > 0
    (row,) = (await alice.get(at("availability"), did=dataset)).items
    assert (row["state"], row["files_available"]) == ("available", 1000)
