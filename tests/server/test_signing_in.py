"""Instances and credentials: what a user sees before, while and after signing in."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from lake.testing import Lake
from rucio_jupyterlab.services.credentials import CredentialStore, StoredCredentials

from .conftest import Api, at


async def test_an_instance_shows_itself_before_anybody_has_signed_in(
    api: Api, lake_instance: dict[str, Any]
) -> None:
    answer = await api.get("instances")
    assert answer.body["default_instance"] == "lake"
    (instance,) = answer.items
    assert instance["authenticated"] is False
    assert instance["account"] is None
    assert instance["problem"] is None
    assert instance["destinations"] == [
        {
            "rse": "EULAKE-1",
            "mount_path": lake_instance["rse_mount_path"],
            "mounted": True,
            "contents_path": None,
        }
    ]


async def test_without_credentials_rucio_is_not_asked_and_the_browser_is_told_to_sign_in(
    api: Api,
) -> None:
    answer = await api.get(at("dids"), scope="demo", name="*")
    assert answer.status == 401
    assert answer.body["code"] == "not_authenticated"
    assert answer.body["message"]


async def test_signing_in_shows_who_one_is_and_never_the_password(api: Api, lake: Lake) -> None:
    params = lake.accounts["alice"]
    answer = await api.put(at("credentials"), {"type": "userpass", "params": params})
    assert answer.status == 200
    assert answer.body["account"] == "alice"
    assert answer.body["expires_at"] is not None

    again = await api.get(at("credentials"))
    assert again.body["params"] == {"username": "alice", "account": "alice"}
    instance = (await api.get("instances")).items[0]
    assert instance["authenticated"] is True
    assert instance["account"] == "alice"
    assert instance["token_expires_at"] == answer.body["expires_at"]
    for told in (answer, again):
        assert params["password"] not in json.dumps(told.body)


async def test_credentials_lie_in_a_file_that_only_their_owner_reads(
    alice: Api, lake: Lake, jp_data_dir: Path
) -> None:
    (path,) = (jp_data_dir / "rucio_jupyterlab" / "credentials").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert json.loads(path.read_text())["params"]["password"] == lake.accounts["alice"]["password"]


async def test_a_wrong_password_is_said_and_what_was_stored_stays(
    alice: Api, lake: Lake, jp_data_dir: Path
) -> None:
    params = {**lake.accounts["alice"], "password": "wrong-password"}
    answer = await alice.put(at("credentials"), {"type": "userpass", "params": params})
    assert answer.status == 401
    assert answer.body["code"] == "not_authenticated"
    assert "wrong-password" not in json.dumps(answer.body)

    (path,) = (jp_data_dir / "rucio_jupyterlab" / "credentials").iterdir()
    assert "wrong-password" not in path.read_text()
    assert (await alice.get(at("did"), did="demo:dimuon_2021")).status == 200


@pytest.mark.parametrize("password", ["100%", "%(home)s", 'quo"te', "päss→wörd"])
async def test_stored_passwords_may_hold_anything(
    password: str, tmp_path: Path, jp_asyncio_loop: Any
) -> None:
    store = CredentialStore(tmp_path / "credentials")
    await store.save("a/../b", StoredCredentials("userpass", {"password": password}))
    kept = await store.load("a/../b")
    assert kept is not None
    assert kept.params == {"password": password}
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path / "credentials"]


async def test_a_password_that_no_header_can_carry_is_not_tried(api: Api, lake: Lake) -> None:
    params = {**lake.accounts["alice"], "password": "two\nlines-secret"}
    answer = await api.put(at("credentials"), {"type": "userpass", "params": params})
    assert answer.status == 400
    assert "lines-secret" not in json.dumps(answer.body)


async def test_signing_out_forgets(alice: Api, jp_data_dir: Path) -> None:
    assert (await alice.delete(at("credentials"))).status == 204
    assert not list((jp_data_dir / "rucio_jupyterlab" / "credentials").iterdir())
    assert (await alice.get("instances")).items[0]["authenticated"] is False
    assert (await alice.get(at("did"), did="demo:dimuon_2021")).status == 401


async def test_a_new_server_uses_what_was_stored(alice: Api, jp_serverapp: Any) -> None:
    services = jp_serverapp.web_app.settings["rucio_jupyterlab_services"]
    # What a restart leaves: the file, and nothing in memory.
    await services.sessions.aclose()
    assert (await alice.get(at("did"), did="demo:dimuon_2021")).status == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "userpass", "params": {}, "remember": "no"}, "invalid_argument"),
        ({"type": "userpass", "params": {"username": 5}}, "invalid_credentials_format"),
        ({"type": "userpass", "params": {"proxy": "/p"}}, "invalid_credentials_format"),
        ("not json", "invalid_json"),
        ([], "invalid_json"),
        ({"type": "userpass"}, "invalid_argument"),
        ({"type": 7, "params": {}}, "invalid_argument"),
        ({"type": "userpass", "params": {}, "extra": 1}, "bad_request"),
    ],
)
async def test_a_malformed_request_is_refused_with_a_sentence(
    api: Api, body: Any, code: str
) -> None:
    answer = await api.put(at("credentials"), body)
    assert answer.status == 400
    assert answer.body["code"] == code


async def test_a_way_in_that_this_instance_does_not_offer(api: Api) -> None:
    answer = await api.put(at("credentials"), {"type": "oidc", "params": {}})
    assert answer.status == 400
    assert answer.body["code"] == "auth_type_unavailable"
