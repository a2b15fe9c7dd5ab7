"""What an administrator lets users do with credentials."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lake.testing import Lake
from rucio_jupyterlab.config.traits import RucioConfig

from .conftest import Api, at

DID = "demo:dimuon_2021"


@pytest.fixture
def limits() -> dict[str, Any]:
    """The administrator's; a test sets its own."""
    return {}


@pytest.fixture
def token_file(tmp_path: Path, lake: Lake) -> Path:
    path = tmp_path / "token"
    path.write_text(lake.make_token())
    return path


@pytest.fixture
def jp_server_config(
    lake_instance: dict[str, Any], limits: dict[str, Any], token_file: Path
) -> dict[str, Any]:
    oidc = {"oidc_auth": "file", "oidc_file_name": str(token_file)}
    return {
        "ServerApp": {"jpserver_extensions": {"rucio_jupyterlab": True}},
        "RucioConfig": {"instances": [lake_instance, lake_instance | oidc | {"name": "hub"}]}
        | limits,
    }


def stored(data_dir: Path) -> str:
    folder = data_dir / "rucio_jupyterlab" / "credentials"
    return "".join(path.read_text() for path in folder.glob("*")) if folder.exists() else ""


async def policy(api: Api) -> dict[str, bool]:
    (found, _) = (await api.get("instances")).items
    limits: dict[str, bool] = found["policy"]
    return limits


async def restart(jp_serverapp: Any) -> None:
    """What a restart leaves of the sessions: what is on disk, and nothing in memory."""
    await jp_serverapp.web_app.settings["rucio_jupyterlab_services"].sessions.aclose()


async def test_who_does_not_want_to_be_remembered_is_forgotten_with_the_server(
    alice: Api, lake: Lake, jp_data_dir: Path, jp_serverapp: Any
) -> None:
    password = lake.accounts["alice"]["password"]
    assert password in stored(jp_data_dir)
    request = {"type": "userpass", "params": lake.accounts["alice"], "remember": False}
    answer = await alice.put(at("credentials"), request)
    assert (answer.body["source"], answer.body["stored_in"]) == ("memory", None)
    # Nor is what was remembered before.
    assert password not in stored(jp_data_dir)
    assert (await alice.get(at("did"), did=DID)).status == 200
    await restart(jp_serverapp)
    assert (await alice.get(at("did"), did=DID)).status == 401


@pytest.mark.parametrize("limits", [{"store_credentials": "never"}])
async def test_where_nothing_may_be_stored_one_is_signed_in_until_the_server_ends(
    alice: Api, jp_data_dir: Path, jp_serverapp: Any
) -> None:
    assert (await policy(alice))["store_credentials"] is False
    assert stored(jp_data_dir) == ""
    assert (await alice.get(at("credentials"))).body["source"] == "memory"
    assert (await alice.get(at("did"), did=DID)).status == 200
    await restart(jp_serverapp)
    assert (await alice.get(at("did"), did=DID)).status == 401


@pytest.mark.parametrize("limits", [{"allow_typing_credentials": False}])
@pytest.mark.parametrize(
    "request_body",
    [
        {"type": "userpass", "params": {"username": "alice", "password": "w0nderland"}},
        {"type": "x509", "params": {"certificate": "/etc/shadow"}},
        {"type": "x509_proxy", "params": {"proxy": "/etc/shadow"}},
    ],
)
async def test_where_typing_is_forbidden_nothing_from_the_browser_is_tried(
    api: Api, request_body: dict[str, Any]
) -> None:
    assert (await policy(api))["type_credentials"] is False
    for ask in (api.put, api.post):
        answer = await ask(at("credentials"), request_body)
        assert (answer.status, answer.body["code"]) == (403, "typing_forbidden")
        assert "w0nderland" not in json.dumps(answer.body)


@pytest.mark.parametrize("limits", [{"allow_typing_credentials": False}])
async def test_where_typing_is_forbidden_what_is_provided_works(api: Api) -> None:
    assert (await api.get(at("did", "hub"), did=DID)).status == 200
    assert (await api.delete(at("credentials", "hub"))).status == 204
    assert (await api.get(at("did", "hub"), did=DID)).status == 401
    request = {"type": "oidc", "params": {"account": "alice"}}
    assert (await api.post(at("credentials", "hub"), request)).body["account"] == "alice"
    answer = await api.put(at("credentials", "hub"), request)
    assert (answer.status, answer.body["source"]) == (200, "provided")


@pytest.mark.parametrize(
    ("value", "taken"), [("file", "file"), ("Never", "never"), ("kering", "never")]
)
def test_a_limit_that_is_not_understood_is_no_wider_one(value: str, taken: str) -> None:
    assert RucioConfig(store_credentials=value).store_credentials == taken
    assert RucioConfig(allow_typing_credentials="no").allow_typing_credentials is False
    assert RucioConfig().allow_typing_credentials is True
