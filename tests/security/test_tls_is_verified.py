"""TLS is verified, always: to who cannot prove to be Rucio, no password and no token is sent, and
nothing that it says is believed.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from server.conftest import Api, at

from lake.testing import Lake

from .authority import Authority
from .listener import Listener, answer, listening

PASSWORD = "Marked0a1b2c3d4e5f60718293a4b5"
WAY_IN = {"type": "userpass", "params": {"username": "alice", "password": PASSWORD}}
WELCOME = answer("200 OK", b"", "X-Rucio-Auth-Token: a-token", "X-Rucio-Auth-Account: alice")

# What somebody may try who has read that verification can be switched off.
SWITCHES: tuple[dict[str, object], ...] = (
    {"rucio_ca_cert": False},
    {"rucio_ca_cert": "false"},
    {"rucio_ca_cert": "0"},
    {"rucio_ca_cert": ""},
    {"rucio_ca_cert": None},
    {"rucio_ca_cert": "/dev/null"},
    {"rucio_ca_cert": True},
    {"verify": False},
    {"ssl_verify": False},
    {"insecure": True},
    {"rucio_ca_verify": False},
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authorities")


@pytest.fixture(scope="module")
def trusted(folder: Path) -> Authority:
    return Authority.make(folder, "trusted")


@pytest.fixture(scope="module")
def stranger(folder: Path) -> Authority:
    return Authority.make(folder, "stranger")


@contextmanager
def pretending(tls: ssl.SSLContext, host: str = "127.0.0.1") -> Iterator[Listener]:
    """Somebody who lets everybody in, to see what they bring."""
    with listening(lambda _: WELCOME, tls=tls, host=host) as listener:
        yield listener


@pytest.fixture
def impostors(trusted: Authority, stranger: Authority) -> Iterator[dict[str, Listener]]:
    with (
        pretending(trusted.server("127.0.0.1")) as genuine,
        pretending(stranger.server("127.0.0.1")) as foreign,
        pretending(trusted.server("rucio.example.org")) as other_name,
        pretending(trusted.server("127.0.0.1"), host="localhost") as other_spelling,
        pretending(trusted.server("127.0.0.1", days=(-30, -1))) as expired,
        pretending(trusted.server("127.0.0.1", days=(2, 30))) as not_yet,
    ):
        yield {
            "genuine": genuine,
            "foreign": foreign,
            "other_name": other_name,
            "other_spelling": other_spelling,
            "expired": expired,
            "not_yet": not_yet,
        }


@pytest.fixture
def instances(
    lake_instance: dict[str, Any], impostors: dict[str, Listener], trusted: Authority
) -> list[Any]:
    usual = {**lake_instance, "rucio_ca_cert": str(trusted.file)}
    configured = [
        {**usual, "name": name, "rucio_base_url": one.url, "rucio_auth_url": one.url}
        for name, one in impostors.items()
    ]
    foreign = impostors["foreign"].url
    configured += [
        {
            **lake_instance,
            **switch,
            "name": f"switch-{number}",
            "rucio_base_url": foreign,
            "rucio_auth_url": foreign,
        }
        for number, switch in enumerate(SWITCHES)
    ]
    return [lake_instance, *configured]


async def test_who_is_genuine_is_believed(api: Api, impostors: dict[str, Listener]) -> None:
    """Without this the refusals below would say nothing."""
    signed_in = await api.put(at("credentials", "genuine"), WAY_IN)
    assert signed_in.status == 200, signed_in.body
    assert PASSWORD.encode() in impostors["genuine"].heard[0]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("foreign", "unable to get local issuer certificate"),
        ("other_name", "mismatch"),
        ("other_spelling", "mismatch"),
        ("expired", "expired"),
        ("not_yet", "not yet valid"),
    ],
)
async def test_who_cannot_prove_it_gets_no_password_and_the_reason_is_said(
    api: Api, impostors: dict[str, Listener], name: str, why: str
) -> None:
    refused = await api.put(at("credentials", name), WAY_IN)
    assert (refused.status, refused.body["code"]) == (503, "tls_not_trusted")
    assert why in refused.body["message"]
    assert impostors[name].connections >= 1
    assert impostors[name].heard == []


@pytest.mark.parametrize("number", range(len(SWITCHES)), ids=[str(one) for one in SWITCHES])
async def test_no_configuration_switches_it_off(
    api: Api, impostors: dict[str, Listener], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As other programs may be told.
    for variable in ("PYTHONHTTPSVERIFY", "HTTPX_VERIFY", "RUCIO_CA_CERT"):
        monkeypatch.setenv(variable, "0")
    monkeypatch.setenv("CURL_CA_BUNDLE", "")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "")
    refused = await api.put(at("credentials", f"switch-{number}"), WAY_IN)
    assert refused.status == 503
    assert refused.body["code"] in ("tls_not_trusted", "configuration_error", "ca_file_unusable")
    assert impostors["foreign"].heard == []


class TestTheLake:
    """The same with the lake's real Rucio behind its real front."""

    @pytest.fixture
    def instances(self, lake: Lake, lake_instance: dict[str, Any]) -> list[Any]:
        tls = lake.tls
        usual = {
            **lake_instance,
            "rucio_base_url": tls["rucio_url"],
            "rucio_auth_url": tls["auth_url"],
        }
        other_ca = {"name": "other_ca", "rucio_ca_cert": tls["other_ca_file"]}
        by_roots = {"name": "by_roots", "rucio_ca_cert": None}
        return [{**usual, "rucio_ca_cert": tls["ca_file"]}, usual | other_ca, usual | by_roots]

    async def test_its_own_ca_is_trusted_and_no_other(self, api: Api, lake: Lake) -> None:
        way_in = {"type": "userpass", "params": lake.accounts["alice"]}
        assert (await api.put(at("credentials"), way_in)).status == 200
        found = await api.get(at("did"), did="demo:dimuon_2021")
        assert found.status == 200
        for name in ("other_ca", "by_roots"):
            refused = await api.put(at("credentials", name), way_in)
            assert (refused.status, refused.body["code"]) == (503, "tls_not_trusted")


