"""What the browser is told of a download, without asking: how it goes on, and what it means for the
rows.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Api
from .downloading import (
    in_download_mode,
    server_config,
    sign_in_with_certificate,
    slow_file,
    start,
)
from .jobs import ACTIVE, ended, log_of

JOB = "https://rucio.github.io/jupyterlab/job/v1"
AVAILABILITY = "https://rucio.github.io/jupyterlab/availability/v1"
LONGEST_S = 60.0


@pytest.fixture
def jp_server_config(lake_instance: dict[str, Any], lake: Lake, tmp_path: Path) -> dict[str, Any]:
    return server_config(in_download_mode(lake_instance, lake), tmp_path / "rucio")


@pytest.fixture
def alice(api: Api, lake: Lake, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Api:
    jp_asyncio_loop.run_until_complete(sign_in_with_certificate(api, lake))
    return api


@pytest.fixture
def socket(
    jp_ws_fetch: Callable[..., Any], jp_asyncio_loop: asyncio.AbstractEventLoop
) -> Iterator[Any]:
    with closing(
        jp_asyncio_loop.run_until_complete(jp_ws_fetch("api", "events", "subscribe"))
    ) as socket:
        yield socket


async def told(socket: Any, enough: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """All events up to the one that is enough."""
    found: list[dict[str, Any]] = []
    while not (found and enough(found[-1])):
        text = await asyncio.wait_for(socket.read_message(), LONGEST_S)
        event = json.loads(text)
        if event["schema_id"] in (JOB, AVAILABILITY):
            found.append(event)
    return found


async def test_progress_inside_a_single_large_file_is_told_with_rate_and_time_left(
    alice: Api, data: LakeData, socket: Any
) -> None:
    size = 20_000_000
    job = await start(alice, slow_file(data, size))
    events = await told(socket, lambda e: e["schema_id"] == JOB and e["state"] not in ACTIVE)
    states = [e["state"] for e in events if e["schema_id"] == JOB]
    assert list(dict.fromkeys(states)) == ["queued", "running", "done"]
    moving = [
        e
        for e in events
        if e["schema_id"] == JOB and e["state"] == "running" and 0 < e["bytes_done"] < size
    ]
    seen = [e["bytes_done"] for e in moving]
    # It takes about five seconds, and longer where others are at work.
    assert len(set(seen)) >= 2
    assert seen == sorted(seen)
    assert all(e["bytes_total"] == size for e in moving)
    timed = [e for e in moving if e["rate_bytes_s"]]
    assert timed
    assert all(e["eta_s"] > 0 for e in timed)
    last = timed[-1]
    assert last["eta_s"] == pytest.approx(
        (size - last["bytes_done"]) / last["rate_bytes_s"], abs=0.2
    )
    done = events[-1]
    assert (done["id"], done["bytes_done"], done["files_done"]) == (job["id"], size, 1)
    # Rate and time left are of what moves.
    assert (done["rate_bytes_s"], done["eta_s"]) == (None, None)
    assert "items" not in done


async def test_the_rows_of_a_download_are_told_too(alice: Api, data: LakeData, socket: Any) -> None:
    dataset = data.collection("dataset", [*data.files(2), slow_file(data, 12_000_000)])
    job = await start(alice, dataset)
    events = await told(
        socket, lambda e: e["schema_id"] == AVAILABILITY and e["state"] == "available"
    )
    rows = [e for e in events if e["schema_id"] == AVAILABILITY]
    assert {(row["instance"], row["did"]) for row in rows} == {("lake", dataset)}
    moving = [row for row in rows if row["state"] == "replicating"]
    assert moving
    assert all(row["job_id"] == job["id"] for row in moving)
    assert any(0 < (row["bytes_available"] or 0) < 12_002_000 for row in moving)
    assert (rows[-1]["files_available"], rows[-1]["job_id"]) == (3, None)
    assert rows[-1]["local"]["is_complete"] is True


async def test_cancelling_and_removing_are_told(alice: Api, data: LakeData, socket: Any) -> None:
    did = slow_file(data)
    job = await start(alice, did)
    await told(socket, lambda e: e["schema_id"] == JOB and e["bytes_done"] > 0)
    await alice.delete(f"jobs/{job['id']}")
    events = await told(
        socket, lambda e: e["schema_id"] == AVAILABILITY and e["state"] == "not_available"
    )
    ends = [e for e in events if e["schema_id"] == JOB and e["state"] not in ACTIVE]
    assert [e["state"] for e in ends] == ["cancelled"]
    assert (events[-1]["did"], events[-1]["job_id"]) == (did, None)
    await alice.delete(f"jobs/{job['id']}")
    (*_, removed) = await told(socket, lambda e: e.get("removed") is True)
    assert removed["id"] == job["id"]


async def test_many_small_files_make_no_flood_of_events(
    alice: Api, data: LakeData, socket: Any
) -> None:
    job = await start(alice, data.collection("dataset", data.files(150)))
    events = await told(socket, lambda e: e["schema_id"] == JOB and e["state"] not in ACTIVE)
    done = await ended(alice, job["id"])
    assert done["state"] == "done"
    assert len(events) < 100
    # Nor is what one looks for in the log buried.
    assert (await log_of(alice, job["id"])).count("InsecureRequestWarning") <= 1
