"""Download mode: files, datasets and containers to the user's own disk."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Api, at
from .jobs import ended, log_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "rucio"


@pytest.fixture
def copies(folder: Path) -> Path:
    """Where the instance's local copies go."""
    return folder / "lake" / "downloads"


@pytest.fixture
def instances(lake_instance: dict[str, Any]) -> list[dict[str, Any]]:
    kept = {
        key: value
        for key, value in lake_instance.items()
        if key not in ("destination_rse", "rse_mount_path")
    }
    return [kept | {"mode": "download"}]


@pytest.fixture
def jp_server_config(instances: list[dict[str, Any]], folder: Path) -> dict[str, Any]:
    return {
        "ServerApp": {"jpserver_extensions": {"rucio_jupyterlab": True}},
        "RucioConfig": {
            "instances": instances,
            "default_instance": "lake",
            "download_folder": str(folder),
        },
    }


async def availability(api: Api, did: str) -> dict[str, Any]:
    (found,) = (await api.get(at("availability"), did=did)).items
    return dict(found)


async def download(api: Api, *dids: str, **more: Any) -> dict[str, Any]:
    answer = await api.post(at("downloads"), {"dids": list(dids), **more})
    assert answer.status == 202, answer.body
    return await ended(api, answer.body["job"]["id"])


async def test_a_dataset_is_downloaded_whole_and_read_back(
    alice: Api, data: LakeData, copies: Path
) -> None:
    files = data.files(5, size_bytes=3000)
    dataset = data.collection("dataset", files)
    before = await availability(alice, dataset)
    assert (before["state"], before["files_total"], before["local"]) == ("not_available", 5, None)

    answer = await alice.post(at("availability"), {"did": dataset})
    assert answer.status == 202
    assert answer.body["state"] == "replicating"
    job = await ended(alice, answer.body["job_id"])

    assert (job["state"], job["error"]) == ("done", None)
    assert (job["files_done"], job["files_total"], job["bytes_done"]) == (5, 5, 15_000)
    place = copies / dataset.replace(":", "/")
    assert job["path"] == str(place)
    assert sorted(path.name for path in place.glob("[!.]*")) == sorted(
        file.partition(":")[2] for file in files
    )
    assert all(path.stat().st_size == 3000 for path in place.glob("[!.]*"))
    after = await availability(alice, dataset)
    assert (after["state"], after["files_available"], after["job_id"]) == ("available", 5, None)
    assert after["local"]["is_complete"]
    # Its files are here too, each with its path.
    file = await availability(alice, files[0])
    assert (file["state"], Path(file["path"]).parent) == ("available", place)
    # Nothing is left of what was half.
    assert list((copies / ".parts").iterdir()) == []


async def test_what_is_here_is_not_fetched_again(alice: Api, data: LakeData, copies: Path) -> None:
    files = data.files(3)
    dataset = data.collection("dataset", files)
    await download(alice, dataset)
    place = copies / dataset.replace(":", "/")
    names = sorted(path.name for path in place.glob("[!.]*"))
    before = {name: (place / name).stat().st_ino for name in names}
    (place / names[0]).unlink()
    (place / names[1]).write_bytes(b"x" * 1000)  # as long as before, and something else
    job = await download(alice, dataset)
    assert job["state"] == "done"
    states = {Path(item["path"]).name: item["state"] for item in job["items"]}
    assert [states[name] for name in names] == ["done", "done", "skipped"]
    assert (place / names[2]).stat().st_ino == before[names[2]]
    # What somebody has changed is not lost.
    (kept,) = place.glob("*.changed-*")
    assert kept.read_bytes() == b"x" * 1000


async def test_a_file_that_another_copy_has_costs_nothing(
    alice: Api, data: LakeData, copies: Path
) -> None:
    files = data.files(2)
    dataset = data.collection("dataset", files)
    await download(alice, dataset)
    job = await download(alice, files[0])
    assert [item["state"] for item in job["items"]] == ["skipped"]
    path = Path((await availability(alice, files[0]))["path"])
    assert path.stat().st_nlink == 2


async def test_some_files_of_a_dataset_go_into_its_folder(
    alice: Api, data: LakeData, copies: Path
) -> None:
    files = data.files(4)
    dataset = data.collection("dataset", files)
    job = await download(alice, files[0], files[1], parent=dataset)
    assert job["state"] == "done"
    place = copies / dataset.replace(":", "/")
    assert len(list(place.glob("[!.]*"))) == 2
    partly = await availability(alice, dataset)
    assert (partly["state"], partly["files_available"], partly["files_total"]) == ("partial", 2, 4)
    assert partly["message"] == "2 of 4 files are on this computer."
    assert (await availability(alice, files[2]))["state"] == "not_available"

    refused = await alice.post(at("downloads"), {"dids": [dataset], "parent": dataset})
    assert (refused.status, refused.body["code"]) == (422, "not_a_file")