class TestRemoteConfiguration:
    """What ``$url`` names is only taken from who can prove to be it."""

    @pytest.fixture
    def document(self, lake_instance: dict[str, Any]) -> bytes:
        return json.dumps(lake_instance).encode()

    @pytest.fixture
    def remotes(
        self, document: bytes, trusted: Authority, stranger: Authority
    ) -> Iterator[dict[str, Listener]]:
        def reply(_: bytes) -> bytes:
            return answer("200 OK", document, "Content-Type: application/json")

        with (
            listening(reply, tls=trusted.server("127.0.0.1")) as genuine,
            listening(reply, tls=stranger.server("127.0.0.1")) as foreign,
            listening(reply, tls=trusted.server("127.0.0.1", days=(-30, -1))) as expired,
        ):
            yield {"genuine": genuine, "foreign": foreign, "expired": expired}

    @pytest.fixture
    def instances(self, remotes: dict[str, Listener], trusted: Authority) -> list[Any]:
        return [
            {
                "name": name,
                "display_name": name,
                "$url": f"{remote.url}/lake.json",
                "rucio_ca_cert": str(trusted.file),
            }
            for name, remote in remotes.items()
        ]

    async def test_only_a_genuine_one_is_read(self, api: Api, remotes: dict[str, Listener]) -> None:
        for _ in range(600):
            answered = {one["name"]: one for one in (await api.get("instances")).items}
            codes = {name: (one["problem"] or {}).get("code") for name, one in answered.items()}
            if "configuration_pending" not in codes.values():
                break
            await asyncio.sleep(0.1)
        assert codes["genuine"] != "remote_configuration_unavailable"
        assert answered["genuine"]["destinations"]
        for name in ("foreign", "expired"):
            assert codes[name] == "remote_configuration_unavailable"
            assert "certificate" in answered[name]["problem"]["message"]
            assert remotes[name].heard == []
