"""Rucio's answer to a new rule is lost on the way: nobody is told what is not known."""

from __future__ import annotations

from typing import Any

import pytest
from faultproxy import Fault, FaultProxy
from lakedata import LakeData

from .conftest import Answer, Api, at


@pytest.fixture
def instances(lake_instance: dict[str, Any], proxy: FaultProxy) -> list[Any]:
    return [{**lake_instance, "rucio_base_url": proxy.url}]


async def make_available(api: Api, did: str) -> Answer:
    return await api.post(at("availability"), {"did": did})


def asked(proxy: FaultProxy) -> int:
    return proxy.requests.count(("POST", "/rules/"))


async def test_a_rule_that_was_made_is_found(alice: Api, data: LakeData, proxy: FaultProxy) -> None:
    did = data.collection("dataset", data.files(1))
    proxy.set("/rules/", Fault(cut_after_bytes=1, times=1))
    answer = await make_available(alice, did)
    assert answer.status == 202
    assert answer.body["rule"]["did"] == did
    assert asked(proxy) == 1


@pytest.mark.parametrize(
    "fault",
    [Fault(drop=True, times=1), Fault(status=503, times=1)],
    ids=["dropped", "refused by a front"],
)
async def test_a_rule_that_was_not_made_is_asked_for_again(
    alice: Api, data: LakeData, proxy: FaultProxy, fault: Fault
) -> None:
    did = data.collection("dataset", data.files(1))
    proxy.set("/rules/", fault)
    answer = await make_available(alice, did)
    assert answer.status == 202
    assert answer.body["rule"]["did"] == did
    assert asked(proxy) == 2


@pytest.mark.parametrize(
    "told",
    [
        (Fault(drop=True), 503, "rucio_unreachable"),
        (Fault(status=502, body=b"<html>Bad gateway"), 502, "rucio_bad_answer"),
    ],
    ids=["dropped", "gateway"],
)
async def test_where_nothing_is_known_it_is_not_called_a_refusal(
    alice: Api, data: LakeData, proxy: FaultProxy, told: tuple[Fault, int, str]
) -> None:
    fault, status, code = told
    did = data.collection("dataset", data.files(1))
    proxy.set("/", fault)
    answer = await make_available(alice, did)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.body["rucio"] is None
    assert "refuse" not in answer.body["message"].lower()
    proxy.clear()
    (item,) = (await alice.get(at("availability"), did=did)).items
    assert item["state"] == "not_available"
