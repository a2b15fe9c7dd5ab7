"""Signing in with certificates and proxies, at a Rucio behind TLS that really checks them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from lake.testing import Lake

from .conftest import Answer, Api, at

DID = "demo:dimuon_2021"


@pytest.fixture
def instances(lake_instance: dict[str, Any], lake: Lake) -> list[dict[str, Any]]:
    over_tls = {
        "rucio_base_url": lake.tls["rucio_url"],
        "rucio_auth_url": lake.tls["auth_url"],
        "rucio_ca_cert": lake.tls["ca_file"],
        "app_id": "jupyter-tests",
    }
    return [
        lake_instance | over_tls,
        lake_instance | over_tls | {"name": "proxied", "auth_type": "x509_proxy"},
        lake_instance
        | over_tls
        | {"name": "untrusted", "rucio_ca_cert": lake.tls["other_ca_file"]},
        lake_instance | {"name": "plain"},
    ]


@pytest.fixture(autouse=True)
def user_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's proxy is, once there is one."""
    path = tmp_path / "x509up"
    monkeypatch.setenv("X509_USER_PROXY", str(path))
    monkeypatch.setenv("X509_USER_CERT", str(tmp_path / "usercert.pem"))
    monkeypatch.setenv("X509_USER_KEY", str(tmp_path / "userkey.pem"))
    return path


def pair(lake: Lake, name: str) -> dict[str, str]:
    identity = lake.tls["identities"][name]
    return {key: identity[key] for key in ("certificate", "key", "passphrase") if key in identity}


async def sign_in(api: Api, instance: str = "lake", kind: str = "x509", **params: str) -> Answer:
    return await api.put(at("credentials", instance), {"type": kind, "params": params})


async def instance_of(api: Api, name: str = "lake") -> dict[str, Any]:
    found: dict[str, Any] = next(
        item for item in (await api.get("instances")).items if item["name"] == name
    )
    return found


@pytest.mark.parametrize("name", ["x509", "x509_passphrase"])
async def test_alice_signs_in_with_her_certificate_and_browses(
    api: Api, lake: Lake, name: str
) -> None:
    answer = await sign_in(api, **pair(lake, name))
    assert answer.status == 200, answer.body
    assert answer.body["account"] == "alice"
    assert answer.body["identity"] == lake.tls["identities"][name]["dn"]
    assert answer.body["credentials_expires_at"] > answer.body["expires_at"]
    assert "passphrase" not in answer.body["params"]
    assert (await api.get(at("did"), did=DID)).status == 200
    instance = await instance_of(api)
    assert instance["authenticated"] is True
    assert instance["identity"] == lake.tls["identities"][name]["dn"]


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("x509_unknown", "not_authenticated", "does not accept this certificate"),
        ("x509_foreign", "not_authenticated", "a CA that is not trusted there"),
        ("x509_expired", "certificate_expired", "ended on"),
    ],
)
async def test_certificates_that_do_not_do_are_told_apart(
    api: Api, lake: Lake, name: str, code: str, said: str
) -> None:
    answer = await sign_in(api, **pair(lake, name))
    assert (answer.status, answer.body["code"]) == (401, code)
    assert said in answer.body["message"]
    assert (await instance_of(api))["authenticated"] is False


async def test_a_wrong_passphrase_is_said_and_not_repeated(api: Api, lake: Lake) -> None:
    params = pair(lake, "x509_passphrase") | {"passphrase": "through the looking glass"}
    answer = await sign_in(api, **params)
    assert (answer.status, answer.body["code"]) == (401, "key_passphrase")
    assert "looking glass" not in str(answer.body)


async def test_a_key_that_others_can_read_is_refused(api: Api, lake: Lake, tmp_path: Path) -> None:
    params = pair(lake, "x509")
    key = Path(shutil.copy(params["key"], tmp_path / "key.pem"))
    key.chmod(0o644)
    answer = await sign_in(api, **params | {"key": str(key)})
    assert (answer.status, answer.body["code"]) == (401, "key_too_open")
    assert f"chmod 600 {key}" in answer.body["hint"]


async def test_a_server_whose_ca_is_not_the_configured_one_is_not_trusted(
    api: Api, lake: Lake
) -> None:
    """And so sees neither certificate nor password."""
    alice = lake.accounts["alice"]
    for kind, params in (("x509", pair(lake, "x509")), ("userpass", alice)):
        answer = await sign_in(api, "untrusted", kind, **params)
        assert (answer.status, answer.body["code"]) == (503, "tls_not_trusted")


async def test_over_plain_http_there_is_no_way_to_show_a_certificate(api: Api, lake: Lake) -> None:
    answer = await sign_in(api, "plain", **pair(lake, "x509"))
    assert answer.body["code"] == "https_required"
    assert "https" in answer.body["message"]


