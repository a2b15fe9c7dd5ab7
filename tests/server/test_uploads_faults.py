"""Uploads that go wrong: nothing lost, nothing half, and a message that helps."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faultproxy import Fault, FaultProxy
from uploading import RSE, SCOPE, Look, becomes_true, ended, look, submit, unique, until, uploaded

from lake.testing import Lake

from .administrator import Administrator
from .conftest import Api

LARGE_BYTES = 500_000_000
# Of what a worker asks before it touches any file, and a plan does not.
FIRST_OF_WORKER = f"/rses/{RSE}/attr"


@pytest.fixture
def instances(lake_instance: dict[str, Any], proxy: FaultProxy) -> list[dict[str, Any]]:
    return [{**lake_instance, "rucio_base_url": proxy.url, "rucio_auth_url": proxy.url}]


@pytest.fixture(scope="session")
def there(lake: Lake) -> Iterator[Look]:
    found = Look(lake)
    yield found
    found.close()


@pytest.fixture(scope="session")
def administrator(lake: Lake) -> Iterator[Administrator]:
    administrator = Administrator(lake)
    yield administrator
    administrator.close()


def large(path: Path, size_bytes: int = LARGE_BYTES) -> Path:
    """Takes no room on the disk, and some time to send."""
    with path.open("wb") as file:
        file.truncate(size_bytes)
    return path


def workers() -> list[int]:
    """The processes that upload for this server."""
    found = []
    for children in Path("/proc/self/task").glob("*/children"):
        for pid in children.read_text().split():
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if b"rucio_jupyterlab.jobs.worker" in command:
                found.append(int(pid))
    return found


def nothing_is_left(there: Look, name: str) -> None:
    assert there.metadata(name) is None
    assert not there.stored(name).exists()
    assert there.leftovers() == []


async def failed(api: Api, job: dict[str, Any]) -> dict[str, Any]:
    """The error of its only item."""
    now = await ended(api, job)
    assert now["state"] == "failed", now
    (item,) = now["items"]
    assert item["state"] == "failed"
    assert now["error"]["message"] == item["error"]["message"]
    error: dict[str, Any] = item["error"]
    assert error["hint"]
    return error


async def test_a_file_that_vanishes(
    alice: Api, jp_root_dir: Path, proxy: FaultProxy, there: Look
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"soon gone")
    proxy.set(FIRST_OF_WORKER, Fault(delay_s=1))
    job = await submit(alice, name)
    (jp_root_dir / name).unlink()
    assert (await failed(alice, job))["code"] == "source_gone"
    nothing_is_left(there, name)


async def test_a_file_that_changes_while_it_goes(
    alice: Api, jp_root_dir: Path, proxy: FaultProxy, there: Look
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"as it was")
    job = await submit(alice, name)
    # Its checksums have been taken when Rucio is asked about it.
    proxy.clear()
    proxy.set(f"/{name}/meta", Fault(delay_s=2))
    await becomes_true(lambda: proxy.count(f"/{name}/meta"))
    (jp_root_dir / name).write_bytes(b"as it is!")
    error = await failed(alice, job)
    assert (error["code"], "changed while" in error["message"]) == ("source_changed", True)
    nothing_is_left(there, name)

    proxy.clear()
    answer = await alice.post(f"jobs/{job['id']}/retry", None)
    assert answer.status == 202
    assert (await ended(alice, job))["state"] == "done"
    assert there.stored(name).read_bytes() == b"as it is!"


async def test_a_quota_that_fills_up_meanwhile(
    alice: Api,
    jp_root_dir: Path,
    proxy: FaultProxy,
    there: Look,
    administrator: Administrator,
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"too much")
    proxy.set(FIRST_OF_WORKER, Fault(delay_s=2))
    job = await submit(alice, name)
    with administrator.limited_to(RSE, 1):
        error = await failed(alice, job)
    assert error["code"] == "quota_exceeded"
    nothing_is_left(there, name)


async def test_a_scope_of_somebody_else(alice: Api, jp_root_dir: Path, there: Look) -> None:
    names = [unique(str(number)) for number in range(20)]
    for name in names:
        (jp_root_dir / name).write_bytes(b"not there")
    job = await ended(alice, await submit(alice, *names, scope="user.root"))
    assert job["state"] == "failed"
    assert job["error"]["code"] == "forbidden"
    for name in names:
        assert there.metadata(name, "user.root") is None
        assert not there.stored(name, scope="user.root").exists()
    # Who may not register the first need not send those that are not sent yet.
    assert {item["state"] for item in job["items"]} <= {"failed", "queued"}


async def test_a_dataset_that_may_not_be_made(alice: Api, jp_root_dir: Path, there: Look) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"in vain")
    job = await submit(alice, name, dataset={"scope": "demo", "name": unique("set")})
    assert (await failed(alice, job))["code"] == "forbidden"
    nothing_is_left(there, name)


async def test_rucio_is_away_for_a_moment_when_it_comes_to_registering(
    alice: Api, jp_root_dir: Path, proxy: FaultProxy, there: Look
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"patience")
    job = await submit(alice, name)
    proxy.set("/replicas", Fault(status=503, times=2))
    proxy.set("/replicas", Fault(drop=True, times=2))
    assert (await ended(alice, job))["state"] == "done"
    assert there.rses(name) == {RSE: "AVAILABLE"}


async def test_rucio_is_told_what_was_written_and_no_upload_fails_where_it_is_not(
    alice: Api, jp_root_dir: Path, proxy: FaultProxy
) -> None:
    heard, unheard = unique(), unique()
    for name in (heard, unheard):
        (jp_root_dir / name).write_bytes(name.encode())
    proxy.clear()
    await uploaded(alice, heard)
    await becomes_true(lambda: proxy.count("/traces/"))
    proxy.set("/traces/", Fault(drop=True))
    await uploaded(alice, unheard)


async def test_rucio_stays_away_when_it_comes_to_registering(
    alice: Api, jp_root_dir: Path, proxy: FaultProxy, there: Look
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"sent once")
    job = await submit(alice, name)
    proxy.set("/replicas", Fault(drop=True))
    error = await failed(alice, job)
    assert error["code"] == "not_registered"
    assert there.metadata(name) is None
    sent_at = there.stored(name).stat().st_mtime_ns

    proxy.clear()
    assert (await alice.post(f"jobs/{job['id']}/retry", None)).status == 202
    assert (await ended(alice, job))["state"] == "done"
    assert there.rses(name) == {RSE: "AVAILABLE"}
    assert len(there.rules(name)) == 1
    assert there.stored(name).stat().st_mtime_ns == sent_at


async def test_what_somebody_left_under_the_name_is_replaced(
    alice: Api, jp_root_dir: Path, there: Look
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"the real one")
    there.stored(name).parent.mkdir(parents=True)
    there.stored(name).write_bytes(b"half of")
    await uploaded(alice, name)
    assert there.stored(name).read_bytes() == b"the real one"


async def test_a_worker_that_is_killed(alice: Api, jp_root_dir: Path, there: Look) -> None:
    name = unique()
    large(jp_root_dir / name)
    job = await submit(alice, name)
    await becomes_true(there.leftovers)
    (pid,) = workers()
    os.kill(pid, signal.SIGKILL)
    now = await ended(alice, job)
    assert (now["state"], now["error"]["code"]) == ("failed", "worker_died")
    assert there.metadata(name) is None
    assert not there.stored(name).exists()

    assert (await alice.post(f"jobs/{job['id']}/retry", None)).status == 202
    assert (await ended(alice, job))["state"] == "done"
    assert there.stored(name).stat().st_size == LARGE_BYTES
    assert there.leftovers() == []
    there.stored(name).unlink()


async def test_cancelling_leaves_nothing(alice: Api, jp_root_dir: Path, there: Look) -> None:
    name = unique()
    large(jp_root_dir / name)
    job = await submit(alice, name)
    await becomes_true(there.leftovers)
    answer = await alice.delete(f"jobs/{job['id']}")
    assert answer.body["state"] == "cancelled"
    assert workers() == []
    nothing_is_left(there, name)
    assert (await look(alice, job))["items"][0]["state"] == "cancelled"


async def test_a_large_file_shows_how_far_it_is(alice: Api, jp_root_dir: Path, there: Look) -> None:
    name = unique()
    large(jp_root_dir / name)
    job = await submit(alice, name)
    seen = []

    def notes(now: dict[str, Any]) -> bool:
        seen.append(now["bytes_done"])
        return bool(now["bytes_done"] == LARGE_BYTES)

    await until(alice, job, notes)
    assert seen == sorted(seen)
    assert (await ended(alice, job))["state"] == "done"
    there.stored(name).unlink()


async def test_two_uploads_of_one_name_and_one_content(
    alice: Api, jp_root_dir: Path, there: Look
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"one")
    jobs = [await submit(alice, name) for _ in range(3)]
    for job in jobs:
        assert (await ended(alice, job))["state"] == "done"
    assert there.stored(name).read_bytes() == b"one"
    assert len(there.rules(name)) == 1
    assert there.leftovers() == []


async def test_two_uploads_of_one_name_and_two_contents(
    alice: Api, jp_root_dir: Path, there: Look, proxy: FaultProxy
) -> None:
    name = unique()
    contents = {"one": b"one content", "two": b"two content"}
    for folder, content in contents.items():
        (jp_root_dir / folder).mkdir()
        (jp_root_dir / folder / name).write_bytes(content)
    proxy.set(FIRST_OF_WORKER, Fault(delay_s=1))
    jobs = {folder: await submit(alice, f"{folder}/{name}") for folder in contents}
    states = {folder: (await ended(alice, job))["state"] for folder, job in jobs.items()}
    assert sorted(states.values()) == ["done", "failed"]
    (winner,) = [folder for folder, state in states.items() if state == "done"]
    assert there.stored(name).read_bytes() == contents[winner]
    (loser,) = [job for folder, job in jobs.items() if folder != winner]
    assert (await look(alice, loser))["error"]["code"] == "did_conflict"
    assert SCOPE in (await look(alice, loser))["error"]["message"]


async def test_some_files_fail_and_retry_sends_only_those(
    alice: Api, jp_root_dir: Path, there: Look, proxy: FaultProxy
) -> None:
    names = [unique(str(number)) for number in range(5)]
    for name in names:
        (jp_root_dir / name).write_bytes(name.encode())
    dataset = unique("set")
    proxy.set(FIRST_OF_WORKER, Fault(delay_s=1))
    job = await submit(alice, *names, dataset={"scope": SCOPE, "name": dataset})
    (jp_root_dir / names[0]).unlink()
    now = await ended(alice, job)
    assert now["state"] == "failed"
    assert now["error"]["message"].startswith("1 of 5 files")
    assert (now["files_done"], now["files_failed"]) == (4, 1)
    assert now["items"][0]["did"].endswith(names[0])
    assert there.content(dataset) == sorted(names[1:])

    (jp_root_dir / names[0]).write_bytes(names[0].encode())
    assert (await alice.post(f"jobs/{job['id']}/retry", None)).status == 202
    now = await ended(alice, job)
    assert now["state"] == "done"
    assert now["message"] == "4 files were there already."
    assert there.content(dataset) == sorted(names)
    assert len(there.rules(dataset)) == 1
    assert there.rules(names[0]) == []
