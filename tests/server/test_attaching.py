"""From attached DIDs to the paths that a kernel opens."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake
from rucio_jupyterlab.services import partly

from .conftest import Api, at


async def resolve(api: Api, **wanted: str) -> dict[str, dict[str, Any]]:
    items = [{"did": did, "variable_name": name} for name, did in wanted.items()]
    answer = await api.post(at("attachments"), {"items": items, "notebook": "work/x.ipynb"})
    assert answer.status == 200, answer.body
    assert [item["variable_name"] for item in answer.items] == list(wanted)
    return {item["variable_name"]: item for item in answer.items}


async def test_a_file_becomes_a_path_that_holds_its_bytes(alice: Api, lake: Lake) -> None:
    found = await resolve(alice, constants=lake.examples["file_at_destination"])
    (file,) = found["constants"]["items"]
    assert found["constants"]["type"] == "file"
    assert found["constants"]["count"] == 1
    assert Path(file["path"]).stat().st_size == file["size"]
    assert file["pfn"].endswith("/calibration_constants.csv")


async def test_a_dataset_becomes_the_paths_of_its_files(alice: Api, lake: Lake) -> None:
    dataset = lake.examples["available_dataset"]
    found = await resolve(alice, electrons=dataset)
    names = [row["did"] for row in (await alice.get(at("did/content"), did=dataset)).items]
    assert sorted(file["did"] for file in found["electrons"]["items"]) == sorted(names)
    for file in found["electrons"]["items"]:
        assert Path(file["path"]).stat().st_size == file["size"]


async def test_one_that_is_gone_or_not_here_does_not_keep_the_others_back(
    alice: Api, lake: Lake, data: LakeData
) -> None:
    files = [*data.files(1, rse="EULAKE-1"), *data.files(1)]
    found = await resolve(
        alice,
        gone="demo:gone",
        part=data.collection("dataset", files),
        empty=lake.examples["empty"],
        there=lake.examples["available_dataset"],
        file=files[1],
    )
    states = {name: item["state"] for name, item in found.items()}
    assert states == {
        "gone": "unknown",
        "part": "partial",
        "empty": "empty",
        "there": "available",
        "file": "not_available",
    }
    for name, item in found.items():
        assert (item["items"] is None) == (name not in ("there", "part"))
    assert "demo:gone" in found["gone"]["message"]


async def test_of_a_dataset_that_is_partly_here_all_files_come_and_say_whether_they_are(
    alice: Api, data: LakeData
) -> None:
    files = [*data.files(2, rse="EULAKE-1"), *data.files(1)]
    found = await resolve(alice, part=data.collection("dataset", files))

    part = found["part"]
    assert (part["state"], part["count"], part["available_count"]) == ("partial", 3, 2)
    assert "2 of 3 files are at EULAKE-1" in part["message"]
    items = {item["did"]: item for item in part["items"]}
    assert set(items) == set(files)
    for did in files[:2]:
        assert Path(items[did]["path"]).stat().st_size == items[did]["size"]
        assert "message" not in items[did]
    assert items[files[2]]["path"] is None
    assert items[files[2]]["message"] == "It is not at EULAKE-1."
    assert items[files[2]]["size"] == 1000


async def test_while_a_dataset_arrives_what_has_arrived_can_be_used(
    alice: Api, lake: Lake, data: LakeData
) -> None:
    """Said by the locks of its rule, also for a container with more in it."""
    here, coming, other = data.files(2, rse="EULAKE-1"), data.files(2), data.files(1)
    dataset = data.collection("dataset", [*here, *coming])
    container = data.collection("container", [dataset, data.collection("dataset", other)])
    with lake.transfers(may_finish=0):
        rule = data.rule(container, "EULAKE-1")
        found = await resolve(alice, dataset=dataset, container=container)
        data.end_rule(rule)
    for name, count in (("dataset", 4), ("container", 5)):
        item = found[name]
        assert (item["state"], item["count"]) == ("replicating", count)
        assert item["available_count"] == 2
        paths = {file["did"]: file["path"] for file in item["items"]}
        assert {did for did, path in paths.items() if path} == set(here)
        why = {file["message"] for file in item["items"] if not file["path"]}
        assert why == {"It is on its way to EULAKE-1."}


async def test_of_a_very_large_dataset_it_is_told_where_each_file_would_be(
    alice: Api, data: LakeData, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made very large by a smaller limit."""
    monkeypatch.setattr(partly, "MOST_LOCKS", 2)
    monkeypatch.setattr(partly, "MOST_REPLICAS", 1)
    here, coming = data.files(2, rse="EULAKE-1"), data.files(1)
    dataset = data.collection("dataset", [*here, *coming])
    with lake.transfers(may_finish=0):
        data.rule(dataset, "EULAKE-1")
        part = (await resolve(alice, part=dataset))["part"]
    assert (part["state"], part["count"], part["available_count"]) == ("replicating", 3, None)
    assert "Some of 3 files are at EULAKE-1." in part["message"]
    items = {item["did"]: item for item in part["items"]}
    assert [item["path"] for item in part["items"]] == [None] * 3
    for did in here:
        assert Path(items[did]["expected"]).stat().st_size == items[did]["size"]
    assert not Path(items[coming[0]]["expected"]).exists()


