"""Rucio takes longer than the operator lets anybody wait."""

from __future__ import annotations

from typing import Any

import pytest
from faultproxy import Fault, FaultProxy

from .conftest import Api, at


@pytest.fixture
def instances(lake_instance: dict[str, Any], proxy: FaultProxy) -> list[Any]:
    return [{**lake_instance, "rucio_base_url": proxy.url}]


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any]) -> dict[str, Any]:
    jp_server_config["RucioConfig"]["request_timeout_s"] = 2.0
    return jp_server_config


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("did", {"did": "demo:dimuon_2021"}),
        ("dids", {"scope": "demo", "name": "*"}),
        ("did/content", {"did": "demo:dimuon_2021"}),
        ("availability", {"did": "demo:dimuon_2021"}),
    ],
)
async def test_waiting_has_an_end_and_a_sentence(
    alice: Api, proxy: FaultProxy, path: str, params: dict[str, str]
) -> None:
    assert (await alice.get(at(path), **params)).status == 200
    proxy.set("/dids/", Fault(delay_s=30))
    answer = await alice.get(at(path), **params)
    assert (answer.status, answer.body["code"]) == (504, "rucio_timeout")
    assert answer.body["message"] == "The Lake took too long to answer."
    assert answer.body["hint"]


async def test_a_list_that_stops_coming_is_not_called_complete(
    alice: Api, proxy: FaultProxy
) -> None:
    proxy.set("/dids/search", Fault(pause_after_bytes=1500))
    *rows, last = await alice.lines(at("dids"), scope="demo", name="*")
    assert rows
    assert last["error"]["code"] == "rucio_timeout"
    assert "end" not in last


async def test_what_is_attached_meanwhile_is_not_made_up(alice: Api, proxy: FaultProxy) -> None:
    proxy.set("/dids/", Fault(delay_s=30))
    wanted = [{"did": "demo:dimuon_2021", "variable_name": "muons"}]
    answer = await alice.post(at("attachments"), {"items": wanted})
    assert (answer.status, answer.body["code"]) == (504, "rucio_timeout")
