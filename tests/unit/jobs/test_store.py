"""The list of jobs in SQLite, as one server or several have it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from rucio_jupyterlab.jobs import history
from rucio_jupyterlab.jobs.model import Job, JobItem, now
from rucio_jupyterlab.jobs.owner import this_owner
from rucio_jupyterlab.jobs.store import JobStore

JOB = Job(
    id="1" * 32,
    kind="download",
    instance="lake",
    title="demo:é 数",
    state="running",
    owner=this_owner(),
    created_at=now(),
    dids=("demo:a", "demo:b"),
    error={"message": "no", "code": "x", "hint": None, "rucio": None},
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "jobs.sqlite3"


@pytest_asyncio.fixture
async def store(file: Path) -> AsyncIterator[JobStore]:
    store = JobStore(file)
    yield store
    await store.aclose()


@pytest.mark.asyncio
async def test_a_job_is_kept_as_it_is(store: JobStore, file: Path) -> None:
    await store.add(JOB, {"root": "/x"}, None)
    later = replace(JOB, bytes_done=7, bytes_total=2**40, state="done", ended_at=now())
    await store.save(later)
    other = JobStore(file)
    assert await other.get(JOB.id) == later
    assert await other.payload(JOB.id) == {"root": "/x"}
    assert await other.get("unknown") is None
    await other.aclose()


@pytest.mark.asyncio
async def test_a_key_is_one_job_though_many_come_at_once(store: JobStore, file: Path) -> None:
    stores = [store, JobStore(file)]
    jobs = [replace(JOB, id=f"{number:032}") for number in range(10)]
    added = await asyncio.gather(
        *(stores[number % 2].add(job, {}, "a click") for number, job in enumerate(jobs))
    )
    assert len({job.id for job in added}) == 1
    assert len(await store.find()) == 1
    await stores[1].aclose()


@pytest.mark.asyncio
async def test_jobs_are_found_newest_first_and_by_all_conditions(store: JobStore) -> None:
    for number, (state, kind, instance) in enumerate(
        [("done", "download", "lake"), ("failed", "upload", "lake"), ("done", "upload", "sea")]
    ):
        created = now() + timedelta(seconds=number)
        job = replace(JOB, id=str(number), state=state, kind=kind, instance=instance)  # type: ignore[arg-type]  # literals
        await store.add(replace(job, created_at=created), {}, None)
    assert [job.id for job in await store.find()] == ["2", "1", "0"]
    assert [job.id for job in await store.find(states=("done",), limit=1)] == ["2"]
    assert [job.id for job in await store.find(kinds=("upload",), instance="lake")] == ["1"]


@pytest.mark.asyncio
async def test_items_end_with_their_job_and_go_with_it(store: JobStore) -> None:
    await store.add(JOB, {}, None)
    items = [JobItem(str(n), state) for n, state in enumerate(("done", "running", "queued"))]  # type: ignore[arg-type]  # literals
    await store.put_items(JOB.id, items)
    await store.end_items(JOB.id, "cancelled")
    assert [i.state for i in await store.items(JOB.id, 10)] == ["cancelled", "cancelled", "done"]
    await store.put_items(JOB.id, [JobItem("0", "failed", error={"message": "m"})])
    (first,) = await store.items(JOB.id, 1)
    assert (first.key, first.error) == ("0", {"message": "m"})
    await store.remove([JOB.id])
    assert await store.items(JOB.id, 10) == []


@pytest.mark.asyncio
async def test_a_job_that_another_server_has_removed_meanwhile_is_no_trouble(
    store: JobStore,
) -> None:
    assert await store.payload("removed") == {}
    await store.save(JOB)
    await store.touch([JOB.id])
    assert await store.find() == []


@pytest.mark.asyncio
async def test_what_nobody_runs_any_more_is_interrupted_and_its_leftovers_go(
    store: JobStore, tmp_path: Path
) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    host = this_owner().rpartition("/")[0]
    for number, owner in enumerate((this_owner(), f"{host}/1-1", "another-machine/1-1")):
        job = replace(JOB, id=str(number), owner=owner)
        await store.add(job, {"temporary": [str(parts)] if number == 1 else []}, None)
    await store.put_items("1", [JobItem("x", "running")])
    found = await history.interrupted(store)
    # Of the one elsewhere there has been a sign of life.
    assert [(job.id, job.state) for job in found] == [("1", "interrupted")]
    assert not parts.exists()
    assert [item.state for item in await store.items("1", 1)] == ["queued"]
    assert await history.interrupted(store) == []


@pytest.mark.asyncio
async def test_what_is_elsewhere_and_silent_for_long_is_interrupted(
    store: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.add(replace(JOB, owner="another-machine/1-1"), {}, None)
    monkeypatch.setattr(history, "LIFE_S", -1.0)
    assert [job.id for job in await history.interrupted(store)] == [JOB.id]
