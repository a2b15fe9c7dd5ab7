"""Single sign-on: a token is provided, and nobody has to do anything. Rucio really verifies it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from lake.testing import Lake

from .conftest import Api, at

DID = "demo:dimuon_2021"


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    return tmp_path / "rucio-token"


@pytest.fixture
def instances(lake_instance: dict[str, Any], token_file: Path) -> list[dict[str, Any]]:
    oidc = {"oidc_auth": "file", "oidc_file_name": str(token_file)}
    return [
        lake_instance | oidc | {"auth_type": "oidc"},
        # A password is usual there, and a token is taken where there is one.
        lake_instance | oidc | {"name": "either"},
        lake_instance
        | {"name": "by-variable", "oidc_auth": "env", "oidc_env_name": "LAKE_TOKEN"}
        | {"auth_type": "oidc"},
    ]


def provide(lake: Lake, path: Path, **how: Any) -> str:
    """As a Hub does it: all at once, with a line end."""
    token = lake.make_token(**how)
    new = path.with_suffix(".new")
    new.write_text(token + "\n")
    new.replace(path)
    return token


async def instance_of(api: Api, name: str = "lake") -> dict[str, Any]:
    found: dict[str, Any] = next(
        item for item in (await api.get("instances")).items if item["name"] == name
    )
    return found


async def status_of_browsing(api: Api, instance: str = "lake") -> int:
    return (await api.get(at("did", instance), did=DID)).status


@pytest.mark.parametrize("name", ["lake", "either"])
async def test_with_a_token_one_browses_without_a_click(
    api: Api, lake: Lake, token_file: Path, name: str
) -> None:
    token = provide(lake, token_file)
    assert (await instance_of(api, name))["authenticated"] is True
    assert await status_of_browsing(api, name) == 200
    instance = await instance_of(api, name)
    assert instance["auth_type"] == "oidc"
    assert instance["account"] == "alice"
    assert instance["credentials_source"] == "provided"
    assert instance["identity"]
    # Rucio says when the token ends, and the token does.
    assert instance["token_expires_at"] == instance["credentials_expires_at"]
    assert token not in json.dumps(instance)


async def test_whose_token_it_is_is_known_soon_although_nobody_has_asked_for_data(
    api: Api, lake: Lake, token_file: Path
) -> None:
    provide(lake, token_file)
    account = None
    for _ in range(200):
        # Looking at the instances is all that this user does.
        account = (await instance_of(api))["account"]
        if account is not None:
            break
        await asyncio.sleep(0.05)
    assert account == "alice"


async def test_where_the_token_is_and_who_vouches_for_it_is_said(
    api: Api, lake: Lake, token_file: Path
) -> None:
    provide(lake, token_file)
    credentials = (await api.get(at("credentials"))).body
    way = next(way for way in credentials["ways"] if way["type"] == "oidc")
    assert way["is_provided"] is True
    assert way["where"] == str(token_file)
    assert way["issuer"] == lake.connection["oidc"]["issuer"]
    assert way["params"] == {}


async def test_without_a_token_it_is_said_and_work_begins_when_there_is_one(
    api: Api, lake: Lake, token_file: Path
) -> None:
    instance = await instance_of(api)
    assert instance["authenticated"] is False
    assert instance["credentials_problem"]["code"] == "token_missing"
    assert str(token_file) in instance["credentials_problem"]["message"]
    assert instance["credentials_problem"]["hint"]
    assert await status_of_browsing(api) == 401
    # Where a password is usual, nobody has promised a token.
    assert (await instance_of(api, "either"))["credentials_problem"] is None

    provide(lake, token_file)
    for name in ("lake", "either"):
        assert await status_of_browsing(api, name) == 200
        assert (await instance_of(api, name))["credentials_problem"] is None


async def test_a_token_that_is_over_is_a_state_and_work_resumes_with_a_fresh_one(
    api: Api, lake: Lake, token_file: Path
) -> None:
    provide(lake, token_file)
    assert await status_of_browsing(api) == 200
    provide(lake, token_file, lifetime_s=-60)
    assert await status_of_browsing(api) == 401
    instance = await instance_of(api)
    assert instance["authenticated"] is False
    assert instance["credentials_problem"]["code"] == "token_expired"
    provide(lake, token_file)
    assert await status_of_browsing(api) == 200
    assert (await instance_of(api))["authenticated"] is True


@pytest.mark.parametrize(
    "how", [{"audience": "another-service"}, {"signed_by": "stranger"}, {"subject": "nobody"}]
)
async def test_a_token_that_rucio_does_not_believe_is_said_and_the_next_is_tried(
    api: Api, lake: Lake, token_file: Path, how: dict[str, str]
) -> None:
    token = provide(lake, token_file, **how)
    answer = await api.get(at("did"), did=DID)
    assert (answer.status, answer.body["code"]) == (401, "not_authenticated")
    assert token not in json.dumps(answer.body)
    assert (await instance_of(api))["credentials_problem"]["code"] == "credentials_refused"
    provide(lake, token_file)
    assert await status_of_browsing(api) == 200
    assert (await instance_of(api))["credentials_problem"] is None


async def test_somebody_whom_rucio_does_not_know_is_refused_until_it_does(
    api: Api, lake: Lake, token_file: Path
) -> None:
    with lake.without_identity("oidc", "alice"):
        provide(lake, token_file)
        assert await status_of_browsing(api) == 401
        assert (await instance_of(api))["credentials_problem"]["code"] == "credentials_refused"
    provide(lake, token_file)
    assert await status_of_browsing(api) == 200


async def test_a_variable_of_the_server_holds_the_token(
    api: Api, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await instance_of(api, "by-variable"))["credentials_problem"]["code"] == "token_missing"
    monkeypatch.setenv("LAKE_TOKEN", lake.make_token())
    assert await status_of_browsing(api, "by-variable") == 200


async def test_who_signs_out_stays_out_until_signing_in_again(
    api: Api, lake: Lake, token_file: Path
) -> None:
    provide(lake, token_file)
    assert await status_of_browsing(api) == 200
    assert (await api.delete(at("credentials"))).status == 204
    instance = await instance_of(api)
    assert instance["authenticated"] is False
    assert instance["credentials_problem"] is None
    assert await status_of_browsing(api) == 401

    answer = await api.put(at("credentials"), {"type": "oidc", "params": {}})
    assert (answer.status, answer.body["source"]) == (200, "provided")
    assert await status_of_browsing(api) == 200


async def test_a_password_that_was_typed_comes_before_a_token(
    api: Api, lake: Lake, token_file: Path
) -> None:
    provide(lake, token_file)
    params = lake.accounts["alice"]
    await api.put(at("credentials", "either"), {"type": "userpass", "params": params})
    instance = await instance_of(api, "either")
    assert (instance["auth_type"], instance["credentials_source"]) == ("userpass", "stored")
    assert (await instance_of(api))["auth_type"] == "oidc"


async def test_an_account_that_the_token_is_not_for_is_said(
    api: Api, lake: Lake, token_file: Path
) -> None:
    provide(lake, token_file)
    request = {"type": "oidc", "params": {"account": "root"}}
    answer = await api.put(at("credentials"), request)
    assert (answer.status, answer.body["code"]) == (401, "other_account")
