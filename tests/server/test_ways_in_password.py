"""A password whose Rucio tokens end while one works, and one that Rucio takes back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from faultproxy import FaultProxy

from lake.testing import Lake

from .conftest import Api, at

DID = "demo:dimuon_2021"


@pytest.fixture
def instances(lake_instance: dict[str, Any], proxy: FaultProxy) -> list[dict[str, Any]]:
    return [lake_instance | {"rucio_base_url": proxy.url, "rucio_auth_url": proxy.url}]


async def test_a_token_that_ends_while_many_requests_are_answered_is_renewed_once(
    alice: Api, lake: Lake, proxy: FaultProxy
) -> None:
    assert (await alice.get(at("did"), did=DID)).status == 200
    proxy.clear()
    assert lake.expire_tokens("alice") > 0
    answers = await asyncio.gather(
        *(alice.get(at("did"), did=DID) for _ in range(4)),
        alice.get(at("did/files"), did=DID),
        alice.get(at("dids"), scope="demo", name="*"),
    )
    assert {answer.status for answer in answers} == {200}
    assert proxy.count("/auth/userpass") == 1


async def test_a_list_of_several_requests_goes_on_with_the_new_token(
    alice: Api, lake: Lake, proxy: FaultProxy
) -> None:
    """Of a container, each level is asked for by itself."""
    container = lake.examples["nested_container"]
    whole = (await alice.get(at("did/files"), did=container)).body["count"]
    assert whole > 0
    for _ in range(2):
        lake.expire_tokens("alice")
        lines = await alice.lines(at("did/files"), did=container)
        assert lines[-1] == {"end": {"count": whole, "truncated": False}}


async def test_a_password_that_rucio_has_taken_back_is_said_and_asked_about_once(
    alice: Api, lake: Lake, proxy: FaultProxy
) -> None:
    with lake.without_identity("userpass", "alice"):
        lake.expire_tokens("alice")
        proxy.clear()
        for _ in range(3):
            answer = await alice.get(at("did"), did=DID)
            assert (answer.status, answer.body["code"]) == (401, "not_authenticated")
        # Sites lock accounts after a few failures.
        assert proxy.count("/auth/userpass") == 1
        (instance,) = (await alice.get("instances")).items
        assert instance["authenticated"] is False
        assert instance["credentials_problem"]["code"] == "credentials_refused"
        assert instance["identity"] == "alice"
    params = lake.accounts["alice"]
    answer = await alice.put(at("credentials"), {"type": "userpass", "params": params})
    assert answer.status == 200
    assert answer.body["problem"] is None
    assert (await alice.get(at("did"), did=DID)).status == 200
