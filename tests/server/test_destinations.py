"""Several places to make data available at, and rules that are not plainly about one of them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Api, at

HERE = "EULAKE-1"
THERE = "DESY-DISK"


async def availability(api: Api, *dids: str) -> list[dict[str, Any]]:
    answer = await api.get(at("availability"), did=list(dids))
    assert answer.status == 200, answer.body
    return answer.items


async def until(api: Api, did: str, state: str) -> dict[str, Any]:
    seen = None
    for _ in range(160):
        (seen,) = await availability(api, did)
        if seen["state"] == state:
            return seen
        await asyncio.sleep(0.25)
    raise AssertionError(f"{did} is {seen}")


class TestTwoDestinations:
    """Both are mounted; one is the first."""

    @pytest.fixture
    def instances(self, lake: Lake, lake_instance: dict[str, Any]) -> list[dict[str, Any]]:
        places = [
            {"rse": HERE, "mount_path": lake.rses[HERE]["mount_path"]},
            {"rse": THERE, "mount_path": lake.rses[THERE]["storage_path"]},
        ]
        single = {"destination_rse", "rse_mount_path"}
        one = {key: value for key, value in lake_instance.items() if key not in single}
        return [{**one, "destinations": places}]

    async def test_the_better_of_two_places_is_shown(self, alice: Api, data: LakeData) -> None:
        files = data.files(3, rse=THERE)
        dataset = data.collection("dataset", files)
        whole, file = await availability(alice, dataset, files[0])
        assert (whole["state"], whole["rse"]) == ("available", THERE)
        assert (file["state"], file["rse"]) == ("available", THERE)
        assert Path(file["path"]).stat().st_size == 1000

    async def test_what_is_in_halves_at_two_places_is_complete_at_none(
        self, alice: Api, data: LakeData
    ) -> None:
        halves = [
            data.collection("dataset", data.files(count, rse=rse))
            for rse, count in ((HERE, 2), (THERE, 3))
        ]
        container = data.collection("container", halves)
        first, second, whole = await availability(alice, *halves, container)
        assert (first["state"], first["rse"]) == ("available", HERE)
        assert (second["state"], second["rse"]) == ("available", THERE)
        assert (whole["state"], whole["files_total"]) == ("partial", 5)

    async def test_it_is_made_available_where_the_user_says(
        self, alice: Api, data: LakeData
    ) -> None:
        did = data.collection("dataset", data.files(1))
        answer = await alice.post(at("availability"), {"did": did, "rse": THERE})
        assert answer.status == 202
        done = await until(alice, did, "available")
        assert done["rse"] == done["rule"]["rse_expression"] == THERE

    async def test_a_rule_that_moves_at_one_place_does_not_hide_a_copy_at_the_other(
        self, alice: Api, lake: Lake, data: LakeData
    ) -> None:
        dataset = data.collection("dataset", data.files(2, rse=THERE))
        container = data.collection("container", [dataset])
        with lake.paused_daemons():
            data.rule(container, HERE)
            for item in await availability(alice, container, dataset):
                assert (item["state"], item["rse"]) == ("available", THERE), item

    async def test_an_rse_that_is_not_mounted_is_refused_with_those_that_are(
        self, alice: Api, data: LakeData
    ) -> None:
        did = data.collection("dataset", data.files(1))
        answer = await alice.post(at("availability"), {"did": did, "rse": "CNAF-DISK"})
        assert (answer.status, answer.body["code"]) == (400, "not_a_destination")
        assert HERE in answer.body["hint"]
        assert THERE in answer.body["hint"]


class TestRulesFromAbove:
    """A rule on something above holds all that is below, at any depth."""

    @pytest.mark.parametrize(
        "expression",
        [HERE, "EULAKE-1|PIC-DISK", "country=CH&QOS=FAST", "(EULAKE-1|TINY-DISK)\\TINY-DISK"],
    )
    async def test_a_rule_on_a_grandparent_counts_for_all_that_is_below(
        self, alice: Api, lake: Lake, data: LakeData, expression: str
    ) -> None:
        files = data.files(2)
        dataset = data.collection("dataset", files)
        container = data.collection("container", [dataset])
        above = data.collection("container", [data.collection("container", [container])])
        # Alice has no quota at PIC-DISK, so there is one place that Rucio can choose.
        rule_id = data.rule(above, expression)
        with lake.transfers(delay_s=1.5):
            for item in await availability(alice, above, container, dataset, files[0]):
                assert item["state"] == "replicating", item
                assert item["rule"]["id"] == rule_id
                assert item["rule"]["via"] == (None if item["did"] == above else above)
                assert item["rse"] == HERE
        await until(alice, above, "available")
        for item in await availability(alice, container, dataset, files[1]):
            assert item["state"] == "available", item
            assert item["rule"]["id"] == rule_id

    async def test_the_counts_of_a_rule_with_a_choice_are_those_of_its_choice(
        self, alice: Api, lake: Lake, data: LakeData
    ) -> None:
        dataset = data.collection("dataset", data.files(3))
        with lake.paused_daemons():
            data.rule(dataset, "EULAKE-1|PIC-DISK")
            (item,) = await availability(alice, dataset)
        assert (item["files_available"], item["files_replicating"]) == (0, 3)

    async def test_a_rule_for_another_place_says_nothing_about_this_one(
        self, alice: Api, data: LakeData
    ) -> None:
        files = data.files(1)
        dataset = data.collection("dataset", files)
        container = data.collection("container", [dataset])
        data.rule(container, "DESY-DISK|CNAF-DISK")
        for item in await availability(alice, container, dataset, files[0]):
            assert (item["state"], item["rule"]) == ("not_available", None)

    @pytest.mark.parametrize("expression", [HERE, "EULAKE-1|PIC-DISK"])
    async def test_a_rule_in_preparation_far_above_shows_below(
        self, alice: Api, lake: Lake, data: LakeData, expression: str
    ) -> None:
        files = data.files(1)
        container = data.collection("container", [data.collection("dataset", files)])
        above = data.collection("container", [data.collection("container", [container])])
        with lake.paused_daemons():
            data.rule(above, expression, asynchronous=True)
            for item in await availability(alice, files[0], container, above):
                assert item["state"] == "replicating", item
                assert item["rse"] == HERE
                assert "preparing" in item["message"]
        await until(alice, above, "available")
