"""Rules that move are watched: once each, through Rucio's absences, until they are at rest."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

import pytest
from faultproxy import Fault, FaultProxy
from lakedata import LakeData

from lake.testing import Lake

from .administrator import Administrator
from .conftest import Api, at


@pytest.fixture
def instances(lake_instance: dict[str, Any], proxy: FaultProxy) -> list[Any]:
    return [{**lake_instance, "rucio_base_url": proxy.url}]


@pytest.fixture(scope="session")
def administrator(lake: Lake) -> Iterator[Administrator]:
    administrator = Administrator(lake)
    yield administrator
    administrator.close()


@pytest.fixture
def lake_data(lake: Lake, data: LakeData) -> tuple[Lake, LakeData]:
    return lake, data


class Events:
    """What the browser is told of some DIDs."""

    def __init__(self, socket: Any, *dids: str) -> None:
        self._socket = socket
        self._dids = dids
        self.told: list[dict[str, Any]] = []

    async def next(self) -> dict[str, Any]:
        while True:
            message = json.loads(await asyncio.wait_for(self._socket.read_message(), 50))
            if message.get("did") in self._dids:
                self.told.append(message)
                return dict(message)

    async def until(self, state: str) -> dict[str, Any]:
        while True:
            message = await self.next()
            if message["state"] == state:
                return message


async def begin(api: Api, did: str) -> dict[str, Any]:
    answer = await api.post(at("availability"), {"did": did})
    assert answer.status == 202, answer.body
    body: dict[str, Any] = answer.body
    return body


async def test_many_who_wait_for_one_rule_cost_one_small_request_each_time(
    alice: Api,
    lake: Lake,
    data: LakeData,
    proxy: FaultProxy,
    jp_ws_fetch: Callable[..., Any],
) -> None:
    files = data.files(20)
    dataset = data.collection("dataset", files)
    container = data.collection("container", [dataset])
    with closing(await jp_ws_fetch("api", "events", "subscribe")) as socket:
        with lake.paused_daemons():
            rule = (await begin(alice, container))["rule"]
            watched = [container, dataset, *files]
            for _ in range(3):  # as many tabs
                await alice.get(at("availability"), did=watched)
            proxy.clear()
            events = Events(socket, *watched)
            for _ in range(2 * len(watched)):
                assert (await events.next())["state"] == "replicating"
            # Two looks at the rule told all of them, twice.
            assert set(proxy.requests) == {("GET", f"/rules/{rule['id']}")}
            assert proxy.count("/rules/") <= 3
        proxy.clear()
        done: set[str] = set()
        while len(done) < len(watched):
            event = await events.until("available")
            done.add(event["did"])
        # While it moves too, nothing is asked for each file.
        assert proxy.count("/associated_rules") <= len(files)
        assert proxy.count("/replicas/list") < 10


async def test_a_rule_that_gets_stuck_and_recovers_is_told(
    alice: Api, lake: Lake, data: LakeData, jp_ws_fetch: Callable[..., Any]
) -> None:
    files = data.files(2)
    dataset = data.collection("dataset", files)
    with closing(await jp_ws_fetch("api", "events", "subscribe")) as socket:
        events = Events(socket, dataset)
        with lake.transfers(failing=[files[0].partition(":")[2]]):
            await begin(alice, dataset)
            stuck = await events.until("stuck")
        assert stuck["files_stuck"] == 1
        assert "Made to fail" in stuck["message"]
        assert stuck["rule"]["stuck_since"]
        await asyncio.to_thread(lake.run_daemons_once, repair=True)
        done = await events.until("available")
        assert done["files_available"] == done["files_total"] == 2
        assert done["message"] is None


async def test_a_rule_that_ends_is_told(
    alice: Api,
    lake: Lake,
    data: LakeData,
    administrator: Administrator,
    jp_ws_fetch: Callable[..., Any],
) -> None:
    dataset = data.collection("dataset", data.files(1))
    with closing(await jp_ws_fetch("api", "events", "subscribe")) as socket:
        events = Events(socket, dataset)
        with lake.transfers(delay_s=120):
            rule = (await begin(alice, dataset))["rule"]
            await events.until("replicating")
            administrator.set_rule(rule["id"], lifetime=-1)
            gone = await events.until("not_available")
        assert gone["rule"] is None


@pytest.mark.parametrize(
    "fault", [Fault(status=503, body=b"<html>Sorry"), Fault(drop=True)], ids=["503", "cut"]
)
async def test_a_rucio_that_is_away_for_a_while_is_said_and_comes_back_by_itself(
    alice: Api,
    proxy: FaultProxy,
    lake_data: tuple[Lake, LakeData],
    jp_ws_fetch: Callable[..., Any],
    fault: Fault,
) -> None:
    lake, data = lake_data
    dataset = data.collection("dataset", data.files(3))
    with closing(await jp_ws_fetch("api", "events", "subscribe")) as socket:
        events = Events(socket, dataset)
        with lake.paused_daemons():
            await begin(alice, dataset)
            before = await events.until("replicating")
            proxy.set("/rules/", fault)
            away = await events.until("unknown")
            assert away["message"].startswith("How it goes on is not known: The Lake ")
            # The last word is kept, with its age.
            assert away["files_replicating"] == 3
            assert away["rule"]["id"] == before["rule"]["id"]
            assert _time(away) == _time(before)
            proxy.clear()
            back = await events.until("replicating")
            assert (back["files_replicating"], back["message"]) == (3, None)
            assert _time(back) > _time(before)
        assert (await events.until("available"))["files_available"] == 3


def _time(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["updated_at"])