async def test_of_a_large_dataset_that_is_partly_here_the_list_goes_by_a_file(
    alice: Api, data: LakeData
) -> None:
    files = [*data.files(1, rse="EULAKE-1"), *data.files(1000, size_bytes=10)]
    found = await resolve(alice, part=data.collection("dataset", files))
    manifest = found["part"]["manifest"]
    assert (manifest["count"], manifest["available"]) == (1001, 1)
    lines = [json.loads(line) for line in Path(manifest["path"]).read_text().splitlines()]
    assert [line["did"] for line in lines if line["path"]] == files[:1]


async def test_a_large_collection_goes_by_a_file_and_not_through_the_browser(
    alice: Api, data: LakeData, jp_runtime_dir: Path
) -> None:
    did = data.collection("dataset", data.files(1001, rse="EULAKE-1", size_bytes=10))
    found = await resolve(alice, many=did)
    item = found["many"]
    assert (item["state"], item["count"], item["items"]) == ("available", 1001, None)
    assert item["manifest"]["count"] == 1001
    assert item["manifest"]["format"] == "jsonl"

    manifest = Path(item["manifest"]["path"])
    assert manifest.is_relative_to(jp_runtime_dir)
    assert stat.S_IMODE(manifest.stat().st_mode) == 0o600
    assert stat.S_IMODE(manifest.parent.stat().st_mode) == 0o700
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    assert len({line["did"] for line in lines}) == 1001
    # In this order, and with nothing between: a bash has no JSON to read them with.
    assert manifest.read_text().startswith('{"path":"/')
    assert list(lines[0]) == ["path", "pfn", "did", "size"]
    for line in (lines[0], lines[500], lines[-1]):
        assert Path(line["path"]).stat().st_size == line["size"] == 10

    # A kernel that does not see this disk gets it in pages.
    identity = item["manifest"]["id"]
    pages = [
        (await alice.get(at("attachments/files"), manifest=identity, offset=offset, limit=400)).body
        for offset in (0, 400, 800, 1200, 500)
    ]
    assert [page["count"] for page in pages] == [400, 400, 201, 0, 400]
    assert [file for page in pages[:3] for file in page["items"]] == lines
    assert pages[-1]["items"] == lines[500:900]

    # The same collection again is the same list, not one more file on the disk.
    again = await resolve(alice, many=did)
    assert again["many"]["manifest"] == item["manifest"]
    assert [path.suffix for path in manifest.parent.iterdir()] == [".jsonl"]


@pytest.mark.parametrize("identity", ["0" * 64, "../jpserver-1", "x.jsonl", "/etc/passwd"])
async def test_a_page_of_no_list_of_ours(alice: Api, identity: str) -> None:
    answer = await alice.get(at("attachments/files"), manifest=identity)
    assert (answer.status, answer.body["code"]) == (404, "no_manifest")


