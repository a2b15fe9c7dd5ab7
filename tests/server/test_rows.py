"""What a screen full of rows costs, and how its answers come."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
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


class Screen:
    """Sixty rows as one sees them: an opened dataset, many datasets, some containers."""

    def __init__(self, data: LakeData, administrator: Administrator) -> None:
        opened = data.files(30)
        few = [data.files(2) for _ in range(20)]
        self.datasets = [data.collection("dataset", files) for files in (opened, *few)]
        self.containers = [
            data.collection("container", self.datasets[start : start + 5])
            for start in range(1, 21, 5)
        ]
        self.containers.append(data.collection("container", self.containers[:2]))
        self.files = opened
        # It has come to rest before anything is counted: nobody watches it then.
        rule_id = data.rule(self.datasets[0], "EULAKE-1")
        while administrator.rule(rule_id)["state"] != "OK":
            time.sleep(0.5)
        self.dids = [*self.containers, *self.datasets, *self.files, *few[0], few[1][0], few[1][1]]


@pytest.fixture(scope="session")
def screen(lake: Lake, data: LakeData) -> Screen:
    administrator = Administrator(lake)
    screen = Screen(data, administrator)
    administrator.close()
    assert len(screen.dids) == 60
    return screen


async def test_sixty_rows_of_all_kinds_cost_few_requests(
    alice: Api, proxy: FaultProxy, screen: Screen
) -> None:
    assert (await alice.get(at("availability"), did=screen.dids)).status == 200
    proxy.clear()
    answer = await alice.get(at("availability"), did=screen.dids)
    assert len(answer.items) == 60
    kinds = Counter(_kind(path) for _, path in proxy.requests)
    # One for all of a kind, but for: the rules of a file that is (coming) here, of a container, and
    # of a dataset that no rule brings here; the children of each container; and a count where no
    # summary knows anything. Nothing is asked twice, and nothing for each file of a collection.
    assert kinds["types"] == 1 + 4 + 1
    assert kinds["locks"] == kinds["replicas of datasets"] == 1 + 4 + 1
    assert kinds["replicas of files"] == 1
    assert kinds["rules of a file"] == 30
    assert kinds["rules of a collection"] == 5 + 20
    assert kinds["one rule"] == 1
    assert kinds["children"] == 5 + 2
    assert kinds["counts of replicas"] <= 20
    assert len(proxy.requests) <= 2 * len(screen.dids)


async def test_rows_that_nothing_brings_here_cost_a_handful(
    alice: Api, proxy: FaultProxy, data: LakeData
) -> None:
    files = data.files(60)
    assert (await alice.get(at("availability"), did=files)).status == 200
    proxy.clear()
    answer = await alice.get(at("availability"), did=files)
    assert {item["state"] for item in answer.items} == {"not_available"}
    assert len(proxy.requests) == 2


async def test_each_row_is_said_once_as_soon_as_it_is_known(
    alice: Api, proxy: FaultProxy, screen: Screen
) -> None:
    # Walking down the containers takes long; all else does not wait for it.
    for container in screen.containers:
        proxy.set(f"/{container.partition(':')[2]}/dids", Fault(delay_s=3.0))
    *items, last = await alice.lines(at("availability"), did=[*screen.dids, "demo:gone"])
    assert last == {"end": {"count": 61, "truncated": False}}
    said = [item["did"] for item in items]
    assert sorted(said) == sorted([*screen.dids, "demo:gone"])
    assert set(said[-len(screen.containers) :]) == set(screen.containers)

    # As JSON it is the same, in the order asked.
    answer = await alice.get(at("availability"), did=screen.dids)
    assert [item["did"] for item in answer.items] == screen.dids
    by_did = {item["did"]: item["state"] for item in items}
    assert {item["did"]: item["state"] for item in answer.items if item["type"] != "file"} == {
        item["did"]: by_did[item["did"]] for item in answer.items if item["type"] != "file"
    }


async def test_trouble_with_some_rows_is_said_in_them_and_not_instead_of_them(
    alice: Api, proxy: FaultProxy, screen: Screen
) -> None:
    proxy.set("/locks/bulk_locks_for_dids", Fault(status=500, body=b"{}"))
    *items, last = await alice.lines(at("availability"), did=screen.dids)
    assert last["end"]["count"] == 60
    for item in items:
        if item["type"] == "file":
            assert item["state"] != "unknown"
        else:
            assert item["state"] == "unknown"
            assert "The Lake has an internal error" in item["message"]


async def test_an_error_only_where_nothing_can_be_said(
    alice: Api, proxy: FaultProxy, screen: Screen
) -> None:
    proxy.set("/dids/", Fault(status=500, body=b"{}"))
    for accept in ("application/json", "application/x-ndjson"):
        answer = await alice.get(at("availability"), accept=accept, did=screen.dids)
        assert (answer.status, answer.body["code"]) == (502, "rucio_bad_answer")


@pytest.mark.parametrize(
    "asking",
    [
        ("availability", "application/json"),
        ("availability", "application/x-ndjson"),
        ("availability/plan", "application/json"),
    ],
)
async def test_when_the_browser_goes_rucio_is_left_alone(
    alice: Api,
    proxy: FaultProxy,
    screen: Screen,
    jp_fetch: Callable[..., Any],
    asking: tuple[str, str],
) -> None:
    path, accept = asking
    slow = screen.containers[0].partition(":")[2]
    proxy.set(f"/{slow}/dids", Fault(pause_after_bytes=10))
    with pytest.raises(Exception, match=r"[Tt]imeout"):
        await jp_fetch(
            "rucio-jupyterlab",
            at(path),
            params=[("did", screen.containers[0]), ("did", screen.datasets[0])],
            headers={"Accept": accept},
            request_timeout=1,
        )
    assert await asyncio.to_thread(proxy.abandoned.wait, 5)


async def test_rows_are_seen_before_all_are_known(
    alice: Api, proxy: FaultProxy, screen: Screen, jp_fetch: Callable[..., Any]
) -> None:
    slow = screen.containers[0].partition(":")[2]
    proxy.set(f"/{slow}/dids", Fault(pause_after_bytes=10))
    seen: list[bytes] = []
    with pytest.raises(Exception, match=r"[Tt]imeout"):
        await jp_fetch(
            "rucio-jupyterlab",
            at("availability"),
            params=[("did", screen.containers[0]), ("did", screen.files[0])],
            headers={"Accept": "application/x-ndjson"},
            streaming_callback=seen.append,
            request_timeout=2,
        )
    (line,) = b"".join(seen).splitlines()
    assert json.loads(line)["did"] == screen.files[0]


async def test_a_count_that_was_kept_says_how_old_it_is(
    alice: Api, proxy: FaultProxy, data: LakeData
) -> None:
    # No rule has ever been on it, so its replicas have to be counted, and the count is kept.
    dataset = data.collection("dataset", [*data.files(1, rse="EULAKE-1"), *data.files(1)])
    container = data.collection("container", [dataset])
    (first,) = (await alice.get(at("availability"), did=dataset)).items
    await asyncio.sleep(0.05)
    proxy.clear()
    again = (await alice.get(at("availability"), did=[dataset, container])).items
    assert proxy.count("deep=True") == 0
    assert {item["updated_at"] for item in again} == {first["updated_at"]}

    await alice.post(at("availability"), {"did": dataset})
    (new,) = (await alice.get(at("availability"), did=dataset)).items
    assert _time(new) > _time(first)


def _time(item: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(item["updated_at"])


def _kind(path: str) -> str:
    path, _, query = path.partition("?")
    if "deep=True" in query:
        return "counts of replicas"
    for ending, kind in (
        ("/bulkmeta", "types"),
        ("/bulk_locks_for_dids", "locks"),
        ("/datasets_bulk", "replicas of datasets"),
        ("/datasets", "replicas of a dataset"),
        ("/replicas/list", "replicas of files"),
        ("/associated_rules", "rules of a file"),
        ("/rules", "rules of a collection"),
        ("/dids", "children"),
    ):
        if path.endswith(ending):
            return kind
    return "one rule" if path.startswith("/rules/") else path