async def test_a_password_goes_through_tls_and_below_a_path_as_well(api: Api, lake: Lake) -> None:
    assert (await sign_in(api, kind="userpass", **lake.accounts["alice"])).status == 200
    assert (await api.get(at("did"), did=DID)).status == 200


async def test_an_account_that_is_not_hers_is_refused(api: Api, lake: Lake) -> None:
    answer = await sign_in(api, **pair(lake, "x509"), account="root")
    assert (answer.status, answer.body["code"]) == (401, "not_authenticated")
    assert "root" in answer.body["message"]


async def test_what_is_found_on_the_server_is_offered(
    api: Api, lake: Lake, user_proxy: Path, tmp_path: Path
) -> None:
    nothing = {way["type"]: way for way in (await api.get(at("credentials"))).body["ways"]}
    assert list(nothing) == ["userpass", "x509", "x509_proxy"]
    assert not any(way["is_provided"] or way["problem"] for way in nothing.values())
    assert nothing["x509_proxy"]["where"] == str(user_proxy)

    lake.make_proxy(user_proxy)
    shutil.copy(pair(lake, "x509")["certificate"], tmp_path / "usercert.pem")
    shutil.copy(pair(lake, "x509")["key"], tmp_path / "userkey.pem")
    ways = {way["type"]: way for way in (await api.get(at("credentials"))).body["ways"]}
    assert ways["x509_proxy"]["is_provided"] is True
    assert ways["x509_proxy"]["params"] == {"proxy": str(user_proxy)}
    assert ways["x509_proxy"]["identity"] == lake.tls["identities"]["x509"]["dn"]
    assert ways["x509"]["params"]["certificate"] == str(tmp_path / "usercert.pem")
    # Nothing has to be typed for either.
    assert (await sign_in(api)).body["account"] == "alice"
    assert (await sign_in(api, kind="x509_proxy")).body["source"] == "provided"


async def test_where_proxies_are_usual_one_that_is_there_is_used_without_a_click(
    api: Api, lake: Lake, user_proxy: Path
) -> None:
    assert (await instance_of(api, "proxied"))["credentials_problem"]["code"] == "proxy_missing"
    answer = await api.get(at("did", "proxied"), did=DID)
    assert (answer.status, answer.body["code"]) == (401, "not_authenticated")
    assert str(user_proxy) in answer.body["message"]

    lake.make_proxy(user_proxy, lifetime_s=3600)
    assert (await api.get(at("did", "proxied"), did=DID)).status == 200
    instance = await instance_of(api, "proxied")
    assert instance["credentials_source"] == "provided"
    assert instance["account"] == "alice"
    assert instance["authenticated"] is True

    lake.make_proxy(user_proxy, lifetime_s=-60)
    answer = await api.get(at("did", "proxied"), did=DID)
    assert (answer.status, answer.body["code"]) == (401, "not_authenticated")
    instance = await instance_of(api, "proxied")
    assert instance["authenticated"] is False
    assert instance["credentials_problem"]["code"] == "proxy_expired"

    lake.make_proxy(user_proxy, lifetime_s=3600)
    assert (await api.get(at("did", "proxied"), did=DID)).status == 200
    assert (await instance_of(api, "proxied"))["credentials_problem"] is None


async def test_a_token_that_ends_while_one_works_is_renewed_with_the_certificate(
    api: Api, lake: Lake
) -> None:
    await sign_in(api, **pair(lake, "x509"))
    assert lake.expire_tokens("alice") > 0
    lines = await api.lines(at("dids"), scope="demo", name="*")
    assert lines[-1]["end"]["count"] == len(lines) - 1 > 0


async def test_a_certificate_that_rucio_knows_no_longer_is_said_and_works_once_it_is_back(
    api: Api, lake: Lake
) -> None:
    await sign_in(api, **pair(lake, "x509"), account="alice")
    with lake.without_identity("x509", "alice"):
        lake.expire_tokens("alice")
        assert (await api.get(at("did"), did=DID)).status == 401
        instance = await instance_of(api)
        assert instance["authenticated"] is False
        assert instance["credentials_problem"]["code"] == "credentials_refused"
    assert (await sign_in(api, **pair(lake, "x509"), account="alice")).status == 200
    assert (await instance_of(api))["credentials_problem"] is None


async def test_testing_credentials_keeps_nothing(api: Api, lake: Lake, jp_data_dir: Path) -> None:
    tested = await api.post(
        at("credentials"), {"type": "x509", "params": pair(lake, "x509_passphrase")}
    )
    assert tested.status == 200, tested.body
    assert tested.body["account"] == "alice"
    assert tested.body["identity"] == lake.tls["identities"]["x509"]["dn"]
    refused = await api.post(
        at("credentials"), {"type": "x509", "params": pair(lake, "x509_unknown")}
    )
    assert refused.status == 401
    assert (await instance_of(api))["authenticated"] is False
    assert not (jp_data_dir / "rucio_jupyterlab" / "credentials").exists()
