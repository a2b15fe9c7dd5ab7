"""What may be done with a rule, and why its files are stuck."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timezone
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake

from .administrator import Administrator
from .conftest import Answer, Api, at


@pytest.fixture(scope="session")
def administrator(lake: Lake) -> Iterator[Administrator]:
    administrator = Administrator(lake)
    yield administrator
    administrator.close()


@pytest.fixture
def root(api: Api, lake: Lake, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Api:
    """The routes, signed in as one who may change rules."""
    params = {"type": "userpass", "params": lake.accounts["root"]}
    answer = jp_asyncio_loop.run_until_complete(api.put(at("credentials"), params))
    assert answer.status == 200, answer.body
    return api


async def change(api: Api, rule_id: str, **body: Any) -> Answer:
    return await api.ask("PATCH", at(f"rules/{rule_id}"), body=body)


async def make_available(api: Api, did: str) -> dict[str, Any]:
    answer = await api.post(at("availability"), {"did": did})
    assert answer.status == 202, answer.body
    rule: dict[str, Any] = answer.body["rule"]
    return rule


async def until(api: Api, rule_id: str, state: str) -> dict[str, Any]:
    rule = None
    for _ in range(180):
        rule = (await api.get(at(f"rules/{rule_id}"))).body
        if rule["state"] == state:
            return dict(rule)
        await asyncio.sleep(0.25)
    raise AssertionError(f"The rule is {rule}")


def days_left(rule: dict[str, Any]) -> float:
    left = datetime.fromisoformat(rule["expires_at"]) - datetime.now(timezone.utc)
    return left.total_seconds() / 86_400


async def test_a_rule_says_whose_it_is_and_what_it_is_for(alice: Api, data: LakeData) -> None:
    did = data.collection("dataset", data.files(1))
    made = await make_available(alice, did)
    rule = (await alice.get(at(f"rules/{made['id']}"))).body
    assert rule["did"] == did
    assert (rule["account"], rule["is_mine"], rule["via"]) == ("alice", True, None)
    assert rule["comment"] == "Made available from JupyterLab"
    assert rule["stuck_since"] is None


async def test_a_rule_of_somebody_else_is_not_mine(root: Api, data: LakeData) -> None:
    rule_id = data.rule(data.collection("dataset", data.files(1)), "EULAKE-1")
    rule = (await root.get(at(f"rules/{rule_id}"))).body
    assert (rule["account"], rule["is_mine"]) == ("alice", False)


async def test_there_is_no_such_rule(root: Api) -> None:
    for method, path, body in (
        ("GET", "rules/{}", None),
        ("PATCH", "rules/{}", {"lifetime_days": 3}),
        ("DELETE", "rules/{}", None),
        ("GET", "rules/{}/files", None),
    ):
        answer = await root.ask(method, at(path.format("0" * 32)), body=body)
        assert (answer.status, answer.body["code"]) == (404, "unknown_rule"), (method, path)


@pytest.mark.parametrize(
    "body",
    [{}, {"lifetime_days": 0}, {"lifetime_days": "7"}, {"retry": "yes"}, {"state": "OK"}],
)
async def test_what_cannot_be_changed(alice: Api, body: dict[str, Any]) -> None:
    answer = await change(alice, "0" * 32, **body)
    assert answer.status == 400


class TestWhereRucioAllowsIt:
    """Signed in as one whom Rucio lets change rules."""

    async def test_its_life_is_extended_and_made_endless_and_it_is_ended(
        self, root: Api, data: LakeData, jp_ws_fetch: Callable[..., Any]
    ) -> None:
        did = data.collection("dataset", data.files(1))
        rule = await make_available(root, did)
        await until(root, rule["id"], "OK")
        socket = await jp_ws_fetch("api", "events", "subscribe")
        with closing(socket):
            longer = await change(root, rule["id"], lifetime_days=30)
            assert longer.status == 200
            assert 29.9 < days_left(longer.body) <= 30
            assert await _told(socket, did) == longer.body["expires_at"]

            endless = await change(root, rule["id"], lifetime_days=None)
            assert endless.body["expires_at"] is None
            assert await _told(socket, did) is None

            ended = await root.delete(at(f"rules/{rule['id']}"))
            assert ended.status == 200
            assert 0 < days_left(ended.body) < 0.05
            assert await _told(socket, did) == ended.body["expires_at"]

    async def test_what_is_stuck_is_tried_again(
        self, root: Api, lake: Lake, data: LakeData
    ) -> None:
        files = data.files(2)
        did = data.collection("dataset", files)
        with lake.transfers(failing=[files[0].partition(":")[2]]):
            rule = await make_available(root, did)
            stuck = await until(root, rule["id"], "STUCK")
        assert stuck["locks_stuck"] == 1
        since = datetime.fromisoformat(stuck["stuck_since"])
        assert datetime.fromisoformat(stuck["created_at"]) <= since <= datetime.now(timezone.utc)

        # Left alone, the lake's Rucio would wait longer than this test does.
        again = await change(root, rule["id"], retry=True)
        assert again.status == 200, again.body
        mended = await until(root, rule["id"], "OK")
        assert mended["stuck_since"] is None
        (item,) = (await root.get(at("availability"), did=did)).items
        assert item["state"] == "available"

    async def test_what_rucio_has_given_up_is_taken_up_again(
        self, root: Api, lake: Lake, data: LakeData, administrator: Administrator
    ) -> None:
        files = data.files(1)
        did = data.collection("dataset", files)
        with lake.transfers(failing=[files[0].partition(":")[2]]):
            rule = await make_available(root, did)
            await until(root, rule["id"], "STUCK")
            administrator.set_rule(rule["id"], state="SUSPENDED")
        (item,) = (await root.get(at("availability"), did=did)).items
        assert (item["state"], item["rule"]["state"]) == ("stuck", "SUSPENDED")
        assert (await change(root, rule["id"], retry=True)).status == 200
        await until(root, rule["id"], "OK")

    async def test_there_is_nothing_to_try_again(self, root: Api, data: LakeData) -> None:
        rule = await make_available(root, data.collection("dataset", data.files(1)))
        await until(root, rule["id"], "OK")
        answer = await change(root, rule["id"], retry=True)
        assert (answer.status, answer.body["code"]) == (409, "not_stuck")


class TestWhereRucioDoesNot:
    """Its generic policy lets nobody but administrators change rules, not even their own."""

    async def test_a_refusal_says_what_to_do_instead(
        self, alice: Api, lake: Lake, data: LakeData, administrator: Administrator
    ) -> None:
        files = data.files(1)
        with lake.transfers(failing=[files[0].partition(":")[2]]):
            rule = await make_available(alice, data.collection("dataset", files))
            await until(alice, rule["id"], "STUCK")
            answers = [
                await change(alice, rule["id"], retry=True),
                await change(alice, rule["id"], lifetime_days=30),
                await alice.delete(at(f"rules/{rule['id']}")),
            ]
            administrator.set_rule(rule["id"], state="SUSPENDED")
            answers.append(await change(alice, rule["id"], retry=True))
        for answer in answers:
            assert (answer.status, answer.body["code"]) == (403, "forbidden")
            assert answer.body["rucio"]["exception_class"] == "AccessDenied"
            assert "administrators of The Lake" in answer.body["hint"]
        retry, extend, end, give_up = [answer.body for answer in answers]
        assert "tries again by itself" in retry["hint"]
        assert "how long" in extend["message"]
        assert "ends by itself on" in end["hint"]
        assert "does not try again by itself" in give_up["hint"]

    async def test_the_owner_of_a_rule_is_whom_to_ask(self, alice: Api, data: LakeData) -> None:
        did = data.collection("dataset", data.files(1))
        rule_id = data.rule(did, "EULAKE-1", account="root")
        answer = await alice.delete(at(f"rules/{rule_id}"))
        assert "root, whose rule it is" in answer.body["hint"]


class TestFiles:
    """Which files of a rule are stuck, and why."""

    @pytest.fixture
    def stuck(self, data: LakeData, administrator: Administrator) -> tuple[str, list[str]]:
        """A rule with two stuck files of three; those files."""
        lost = data.files(2, with_bytes=False)
        rule_id = data.rule(data.collection("dataset", [*lost, *data.files(1)]), "EULAKE-1")
        for _ in range(80):
            rule = administrator.rule(rule_id)
            if (rule["locks_ok_cnt"], rule["locks_stuck_cnt"]) == (1, 2):
                return rule_id, lost
            time.sleep(0.5)
        raise AssertionError(f"The rule is {rule}")

    async def test_each_stuck_file_says_why_and_since_when(
        self, root: Api, stuck: tuple[str, list[str]]
    ) -> None:
        rule_id, lost = stuck
        found = (await root.get(at(f"rules/{rule_id}/files"), state="stuck")).items
        assert {file["did"] for file in found} == set(lost)
        for file in found:
            assert (file["state"], file["rse"], file["size"]) == ("stuck", "EULAKE-1", 1000)
            # The reason is its own and not that of the file beside it.
            assert "No such file" in file["error"]
            assert file["did"].partition(":")[2] in file["error"]
            assert datetime.fromisoformat(file["since"]) <= datetime.now(timezone.utc)

    async def test_who_may_not_see_past_requests_is_told_what_can_be_told(
        self, alice: Api, stuck: tuple[str, list[str]]
    ) -> None:
        rule_id, lost = stuck
        found = (await alice.get(at(f"rules/{rule_id}/files"), state="stuck")).items
        assert {file["did"] for file in found} == set(lost)
        errors = sorted(file["error"] for file in found)
        # Rucio tells ordinary users one reason for the whole rule; it is said of its file only.
        assert "No such file" in errors[0]
        assert errors[1].startswith("The transfer from CNAF-DISK, the last of ")
        assert all(file["since"] for file in found)

    async def test_all_files_of_a_rule_or_some_of_them(
        self, alice: Api, stuck: tuple[str, list[str]]
    ) -> None:
        rule_id, _ = stuck
        everything = (await alice.get(at(f"rules/{rule_id}/files"))).items
        assert sorted(file["state"] for file in everything) == ["ok", "stuck", "stuck"]
        (fine,) = (await alice.get(at(f"rules/{rule_id}/files"), state="ok")).items
        assert (fine["error"], fine["size"]) == (None, 1000)
        cut = await alice.get(at(f"rules/{rule_id}/files"), state="stuck", limit=1)
        assert (cut.body["count"], cut.body["truncated"]) == (1, True)
        *lines, last = await alice.lines(at(f"rules/{rule_id}/files"), state="stuck")
        assert len(lines) == last["end"]["count"] == 2
        assert (await alice.get(at(f"rules/{rule_id}/files"), state="odd")).status == 400

    async def test_nothing_is_stuck(self, alice: Api, lake: Lake) -> None:
        did = lake.examples["available_dataset"]
        (item,) = (await alice.get(at("availability"), did=did)).items
        answer = await alice.get(at(f"rules/{item['rule']['id']}/files"), state="stuck")
        assert answer.items == []


async def _told(socket: Any, did: str) -> Any:
    """The end of the rule in the next event about the DID."""
    while True:
        message = json.loads(await asyncio.wait_for(socket.read_message(), 20))
        if message.get("did") == did:
            return message["rule"]["expires_at"]
