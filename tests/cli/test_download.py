"""Somebody takes data home from a terminal."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake
from rucio_jupyterlab.paths.lfn2pfn import hash_path

from .conftest import Terminal
from .lakeside import until


@pytest.fixture
def home(alice: Terminal, lake_instance: dict[str, Any]) -> Terminal:
    """The terminal of an instance that offers downloads beside its mount."""
    alice.configure({**lake_instance, "allow_download": True})
    return alice


def test_a_dataset_and_a_file_arrive_whole_and_their_paths_are_printed(
    home: Terminal, data: LakeData
) -> None:
    files = data.files(3, size_bytes=2000)
    dataset = data.collection("dataset", files[:2])
    ended = home.datalake("download", dataset, files[2])
    assert ended.status == 0, ended.errors
    folder, file = map(Path, ended.output.splitlines())
    assert folder.is_relative_to(home.home / "rucio" / "lake" / "downloads")
    assert {path.name for path in folder.glob("[!.]*")} == {
        did.partition(":")[2] for did in files[:2]
    }
    assert file.name == files[2].partition(":")[2]
    assert file.stat().st_size == 2000
    assert "Done: 3 files, 6 kB." in ended.errors


def test_what_is_there_is_not_fetched_again(home: Terminal, data: LakeData) -> None:
    files = data.files(2, size_bytes=2000)
    dataset = data.collection("dataset", files)
    first = home.datalake("download", dataset)
    (path,) = Path(first.output.strip()).glob(files[0].partition(":")[2])
    arrived_at = path.stat().st_mtime_ns
    again = home.datalake("download", dataset, "--json")
    assert again.status == 0, again.errors
    document = again.document
    assert {item["state"] for item in document["items"]} == {"skipped"}
    assert document["paths"] == [{"did": dataset, "path": str(path.parent)}]
    assert path.stat().st_mtime_ns == arrived_at


def test_a_file_that_no_site_has_ends_with_1_and_the_reason(home: Terminal, data: LakeData) -> None:
    good, gone = data.files(1)[0], data.files(1, with_bytes=False)[0]
    ended = home.datalake("download", good, gone)
    assert ended.status == 1
    assert gone in ended.errors
    assert Path(ended.output.strip()).name == good.partition(":")[2]
    job = re.search(r"datalake status (\w+)", ended.errors)
    assert job is not None
    told = home.datalake("status", job[1])
    assert told.status == 1
    assert re.search(rf"failed +\S+ \S+ +{gone}", told.output)


@pytest.mark.parametrize(
    ("did", "status", "said"),
    [
        ("demo:no_such_thing", 1, "Rucio has no DID demo:no_such_thing"),
        ("nocolon", 2, "scope:name"),
    ],
)
def test_what_is_not_there(home: Terminal, did: str, status: int, said: str) -> None:
    ended = home.datalake("download", did)
    assert ended.status == status
    assert said in ended.errors
    assert ended.output == ""


def test_where_downloads_are_not_offered_it_says_so(alice: Terminal, lake: Lake) -> None:
    ended = alice.datalake("download", lake.examples["dimuon_dataset"])
    assert ended.status == 2
    assert "does not offer downloads" in ended.errors


def test_ctrl_c_leaves_no_half_file(home: Terminal, data: LakeData, lake: Lake) -> None:
    (did,) = data.files(1, with_bytes=False, size_bytes=1, begin="cut")
    place = Path(lake.rses["CNAF-DISK"]["storage_path"]) / hash_path(*did.split(":", 1))
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as file:
        file.truncate(2_000_000_000)
    folder = home.home / "rucio"

    def some() -> list[Path]:
        return [path for path in folder.rglob(f"*{place.name}*") if path.is_file()]

    with home.begun("download", did) as process:
        until(lambda: "running" in home.datalake("status").output)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    place.unlink()
    assert process.returncode == 130, errors
    assert "Cancelled" in errors
    assert output == ""
    assert not some()