async def test_a_container_brings_all_below_it(alice: Api, data: LakeData) -> None:
    files = data.files(4)
    datasets = [
        data.collection("dataset", files[:2]),
        # The same file in two datasets is fetched once.
        data.collection("dataset", files[1:]),
    ]
    container = data.collection("container", datasets)
    job = await download(alice, container)
    assert (job["state"], job["files_total"]) == ("done", 4)
    whole = await availability(alice, container)
    assert (whole["state"], whole["files_available"]) == ("available", 4)


async def test_a_dataset_that_has_grown_since_is_not_called_complete(
    alice: Api, data: LakeData
) -> None:
    files = data.files(3)
    dataset = data.collection("dataset", files[:2], is_open=True)
    await download(alice, dataset)
    assert (await availability(alice, dataset))["state"] == "available"
    data.attach(dataset, files[2:])
    grown = await availability(alice, dataset)
    assert grown["state"] == "partial"
    assert "has changed in Rucio" in grown["message"]
    assert (await download(alice, dataset))["files_done"] == 3
    assert (await availability(alice, dataset))["state"] == "available"


async def test_names_that_break_careless_code_are_kept_in_their_folders(
    alice: Api, lake: Lake, copies: Path
) -> None:
    job = await download(alice, lake.examples["difficult_dataset"])
    # Rucio's own client takes what follows a “#” in a file:// address for no part of the path.
    assert [item["did"] for item in job["items"] if item["error"]] == ["demo:run#7.csv"]
    for item in job["items"]:
        path = Path(item["path"])
        assert path.is_file() is (item["state"] == "done")
        assert path.parent.parent.parent == copies
    escaping = await download(alice, lake.examples["escaping"])
    assert all(Path(item["path"]).is_relative_to(copies) for item in escaping["items"])
    cms = await download(alice, lake.examples["cms_dataset"])
    assert cms["state"] == "done"
    assert Path(cms["path"]).parent == copies / "cms"


async def test_a_damaged_file_is_not_kept_and_the_others_are(
    alice: Api, data: LakeData, lake: Lake
) -> None:
    good, bad = data.files(1), data.files(1)
    name = bad[0].partition(":")[2]
    (path,) = Path(lake.rses["CNAF-DISK"]["storage_path"]).rglob(name)
    path.write_bytes(b"y" * 1000)
    dataset = data.collection("dataset", [*good, *bad])
    job = await download(alice, dataset)
    assert (job["state"], job["files_done"], job["files_failed"]) == ("failed", 1, 1)
    assert job["error"]["code"] == "files_failed"
    failed, done = job["items"]
    assert (failed["did"], failed["error"]["code"]) == (bad[0], "checksum_mismatch")
    assert done["state"] == "done"
    assert not Path(failed["path"]).exists()
    assert (await availability(alice, dataset))["state"] == "partial"
    assert "checksum" in (await log_of(alice, job["id"])).lower()


async def test_a_file_that_no_storage_has_says_so(alice: Api, data: LakeData) -> None:
    (missing,) = data.files(1, with_bytes=False)
    job = await download(alice, missing)
    assert job["state"] == "failed"
    assert job["items"][0]["error"]["code"] == "download_failed"
    assert "CNAF-DISK" in job["items"][0]["error"]["message"]


async def test_two_clicks_are_one_download(alice: Api, data: LakeData, lake: Lake) -> None:
    dataset = data.collection("dataset", data.files(3))
    first, second = await asyncio.gather(
        alice.post(at("downloads"), {"dids": [dataset]}),
        alice.post(at("downloads"), {"dids": [dataset]}),
    )
    assert first.body["job"]["id"] == second.body["job"]["id"]
    assert first.headers["Location"].endswith(f"rucio-jupyterlab/jobs/{first.body['job']['id']}")
    await ended(alice, first.body["job"]["id"])
    keyed = {"dids": [dataset], "idempotency_key": "a-click"}
    third = await alice.post(at("downloads"), keyed)
    await ended(alice, third.body["job"]["id"])
    assert (await alice.post(at("downloads"), keyed)).body["job"]["id"] == third.body["job"]["id"]


async def test_a_local_copy_is_listed_and_deleted(alice: Api, data: LakeData, copies: Path) -> None:
    dataset = data.collection("dataset", data.files(2))
    await download(alice, dataset)
    (copy,) = (await alice.get(at("copies"))).items
    assert (copy["did"], copy["files"], copy["bytes"]) == (dataset, 2, 2000)
    assert (copy["is_complete"], copy["is_legacy"]) == (True, False)
    answer = await alice.delete(at("copies"), did=dataset)
    assert (answer.status, answer.body) == (200, {"freed_bytes": 2000})
    assert not Path(copy["path"]).exists()
    assert (await alice.get(at("copies"))).items == []
    again = await alice.delete(at("copies"), did=dataset)
    assert (again.status, again.body["code"]) == (404, "no_copy")
    ended_ = await alice.delete(at("availability"), did=dataset)
    assert (ended_.status, ended_.body["code"]) == (404, "no_copy")


