"""Making data available, and watching it come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Api, at
from .contract import Contract

EVENT = "https://rucio.github.io/jupyterlab/availability/v1"


async def availability(api: Api, *dids: str) -> list[dict[str, Any]]:
    answer = await api.get(at("availability"), did=list(dids))
    assert answer.status == 200, answer.body
    return answer.items


async def until(api: Api, did: str, state: str, limit_s: float = 120) -> dict[str, Any]:
    """Asks until the DID has come to that state."""
    seen = None
    for _ in range(int(limit_s * 4)):
        (seen,) = await availability(api, did)
        if seen["state"] == state:
            return seen
        await asyncio.sleep(0.25)
    raise AssertionError(f"{did} is {seen}")


async def test_many_dids_in_one_question_in_the_order_asked(
    alice: Api, lake: Lake, data: LakeData
) -> None:
    examples = lake.examples
    (new_file,) = data.files(1)
    wanted = {
        examples["available_dataset"]: ("dataset", "available"),
        "demo:gone": (None, "unknown"),
        examples["empty"]: ("dataset", "empty"),
        examples["file_at_destination"]: ("file", "available"),
        examples["empty_container"]: ("container", "empty"),
        new_file: ("file", "not_available"),
    }
    items = await availability(alice, *wanted)
    assert [item["did"] for item in items] == list(wanted)
    assert {item["did"]: (item["type"], item["state"]) for item in items} == wanted
    for item in items:
        if item["state"] in ("unknown", "empty"):
            assert item["message"]


async def test_an_available_dataset_says_how_much_there_is_and_which_rule_keeps_it(
    alice: Api, lake: Lake
) -> None:
    (item,) = await availability(alice, lake.examples["available_dataset"])
    assert item["files_total"] == item["files_available"] == 4
    assert item["bytes_total"] == item["bytes_available"] > 0
    assert item["rse"] == "EULAKE-1"
    assert item["rule"]["state"] == "OK"
    assert item["rule"]["via"] is None
    assert item["rule"]["url"].startswith("https://rucio.example.org/ui/rule?rule_id=")


async def test_a_file_is_held_by_the_rule_on_its_dataset(alice: Api, lake: Lake) -> None:
    dataset = lake.examples["available_dataset"]
    (child, *_) = (await alice.get(at("did/content"), did=dataset)).items
    (item,) = await availability(alice, child["did"])
    assert item["state"] == "available"
    assert item["rule"]["via"] == dataset
    assert Path(item["path"]).stat().st_size == child["size"]


async def test_part_of_a_dataset_that_no_rule_brought_here_is_counted(
    alice: Api, data: LakeData
) -> None:
    files = [*data.files(1, rse="EULAKE-1"), *data.files(2)]
    (item,) = await availability(alice, data.collection("dataset", files))
    assert item["state"] == "partial"
    assert (item["files_available"], item["files_total"]) == (1, 3)
    assert (item["bytes_available"], item["bytes_total"]) == (1000, 3000)
    assert item["rule"] is None


async def test_a_container_sums_up_what_is_below(alice: Api, lake: Lake, data: LakeData) -> None:
    new = data.collection("dataset", data.files(3))
    there = data.collection("container", [lake.examples["available_dataset"]])
    coming = data.collection("container", [new])
    (item,) = await availability(alice, data.collection("container", [there, coming]))
    assert item["state"] == "partial"
    assert (item["files_available"], item["files_total"]) == (4, 7)


async def test_an_open_dataset_is_counted_as_it_is_now(alice: Api, data: LakeData) -> None:
    did = data.collection("dataset", data.files(2), is_open=True)
    (item,) = await availability(alice, did)
    assert (item["state"], item["files_total"]) == ("not_available", 2)


async def test_made_available_means_that_the_bytes_have_come(
    alice: Api, lake: Lake, data: LakeData
) -> None:
    did = data.collection("dataset", data.files(2))
    with lake.transfers(delay_s=1.0):
        answer = await alice.post(at("availability"), {"did": did})
        assert answer.status == 202
        assert answer.body["state"] == "replicating"
        assert (answer.body["files_available"], answer.body["files_total"]) == (0, 2)
        rule = answer.body["rule"]
        assert rule["account"] == "alice"
        assert rule["expires_at"] is not None

        # A file of it is on its way too, though the rule is on the dataset.
        (child, *_) = (await alice.get(at("did/content"), did=did)).items
        (item,) = await availability(alice, child["did"])
        assert item["state"] == "replicating"
        assert item["rule"]["via"] == did

        # Asking again is no error, and makes no second rule.
        again = await alice.post(at("availability"), {"did": did})
        assert again.status == 202
        assert again.body["rule"]["id"] == rule["id"]

        done = await until(alice, did, "available")
    assert done["files_available"] == 2
    for file in (await alice.get(at("did/files"), did=did)).items:
        assert Path(file["path"]).stat().st_size == file["size"]


async def test_what_cannot_come_is_stuck_and_says_why(alice: Api, data: LakeData) -> None:
    (broken,) = data.files(1, with_bytes=False)
    did = data.collection("dataset", [broken])
    assert (await alice.post(at("availability"), {"did": did})).status == 202
    item = await until(alice, did, "stuck")
    assert item["files_stuck"] == 1
    assert item["message"].startswith("The last attempt failed: ")
    assert "No such file" in item["message"]
    assert "RequestErrMsg" not in item["message"]
    (file,) = await availability(alice, broken)
    assert file["state"] == "stuck"
    assert "No such file" in file["message"]


async def test_the_browser_is_told_while_it_comes(
    alice: Api,
    lake: Lake,
    data: LakeData,
    jp_ws_fetch: Callable[..., Any],
    contract: Contract,
) -> None:
    did = data.collection("dataset", data.files(8))
    socket = await jp_ws_fetch("api", "events", "subscribe")
    told = []
    try:
        with lake.transfers(delay_s=0.5, max_active=2):
            answer = await alice.post(at("availability"), {"did": did, "lifetime_days": 1})
            assert answer.status == 202, answer.body
            while not told or told[-1]["state"] != "available":
                message = json.loads(await asyncio.wait_for(socket.read_message(), 40))
                if message["schema_id"] == EVENT and message["did"] == did:
                    told.append(message)
    finally:
        socket.close()
    assert told[-1]["instance"] == "lake"
    assert told[-1]["files_available"] == told[-1]["files_total"] == 8
    counts = [event["files_available"] for event in told]
    assert counts == sorted(counts)
    for event in told:
        shape = {key: value for key, value in event.items() if key not in ("schema_id", "instance")}
        contract.validate(shape, {"$ref": "#/components/schemas/Availability"})


async def test_a_rule_on_a_container_holds_its_datasets(
    alice: Api, lake: Lake, data: LakeData
) -> None:
    datasets = [data.collection("dataset", data.files(count)) for count in (1, 2)]
    container = data.collection("container", datasets)
    assert (await availability(alice, container))[0]["state"] == "not_available"
    with lake.transfers(delay_s=1.0):
        assert (await alice.post(at("availability"), {"did": container})).status == 202
        whole, *parts = await availability(alice, container, *datasets)
        assert (whole["state"], whole["files_total"]) == ("replicating", 3)
        for part in parts:
            assert part["state"] == "replicating"
            assert part["rule"]["via"] == container
        done = await until(alice, container, "available")
    assert done["files_available"] == 3
    for part, count in zip(await availability(alice, *datasets), (1, 2), strict=True):
        assert (part["state"], part["files_available"]) == ("available", count)


async def test_difficult_names_can_be_made_available_too(alice: Api, lake: Lake) -> None:
    did = lake.examples["difficult_dataset"]
    assert (await alice.post(at("availability"), {"did": did})).status == 202
    await until(alice, did, "available")
    files = [row["did"] for row in (await alice.get(at("did/content"), did=did)).items]
    for item in await availability(alice, *files):
        assert item["state"] == "available", item
        assert Path(item["path"]).is_file()


async def test_rucio_may_refuse_to_end_a_rule_and_that_is_said(alice: Api, lake: Lake) -> None:
    did = lake.examples["csv"]
    assert (await alice.post(at("availability"), {"did": did})).status == 202
    # Rucio's generic policy lets nobody but its administrators end rules.
    answer = await alice.delete(at("availability"), did=did)
    assert answer.status == 403
    assert answer.body["rucio"]["exception_class"] == "AccessDenied"
    assert "Traceback" not in answer.body["message"]


async def test_a_rule_that_is_about_to_end_is_not_taken_for_a_lasting_copy(
    alice: Api, data: LakeData
) -> None:
    did = data.collection("dataset", data.files(1))
    first = await alice.post(at("availability"), {"did": did})
    assert first.body["message"] is None
    data.end_rule(first.body["rule"]["id"])

    # Rucio's generic policy lets nobody but its administrators change rules.
    again = await alice.post(at("availability"), {"did": did})
    assert again.status == 202
    assert hours_left(again.body["rule"]) < 2
    assert "ends on" in again.body["message"]
    assert "does not let it be extended" in again.body["message"]


async def test_a_rule_that_is_about_to_end_is_extended_where_rucio_allows_it(
    api: Api, lake: Lake, data: LakeData
) -> None:
    root = {"type": "userpass", "params": lake.accounts["root"]}
    assert (await api.put(at("credentials"), root)).status == 200
    did = data.collection("dataset", data.files(1))
    assert (await api.post(at("availability"), {"did": did})).status == 202
    ended = await api.delete(at("availability"), did=did)
    assert hours_left(ended.body["rule"]) < 2

    again = await api.post(at("availability"), {"did": did, "lifetime_days": 3})
    assert again.body["message"] is None
    assert 71 < hours_left(again.body["rule"]) <= 72


def hours_left(rule: dict[str, Any]) -> float:
    left = datetime.fromisoformat(rule["expires_at"]) - datetime.now(timezone.utc)
    return left.total_seconds() / 3600


async def test_there_is_no_rule_of_ours_to_end(alice: Api, lake: Lake) -> None:
    answer = await alice.delete(at("availability"), did=lake.examples["alice_file"])
    assert answer.status == 404
    assert answer.body["code"] == "no_rule"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid_argument"),
        ({"did": "nonsense"}, 400, "invalid_did"),
        ({"did": "demo:gone"}, 404, "unknown_did"),
        ({"did": "demo:dimuon_2021", "rse": "CNAF-DISK"}, 400, "not_a_destination"),
        ({"did": "demo:dimuon_2021", "lifetime_days": 0}, 400, "invalid_argument"),
        ({"did": "demo:dimuon_2021", "lifetime_days": "7"}, 400, "invalid_argument"),
        ({"did": "demo:dimuon_2021", "lifetime_days": True}, 400, "invalid_argument"),
        ({"did": "demo:dimuon_2021", "lifetime": 3}, 400, "bad_request"),
    ],
)
async def test_what_cannot_be_made_available(
    alice: Api, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await alice.post(at("availability"), body)
    assert (answer.status, answer.body["code"]) == (status, code)


async def test_questions_about_nothing_or_nonsense(alice: Api) -> None:
    assert (await alice.get(at("availability"))).body["code"] == "missing_argument"
    assert (await alice.get(at("availability"), did="nonsense")).body["code"] == "invalid_did"
    many = await alice.get(at("availability"), did=["demo:x"] * 501)
    assert many.status == 400


class TestRefusals:
    """Destinations where this account may not write, or too little."""

    @pytest.fixture
    def instances(self, lake: Lake, lake_instance: dict[str, Any]) -> list[dict[str, Any]]:
        mount = lake_instance["rse_mount_path"]
        places = [{"rse": rse, "mount_path": mount} for rse in ("PIC-DISK", "TINY-DISK")]
        one = {
            key: value
            for key, value in lake_instance.items()
            if key not in ("destination_rse", "rse_mount_path")
        }
        unknown = {**lake_instance, "name": "typo", "destination_rse": "EULAKE-9"}
        return [{**one, "destinations": places}, unknown]

    @pytest.mark.parametrize("rse", ["PIC-DISK", "TINY-DISK"])
    async def test_without_quota_nothing_is_made_available_and_that_is_said(
        self, alice: Api, rse: str
    ) -> None:
        answer = await alice.post(at("availability"), {"did": "demo:dimuon_2021", "rse": rse})
        assert answer.status == 403
        assert answer.body["code"] == "quota_exceeded"
        assert "Traceback" not in answer.body["message"]
        (item,) = await availability(alice, "demo:dimuon_2021")
        assert item["state"] == "not_available"

    async def test_a_destination_that_rucio_does_not_know(self, alice: Api, lake: Lake) -> None:
        params = lake.accounts["alice"]
        await alice.put(at("credentials", "typo"), {"type": "userpass", "params": params})
        answer = await alice.post(at("availability", "typo"), {"did": "demo:dimuon_2021"})
        assert answer.status == 404
        assert answer.body["code"] == "unknown_rse"
        assert "EULAKE-9" in answer.body["message"]
        instance = next(
            item for item in (await alice.get("instances")).items if item["name"] == "typo"
        )
        assert instance["problem"]["code"] == "unknown_rse"


class TestRulesNotYetAtWork:
    """What Rucio has accepted but not begun, by its real judge."""

    async def test_a_rule_in_preparation_shows_as_on_its_way_also_below(
        self, alice: Api, lake: Lake, data: LakeData
    ) -> None:
        files = data.files(2)
        dataset = data.collection("dataset", files)
        container = data.collection("container", [dataset])
        with lake.paused_daemons():
            data.rule(container, "EULAKE-1", asynchronous=True)
            whole, part, file = await availability(alice, container, dataset, files[0])
            assert whole["rule"]["state"] == "INJECT"
            assert whole["state"] == part["state"] == file["state"] == "replicating"
            assert whole["files_available"] == 0
            assert whole["message"]
            assert part["rule"]["via"] == file["rule"]["via"] == container
            # Not everything is on its way for that.
            (other,) = await availability(alice, data.collection("dataset", data.files(1)))
            assert other["state"] == "not_available"
        done = await until(alice, container, "available")
        assert done["files_available"] == 2

    async def test_what_is_there_already_stays_available_while_a_rule_is_prepared(
        self, alice: Api, lake: Lake, data: LakeData
    ) -> None:
        dataset = data.collection("dataset", data.files(2, rse="EULAKE-1"))
        with lake.paused_daemons():
            data.rule(dataset, "EULAKE-1", asynchronous=True)
            (item,) = await availability(alice, dataset)
            assert (item["state"], item["files_available"]) == ("available", 2)
            assert item["rule"]["state"] == "INJECT"