async def test_a_kernel_that_gets_no_variables_reads_the_same_from_a_file(
    alice: Api, lake: Lake
) -> None:
    items = [{"did": lake.examples["file_at_destination"], "variable_name": "constants"}]
    answer = await alice.post(at("attachments"), {"items": items, "file": True})
    assert answer.status == 200, answer.body
    (item,) = answer.items
    path = Path(item.pop("file"))
    assert json.loads(path.read_text()) == item
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    (without,) = (await alice.post(at("attachments"), {"items": items})).items
    assert "file" not in without


async def test_what_rucio_believes_to_be_there_but_is_not(alice: Api, data: LakeData) -> None:
    files = data.files(2, rse="EULAKE-1", with_bytes=False)
    found = await resolve(alice, lost=data.collection("dataset", files), one=files[0])
    for item in found.values():
        assert item["state"] == "unknown"
        assert "does not exist" in item["message"]
        assert item["items"] is None


@pytest.mark.parametrize("name", ["1st", "a b", "", "a;import os", "$(id)", None, 7])
async def test_a_name_that_cannot_be_a_variable(alice: Api, name: object) -> None:
    items = [{"did": "demo:dimuon_2021", "variable_name": name}]
    answer = await alice.post(at("attachments"), {"items": items})
    assert answer.status == 400
    assert answer.body["code"] == "invalid_variable_name"
    assert answer.body["hint"]


@pytest.mark.parametrize("name", ["lambda", "my.data", "$events", "données"])
async def test_a_name_of_another_language(alice: Api, lake: Lake, name: str) -> None:
    found = await resolve(alice, **{name: lake.examples["file_at_destination"]})
    assert found[name]["state"] == "available"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_argument"),
        ({"items": {}}, "invalid_argument"),
        ({"items": ["x"]}, "invalid_argument"),
        ({"items": [{"did": 3, "variable_name": "x"}]}, "invalid_argument"),
        ({"items": [{"did": "x", "variable_name": "x"}]}, "invalid_did"),
        ({"items": [{"did": "a:b", "variable_name": "x"}] * 2}, "duplicate_variable_name"),
        ({"items": [], "notebook": 7}, "invalid_argument"),
        ({"items": [], "kernel": "x"}, "bad_request"),
    ],
)
async def test_a_malformed_request(alice: Api, body: Any, code: str) -> None:
    answer = await alice.post(at("attachments"), body)
    assert (answer.status, answer.body["code"]) == (400, code)


class TestWithoutDeterminism:
    """A destination that does not compute its paths from names: Rucio lists them."""

    @pytest.fixture
    def instances(self, lake: Lake, lake_instance: dict[str, Any]) -> list[dict[str, Any]]:
        scratch = lake.connection["scratch"]
        return [
            {
                **lake_instance,
                "destination_rse": scratch,
                "rse_mount_path": lake.rses[scratch]["mount_path"],
            }
        ]

    async def test_paths_come_from_the_replicas(
        self, alice: Api, lake: Lake, data: LakeData
    ) -> None:
        files = data.files(3, rse=lake.connection["scratch"])
        did = data.collection("dataset", files)
        found = await resolve(alice, scratch=did)
        assert found["scratch"]["count"] == 3
        for file in found["scratch"]["items"]:
            assert Path(file["path"]).stat().st_size == file["size"]
        # Where they lie is not known before they are there.
        listed = (await alice.get(at("did/files"), did=did)).items
        assert [row["path"] for row in listed] == [None, None, None]

    async def test_so_do_those_of_a_dataset_that_is_partly_there(
        self, alice: Api, lake: Lake, data: LakeData
    ) -> None:
        here, elsewhere = data.files(2, rse=lake.connection["scratch"]), data.files(1)
        part = (await resolve(alice, part=data.collection("dataset", [*here, *elsewhere])))["part"]
        assert (part["state"], part["count"], part["available_count"]) == ("partial", 3, 2)
        paths = {file["did"]: file["path"] for file in part["items"]}
        assert [Path(paths[did]).stat().st_size for did in here] == [1000, 1000]
        assert paths[elsewhere[0]] is None