async def test_a_copy_of_the_previous_extension_is_used(
    alice: Api, data: LakeData, copies: Path
) -> None:
    files = data.files(2)
    dataset = data.collection("dataset", files)
    name = base64.b32encode(dataset.encode()).decode().lower().rstrip("=")
    old = copies / name
    old.mkdir(parents=True)
    paths = {file: str(old / file.partition(":")[2]) for file in files}
    for path in paths.values():
        Path(path).write_bytes(os.urandom(1000))
    (old / ".donefile").write_text(json.dumps({"paths": paths}))

    found = await availability(alice, dataset)
    assert (found["state"], found["files_available"]) == ("available", 2)
    assert (await availability(alice, files[0]))["path"] == paths[files[0]]
    answer = await alice.post(at("availability"), {"did": dataset})
    assert (answer.body["state"], answer.body["job_id"]) == ("available", None)
    (copy,) = (await alice.get(at("copies"))).items
    assert (copy["did"], copy["is_legacy"]) == (dataset, True)
    resolved = await alice.post(
        at("attachments"), {"items": [{"did": dataset, "variable_name": "x"}]}
    )
    (variable,) = resolved.items
    assert sorted(item["path"] for item in variable["items"]) == sorted(paths.values())

    Path(paths[files[0]]).unlink()
    assert (await availability(alice, dataset))["state"] == "not_available"


async def test_a_downloaded_dataset_becomes_a_variable(alice: Api, data: LakeData) -> None:
    files = data.files(3)
    dataset = data.collection("dataset", files)
    await download(alice, dataset)
    resolved = await alice.post(
        at("attachments"),
        {
            "items": [
                {"did": dataset, "variable_name": "many"},
                {"did": files[0], "variable_name": "one"},
            ]
        },
    )
    many, one = resolved.items
    assert (many["state"], many["count"]) == ("available", 3)
    assert {item["did"] for item in many["items"]} == set(files)
    assert all(Path(item["path"]).is_file() for item in many["items"])
    assert one["items"][0]["path"] in {item["path"] for item in many["items"]}


async def test_of_a_copy_that_lacks_files_the_others_can_be_used(
    alice: Api, data: LakeData
) -> None:
    files = data.files(3)
    dataset = data.collection("dataset", files)
    await download(alice, dataset)
    wanted = {"items": [{"did": dataset, "variable_name": "x"}]}
    (whole,) = (await alice.post(at("attachments"), wanted)).items
    paths = {item["did"]: Path(item["path"]) for item in whole["items"]}
    paths[files[0]].unlink()
    paths[files[1]].write_bytes(b"not what it was")

    (part,) = (await alice.post(at("attachments"), wanted)).items

    assert (part["state"], part["count"], part["available_count"]) == ("partial", 3, 1)
    assert "1 of 3 files are on this computer." in part["message"]
    items = {item["did"]: item for item in part["items"]}
    assert items[files[2]]["path"] == str(paths[files[2]])
    assert items[files[0]]["message"] == "It is not on this computer."
    assert "was changed" in items[files[1]]["message"]
    assert (items[files[0]]["path"], items[files[1]]["path"]) == (None, None)


async def test_the_plan_tells_size_and_room(alice: Api, data: LakeData, folder: Path) -> None:
    dataset = data.collection("dataset", data.files(3, size_bytes=2000))
    plan = (await alice.get(at("availability/plan"), did=dataset)).body
    assert (plan["files"], plan["bytes"]) == (3, 6000)
    (place,) = plan["places"]
    assert (place["rse"], place["files_missing"], place["bytes_missing"]) == (None, 3, 6000)
    assert place["bytes_left"] > 0
    assert place["mount_path"].startswith(str(folder))
    assert [source["rse"] for source in plan["sources"]] == ["CNAF-DISK"]


async def test_too_little_room_is_said_before_anything_moves(alice: Api, data: LakeData) -> None:
    job = await download(alice, data.claimed(10**16))
    assert (job["state"], job["error"]["code"]) == ("failed", "no_space")
    assert "are to come" in job["error"]["message"]


async def test_what_cannot_be_downloaded_is_said(alice: Api, lake: Lake) -> None:
    unknown = await alice.post(at("downloads"), {"dids": ["demo:nothing_of_this_name"]})
    assert (unknown.status, unknown.body["code"]) == (404, "unknown_did")
    for body in (
        {},
        {"dids": []},
        {"dids": "demo:x"},
        {"dids": ["../../etc/passwd"]},
        {"dids": ["demo:x"], "parent": "../"},
        {"dids": ["demo:x"], "idempotency_key": "k" * 201},
    ):
        answer = await alice.post(at("downloads"), body)
        assert answer.status == 400, body
        assert answer.body["message"]
    empty = await download(alice, lake.examples["empty"])
    assert (empty["state"], empty["files_total"]) == ("done", 0)


async def test_who_is_signed_out_gets_the_reason(api: Api, lake: Lake) -> None:
    answer = await api.post(at("downloads"), {"dids": [lake.examples["dimuon_file"]]})
    assert (answer.status, answer.body["code"]) == (401, "not_authenticated")
