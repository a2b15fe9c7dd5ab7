"""What making data available means, before it starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from faultproxy import Fault, FaultProxy
from lakedata import LakeData

from lake.testing import Lake

from .administrator import Administrator
from .conftest import Api, at

PLACES = ("EULAKE-1", "TINY-DISK", "PIC-DISK")


@pytest.fixture
def instances(lake: Lake, lake_instance: dict[str, Any], proxy: FaultProxy) -> list[dict[str, Any]]:
    mounts = [lake.rses["EULAKE-1"]["mount_path"], lake.rses["TINY-DISK"]["storage_path"], "/nope"]
    places = [{"rse": rse, "mount_path": mount} for rse, mount in zip(PLACES, mounts, strict=True)]
    single = {"destination_rse", "rse_mount_path"}
    one = {key: value for key, value in lake_instance.items() if key not in single}
    return [{**one, "destinations": places, "rucio_base_url": proxy.url}]


@pytest.fixture(scope="session")
def administrator(lake: Lake) -> Iterator[Administrator]:
    administrator = Administrator(lake)
    yield administrator
    administrator.close()


async def plan(api: Api, *dids: str) -> dict[str, Any]:
    answer = await api.get(at("availability/plan"), did=list(dids))
    assert answer.status == 200, answer.body
    body: dict[str, Any] = answer.body
    return body


async def test_size_quota_what_is_missing_and_who_has_it(alice: Api, data: LakeData) -> None:
    files = [*data.files(1, rse="EULAKE-1"), *data.files(3, rse="DESY-DISK")]
    dataset = data.collection("dataset", files)
    found = await plan(alice, dataset)
    assert found["items"] == [{"did": dataset, "type": "dataset", "files": 4, "bytes": 4000}]
    assert (found["files"], found["bytes"]) == (4, 4000)
    assert found["lifetime_days"] == 7
    assert found["message"] is None

    here, tiny, none = found["places"]
    assert [place["rse"] for place in found["places"]] == list(PLACES)
    assert (here["state"], here["files_missing"], here["bytes_missing"]) == ("partial", 3, 3000)
    assert here["mounted"] is True
    assert here["has_quota"] is True
    assert here["bytes_limit"] == 100 * 10**9
    assert here["bytes_left"] == here["bytes_limit"] - here["bytes_used"] > 4000
    assert (tiny["state"], tiny["files_missing"]) == ("not_available", 4)
    assert tiny["bytes_limit"] == 10**6 == tiny["bytes_left"] + tiny["bytes_used"]
    assert (none["has_quota"], none["bytes_left"], none["mounted"]) == (False, 0, False)
    assert found["sources"] == [{"rse": "DESY-DISK", "files": 4, "available_files": 3}]


async def test_several_things_at_once_are_summed_up(alice: Api, data: LakeData) -> None:
    (file,) = data.files(1, rse="DESY-DISK")
    datasets = [data.collection("dataset", data.files(count)) for count in (2, 3)]
    inner = data.collection("container", datasets)
    container = data.collection("container", [inner])
    still_open = data.collection("dataset", data.files(2, rse="EULAKE-1"), is_open=True)
    found = await plan(alice, file, container, still_open)
    assert [(item["type"], item["files"], item["bytes"]) for item in found["items"]] == [
        ("file", 1, 1000),
        ("container", 5, 5000),
        ("dataset", 2, 2000),
    ]
    assert (found["files"], found["bytes"]) == (8, 8000)
    here = found["places"][0]
    assert (here["state"], here["files_missing"], here["bytes_missing"]) == ("partial", 6, 6000)
    # Those that have most of it come first.
    assert [source["rse"] for source in found["sources"]] == ["CNAF-DISK", "DESY-DISK"]
    assert [source["available_files"] for source in found["sources"]] == [5, 1]


async def test_what_is_there_and_what_is_on_its_way(alice: Api, lake: Lake, data: LakeData) -> None:
    files = data.files(2)
    dataset = data.collection("dataset", files)
    with lake.paused_daemons():
        data.rule(dataset, "EULAKE-1")
        for did in (dataset, files[0]):
            here = (await plan(alice, did))["places"][0]
            assert here["state"] == "replicating", did
    found = await plan(alice, lake.examples["available_dataset"])
    here = found["places"][0]
    assert (here["state"], here["files_missing"], here["bytes_missing"]) == ("available", 0, 0)
    # The destinations themselves are no sources.
    assert "EULAKE-1" not in [source["rse"] for source in found["sources"]]


async def test_a_limit_on_several_sites_together_counts(
    alice: Api, data: LakeData, administrator: Administrator
) -> None:
    dataset = data.collection("dataset", data.files(1))
    with administrator.limit_on("country=CH|country=NL", 5000):
        here, tiny, none = (await plan(alice, dataset))["places"]
    assert here["bytes_limit"] == tiny["bytes_limit"] == 5000
    assert here["bytes_left"] <= 5000
    assert none["has_quota"] is False


async def test_an_account_that_rucio_does_not_limit(api: Api, lake: Lake, data: LakeData) -> None:
    root = {"type": "userpass", "params": lake.accounts["root"]}
    assert (await api.put(at("credentials"), root)).status == 200
    here = (await plan(api, data.collection("dataset", data.files(1))))["places"][0]
    assert here["has_quota"] is True
    assert here["bytes_left"] is None
    assert here["bytes_limit"] is None


async def test_what_is_not_known_is_null_and_not_zero(
    alice: Api, data: LakeData, proxy: FaultProxy
) -> None:
    dataset = data.collection("dataset", data.files(2))
    proxy.set("/usage/", Fault(status=500, body=b"{}"))
    found = await plan(alice, dataset)
    for place in found["places"]:
        assert place["has_quota"] is place["bytes_limit"] is place["bytes_left"] is None
        assert place["files_missing"] == 2


async def test_something_that_does_not_exist(alice: Api, data: LakeData) -> None:
    (file,) = data.files(1)
    found = await plan(alice, file, "demo:gone")
    assert found["items"][1] == {"did": "demo:gone", "type": None, "files": None, "bytes": None}
    assert found["files"] is None
    assert found["message"] == "Rucio has no DID demo:gone."
    nothing = await alice.get(at("availability/plan"))
    assert (nothing.status, nothing.body["code"]) == (400, "missing_argument")


async def test_its_cost_does_not_grow_with_the_files(
    alice: Api, data: LakeData, proxy: FaultProxy
) -> None:
    await plan(alice, data.collection("dataset", data.files(1)))
    costs = []
    for count in (2, 150):
        dataset = data.collection("dataset", data.files(count, with_bytes=False))
        container = data.collection("container", [dataset])
        proxy.clear()
        found = await plan(alice, container, dataset)
        assert found["places"][0]["files_missing"] == 2 * count
        costs.append(len(proxy.requests))
        assert not proxy.count("/replicas/list")
        assert not proxy.count("/files")
    assert costs[0] == costs[1]
