"""Large files by way of a mounted scratch storage: Rucio moves them, not this machine."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from uploading import RSE, SCOPE, Look, becomes_true, body, ended, plan, submit, unique, until

from lake.testing import Lake

from .administrator import Administrator
from .conftest import Api

SCRATCH = "JUPYTER-SCRATCHDISK"


@pytest.fixture
def instances(lake: Lake, lake_instance: dict[str, Any]) -> list[dict[str, Any]]:
    mount = lake.rses[SCRATCH]["mount_path"]
    return [{**lake_instance, "scratch": [{"rse": SCRATCH, "mount_path": mount}]}]


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


@pytest.fixture
def scratch(lake: Lake) -> Path:
    """A folder of alice's on the scratch mount."""
    folder = Path(lake.rses[SCRATCH]["mount_path"]) / f"alice_{secrets.token_hex(4)}"
    folder.mkdir()
    return folder


def end_of(rule: dict[str, Any]) -> datetime:
    return parsedate_to_datetime(rule["expires_at"])


async def test_a_file_in_scratch_space_is_moved_by_rucio(
    alice: Api, scratch: Path, lake: Lake, there: Look
) -> None:
    name = unique()
    (scratch / name).write_bytes(b"large, in a manner of speaking")
    found = await plan(alice, str(scratch / name), lifetime_days=30)
    assert [item["via"] for item in found["items"]] == ["third_party"]
    assert found["can_start"] is True, found["problems"]

    job = await ended(
        alice, await submit(alice, str(scratch / name), lifetime_days=30), within_s=120
    )
    assert job["state"] == "done", job
    (item,) = job["items"]
    assert item["state"] == "done"
    assert job["bytes_done"] == job["bytes_total"]
    rules = {rule["rse_expression"]: rule for rule in there.rules(name)}
    assert rules[RSE]["id"] == item["rule_id"]
    assert rules[RSE]["state"] == "OK"
    # The scratch copy goes with its own rule, within the hour.
    assert rules[SCRATCH]["purge_replicas"] is True
    assert end_of(rules[SCRATCH]) < end_of(rules[RSE])
    assert there.stored(name).read_bytes() == b"large, in a manner of speaking"
    assert there.rses(name)[RSE] == "AVAILABLE"


async def test_a_link_from_the_home_folder_into_scratch_space(
    alice: Api, scratch: Path, jp_root_dir: Path
) -> None:
    (scratch / "x.dat").write_bytes(b"x")
    (jp_root_dir / "scratch").symlink_to(scratch)
    found = await plan(alice, "scratch/x.dat", prefix=unique(""))
    assert found["items"][0]["via"] == "third_party"


async def test_an_rse_expression_and_a_dataset(alice: Api, scratch: Path, there: Look) -> None:
    names = [unique(str(number)) for number in range(3)]
    for name in names:
        (scratch / name).write_bytes(name.encode())
    dataset = unique("set")
    job = await ended(
        alice,
        await submit(
            alice,
            str(scratch),
            rse="country=SE|country=DE",
            dataset={"scope": SCOPE, "name": dataset},
        ),
        within_s=120,
    )
    assert job["state"] == "done", job
    assert there.content(dataset) == sorted(f"{scratch.name}/{name}" for name in names)
    # Each file has its rule; one more on the dataset could choose another site.
    assert there.rules(dataset) == []


async def test_what_stays_for_two_days(alice: Api, scratch: Path, there: Look) -> None:
    names = [unique("short"), unique("long")]
    for name in names:
        (scratch / name).write_bytes(name.encode())
        job = await submit(alice, str(scratch / name), delay_deletion=name == names[1])
        assert (await ended(alice, job, within_s=120))["state"] == "done"

    short, long = (
        end_of(next(rule for rule in there.rules(name) if rule["rse_expression"] == SCRATCH))
        for name in names
    )
    assert 1.8 < (long - short).total_seconds() / 86_400 < 2


async def test_other_content_under_a_name_is_refused(
    alice: Api, scratch: Path, there: Look
) -> None:
    name = unique()
    (scratch / name).write_bytes(b"first")
    job = await submit(alice, str(scratch / name))
    assert (await ended(alice, job, within_s=120))["state"] == "done"
    (scratch / name).write_bytes(b"other")
    answer = await alice.post(
        "instances/lake/uploads",
        {"paths": [str(scratch / name)], "scope": SCOPE, "rse": RSE},
    )
    assert (answer.status, answer.body["code"]) == (409, "did_conflict")
    assert len(there.rules(name)) == 2


async def test_a_stuck_rule_says_so_and_the_job_goes_on_when_it_does(
    alice: Api, scratch: Path, lake: Lake, there: Look
) -> None:
    name = unique()
    (scratch / name).write_bytes(b"stuck for a while")
    with lake.transfers(failing=[name]):
        job = await submit(alice, str(scratch / name))
        now = await until(
            alice, job, lambda now: now["message"] and "cannot move" in now["message"], within_s=120
        )
        assert "kept for an hour only" in now["message"]
        (item,) = now["items"]
        assert item["state"] == "running"
        assert item["rule_url"]
    repairing = asyncio.to_thread(lake.run_daemons_once, repair=True)
    await repairing
    now = await ended(alice, job, within_s=120)
    assert now["state"] == "done", now
    assert there.stored(name).exists()


async def test_cancelled_and_taken_up_again(
    alice: Api, scratch: Path, lake: Lake, there: Look
) -> None:
    name = unique()
    (scratch / name).write_bytes(b"twice begun")
    with lake.transfers(delay_s=5):
        job = await submit(alice, str(scratch / name))
        await until(alice, job, lambda now: now["items"] and now["items"][0]["rule_id"])
        answer = await alice.delete(f"jobs/{job['id']}")
        assert answer.body["state"] == "cancelled"
        # Rucio does not let alice end rules: the log says that it goes on.
        log = (await alice.get(f"jobs/{job['id']}/log")).body["text"]
        assert "goes on moving" in log
        assert (await alice.post(f"jobs/{job['id']}/retry", None)).status == 202
        now = await ended(alice, job, within_s=120)
    assert now["state"] == "done", now
    await becomes_true(lambda: there.rses(name).get(RSE) == "AVAILABLE")
    assert len([rule for rule in there.rules(name) if rule["rse_expression"] == RSE]) == 1


async def test_scratch_space_that_is_used_up(
    alice: Api, scratch: Path, there: Look, administrator: Administrator
) -> None:
    name = unique()
    (scratch / name).write_bytes(b"too much")
    with administrator.limited_to(SCRATCH, 1):
        found = await plan(alice, str(scratch / name))
        (problem,) = found["problems"]
        assert (problem["code"], SCRATCH in problem["message"]) == ("quota_exceeded", True)
        answer = await alice.post("instances/lake/uploads", body(str(scratch / name)))
        assert answer.status == 403
    assert there.metadata(name) is None


async def test_from_scratch_space_and_from_here_in_one_upload(
    alice: Api, scratch: Path, jp_root_dir: Path, there: Look
) -> None:
    here, far = unique("here"), unique("far")
    (jp_root_dir / here).write_bytes(b"here")
    (scratch / far).write_bytes(b"far")
    dataset = unique("set")
    job = await ended(
        alice,
        await submit(alice, here, str(scratch / far), dataset={"scope": SCOPE, "name": dataset}),
        within_s=120,
    )
    assert job["state"] == "done", job
    assert there.content(dataset) == sorted([here, far])
    for name in (here, far):
        assert RSE in {rule["rse_expression"] for rule in there.rules(name)}
