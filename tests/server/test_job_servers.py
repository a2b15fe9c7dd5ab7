"""What becomes of downloads when the server that runs them ends, and between two servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake

from .downloading import (
    are_gone,
    half_files,
    in_download_mode,
    is_under_way,
    server_config,
    slow_file,
    wait_until,
    workers,
)
from .own_server import OwnServer


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def copies(home: Path) -> Path:
    return home / "rucio" / "lake" / "downloads"


@pytest.fixture
def new_server(
    lake_instance: dict[str, Any], lake: Lake, home: Path
) -> Iterator[Callable[[str], OwnServer]]:
    """One that runs, with alice signed in."""
    config = server_config(in_download_mode(lake_instance, lake), home / "rucio")
    servers: list[OwnServer] = []

    def new_server(name: str) -> OwnServer:
        server = OwnServer(home, config, name)
        servers.append(server)
        server.start()
        server.sign_in(lake)
        return server

    yield new_server
    for server in servers:
        server.close()


def test_a_server_that_is_killed_leaves_no_worker_and_a_new_one_goes_on(
    new_server: Callable[[str], OwnServer], data: LakeData, lake: Lake, copies: Path
) -> None:
    server = new_server("one")
    dataset = data.collection("dataset", [*data.files(2), slow_file(data)])
    job = server.download(dataset)
    server.until(job["id"], lambda job: is_under_way(job) and job["files_done"] == 2)
    waiting = server.download(slow_file(data, 1000))
    processes = workers(server.pid)
    assert processes
    server.kill()
    assert are_gone(processes)
    assert list(server.clients.iterdir())

    server.start()
    for one in (job, waiting):
        now = server.until(one["id"], lambda job: job["state"] == "interrupted")
        assert "Retry" in now["message"]
        assert now["is_here"] is True
        assert now["ended_at"]
    assert half_files(copies) == []
    assert len(list(Path(job["path"]).glob("[!.]*"))) == 2
    # What the killed one's worker was given to sign in with is gone too.
    wait_until(lambda: list(server.clients.iterdir()) == [])

    server.sign_in(lake)
    assert server.http.post(f"jobs/{job['id']}/retry").status_code == 202
    done = server.ended(job["id"])
    assert (done["state"], done["attempt"], done["files_done"]) == ("done", 2, 3)
    assert sorted(item["state"] for item in done["items"]) == ["done", "skipped", "skipped"]
    assert list(server.clients.iterdir()) == []


def test_a_server_that_is_restarted_interrupts_its_downloads(
    new_server: Callable[[str], OwnServer], data: LakeData, lake: Lake, copies: Path
) -> None:
    server = new_server("one")
    job = server.download(slow_file(data, 16_000_000))
    server.until(job["id"], is_under_way)
    processes = workers(server.pid)
    server.stop()
    assert are_gone(processes, within_s=0)
    assert half_files(copies) == []
    assert list(server.clients.iterdir()) == []

    server.start()
    assert server.job(job["id"])["state"] == "interrupted"
    server.sign_in(lake)
    server.http.post(f"jobs/{job['id']}/retry")
    assert server.ended(job["id"])["state"] == "done"


def test_two_servers_of_one_user_see_each_others_downloads_and_leave_them_alone(
    new_server: Callable[[str], OwnServer], data: LakeData
) -> None:
    one, two = new_server("one"), new_server("two")
    did = slow_file(data, 20_000_000)
    job = one.download(did)
    one.until(job["id"], is_under_way)
    seen = two.job(job["id"])
    assert (seen["state"], seen["is_here"]) == ("running", False)
    refused = two.http.delete(f"jobs/{job['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "job_elsewhere")
    assert two.http.post(f"jobs/{job['id']}/retry").json()["code"] == "job_not_ended"
    assert two.http.delete("jobs").json() == {"removed": 0}
    # Its rows know of it too, and its copy is not deleted under it.
    (row,) = two.http.get("instances/lake/availability", params={"did": did}).json()["items"]
    assert (row["state"], row["job_id"]) == ("replicating", job["id"])
    busy = two.http.delete("instances/lake/copies", params={"did": did})
    assert (busy.status_code, busy.json()["code"]) == (409, "copy_in_use")
    done = one.ended(job["id"])
    assert done["state"] == "done"
    wait_until(lambda: two.job(job["id"])["is_here"])
    assert two.job(job["id"])["bytes_done"] == 20_000_000
    assert two.http.delete(f"jobs/{job['id']}").status_code == 204
    assert one.http.get(f"jobs/{job['id']}").status_code == 404


def test_a_download_of_a_server_that_is_gone_is_found_by_the_other_one(
    new_server: Callable[[str], OwnServer], data: LakeData
) -> None:
    one, two = new_server("one"), new_server("two")
    job = one.download(slow_file(data))
    one.until(job["id"], is_under_way)
    one.kill()
    # It looks after others every now and then.
    two.until(job["id"], lambda job: job["state"] == "interrupted")


def test_two_servers_that_are_asked_for_the_same_leave_one_whole_copy(
    new_server: Callable[[str], OwnServer], data: LakeData, copies: Path
) -> None:
    one, two = new_server("one"), new_server("two")
    did = slow_file(data, 4_000_000)
    jobs = [(server, server.download(did)) for server in (one, two)]
    for server, job in jobs:
        assert server.ended(job["id"])["state"] == "done"
    (file,) = Path(jobs[0][1]["path"]).glob("[!.]*")
    assert file.stat().st_size == 4_000_000
    assert half_files(copies) == []
