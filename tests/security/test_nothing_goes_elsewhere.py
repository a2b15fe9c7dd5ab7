"""Passwords go to the sign-in host, tokens to Rucio, and neither to anybody else: not where Rucio
sends us, not where the environment does, and not by what was typed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from faultproxy import Fault, FaultProxy, fault_proxy
from server.conftest import Api, at

from lake.testing import Lake

from .authority import Authority
from .listener import Listener, answer, listening

WELCOME = answer("200 OK", b"", "X-Rucio-Auth-Token: a-token", "X-Rucio-Auth-Account: alice")
REDIRECTS = (301, 302, 303, 307, 308)
DID = "demo:dimuon_2021"


@pytest.fixture
def elsewhere() -> Iterator[Listener]:
    """Another port of this machine is another origin, as another host is."""
    with listening(lambda _: WELCOME) as listener:
        yield listener


@pytest.fixture
def sign_in_proxy(lake: Lake) -> Iterator[FaultProxy]:
    with fault_proxy(lake.rucio_url) as proxy:
        yield proxy


@pytest.fixture
def instances(
    lake_instance: dict[str, Any], proxy: FaultProxy, sign_in_proxy: FaultProxy
) -> list[Any]:
    urls = {"rucio_base_url": proxy.url, "rucio_auth_url": sign_in_proxy.url}
    return [{**lake_instance, **urls}]


async def test_the_password_goes_to_the_sign_in_host_only_and_the_token_to_rucio(
    alice: Api, proxy: FaultProxy, sign_in_proxy: FaultProxy
) -> None:
    assert (await alice.get(at("did"), did=DID)).status == 200
    assert [path for _, path in sign_in_proxy.requests] == ["/auth/userpass"]
    assert sign_in_proxy.tokens == set()
    assert proxy.tokens
    assert proxy.count("/auth/") == 0


@pytest.mark.parametrize("status", REDIRECTS)
async def test_rucio_cannot_send_the_token_to_another_host(
    alice: Api, proxy: FaultProxy, elsewhere: Listener, status: int
) -> None:
    for place in (elsewhere.url, elsewhere.url.replace("127.0.0.1", "localhost")):
        location = (("Location", f"{place}/dids"),)
        proxy.set("/dids/", Fault(status=status, headers=location))
        refused = await alice.get(at("did"), did=DID)
        assert (refused.status, refused.body["code"]) == (502, "redirected_elsewhere")
        proxy.clear()
    proxy.set("/rules/", Fault(status=status, headers=(("Location", f"{elsewhere.url}/rules"),)))
    assert (await alice.post(at("availability"), {"did": DID})).status >= 400
    assert elsewhere.heard == []


@pytest.mark.parametrize("status", REDIRECTS)
async def test_the_sign_in_host_cannot_send_the_password_to_another_host(
    api: Api, lake: Lake, sign_in_proxy: FaultProxy, elsewhere: Listener, status: int
) -> None:
    location = (("Location", f"{elsewhere.url}/auth/userpass"),)
    sign_in_proxy.set("/auth/", Fault(status=status, headers=location))
    way_in = {"type": "userpass", "params": lake.accounts["alice"]}
    assert (await api.put(at("credentials"), way_in)).status == 502
    assert elsewhere.connections == 0


@pytest.mark.parametrize("part", ["username", "password", "account"])
@pytest.mark.parametrize("sign", ["\r\n", "\n", "\x00", "\x7f", "\r\nX-Rucio-Account: root\r\nX: "])
async def test_what_was_typed_cannot_add_a_header(
    api: Api, lake: Lake, sign_in_proxy: FaultProxy, part: str, sign: str
) -> None:
    typed = lake.accounts["alice"]
    params = {**typed, part: f"{typed[part]}{sign}more"}
    refused = await api.put(at("credentials"), {"type": "userpass", "params": params})
    assert (refused.status, refused.body["code"]) == (400, "invalid_credentials_format")
    assert sign_in_proxy.requests == []


@pytest.mark.parametrize("key", ["vo", "app_id", "account"])
class TestConfiguredHeaders:
    @pytest.fixture
    def instances(
        self, lake_instance: dict[str, Any], sign_in_proxy: FaultProxy, key: str
    ) -> list[Any]:
        urls = {"rucio_base_url": sign_in_proxy.url, "rucio_auth_url": sign_in_proxy.url}
        return [{**lake_instance, **urls, key: "x\r\nX-Rucio-Account: root"}]

    async def test_a_configuration_cannot_add_a_header(
        self, api: Api, lake: Lake, sign_in_proxy: FaultProxy, key: str
    ) -> None:
        way_in = {"type": "userpass", "params": lake.accounts["alice"]}
        refused = await api.put(at("credentials"), way_in)
        assert (refused.status, refused.body["code"]) == (503, "configuration_error")
        assert key in refused.body["message"]
        assert sign_in_proxy.requests == []


@pytest.mark.parametrize(
    "content", ["sesame\r\nX-Rucio-Account: root", "sesame\x00", "sesame \u2192", "ses ame"]
)
class TestATokenFile:
    @pytest.fixture
    def instances(
        self,
        lake_instance: dict[str, Any],
        proxy: FaultProxy,
        sign_in_proxy: FaultProxy,
        tmp_path: Path,
        content: str,
    ) -> list[Any]:
        file = tmp_path / "token"
        file.write_text(content, newline="")
        urls = {"rucio_base_url": proxy.url, "rucio_auth_url": sign_in_proxy.url}
        way = {"oidc_auth": "file", "oidc_file_name": str(file), "auth_types": ["oidc"]}
        return [{**lake_instance, **urls, **way, "auth_type": "oidc"}]

    async def test_what_is_no_token_is_not_sent_and_not_repeated(
        self, api: Api, proxy: FaultProxy, sign_in_proxy: FaultProxy
    ) -> None:
        for refused in (
            await api.get(at("did"), did=DID),
            await api.put(at("credentials"), {"type": "oidc", "params": {}}),
        ):
            assert 400 <= refused.status < 500, refused.body
            assert "sesame" not in json.dumps(refused.body)
        assert (await api.get("instances")).items[0]["credentials_problem"]
        assert sign_in_proxy.requests == []
        assert proxy.requests == []


class TestProxies:
    """The environment names an HTTP proxy, which is not trusted more than the network is."""

    @pytest.fixture
    def web_proxy(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
        with listening(lambda _: answer("502 Bad Gateway")) as listener:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
                monkeypatch.setenv(name, f"http://user:pass@127.0.0.1:{listener.port}")
                monkeypatch.setenv(name.lower(), f"http://user:pass@127.0.0.1:{listener.port}")
            monkeypatch.setenv("NO_PROXY", "")
            monkeypatch.setenv("no_proxy", "")
            yield listener

    @pytest.fixture
    def instances(
        self, lake_instance: dict[str, Any], proxy: FaultProxy, web_proxy: Listener
    ) -> list[Any]:
        far = "https://rucio.example.org"
        local = {"rucio_base_url": proxy.url, "rucio_auth_url": proxy.url}
        return [
            {**lake_instance, **local},
            {**lake_instance, "name": "far", "rucio_base_url": far, "rucio_auth_url": far},
        ]

    async def test_what_is_on_this_machine_is_not_asked_through_a_proxy(
        self, alice: Api, web_proxy: Listener
    ) -> None:
        assert (await alice.get(at("did"), did=DID)).status == 200
        assert web_proxy.heard == []

    async def test_a_proxy_learns_the_host_and_nothing_else(
        self, api: Api, lake: Lake, web_proxy: Listener
    ) -> None:
        way_in = {"type": "userpass", "params": lake.accounts["alice"]}
        refused = await api.put(at("credentials", "far"), way_in)
        assert (refused.status, refused.body["code"]) == (503, "rucio_unreachable")
        assert web_proxy.heard
        for heard in web_proxy.heard:
            assert heard.startswith(b"CONNECT rucio.example.org:443 ")
            assert b"X-Rucio" not in heard
            assert lake.accounts["alice"]["password"].encode() not in heard


class TestProxyThatReads:
    """A proxy that answers in Rucio's place cannot show Rucio's certificate."""

    @pytest.fixture
    def instances(
        self, lake_instance: dict[str, Any], monkeypatch: pytest.MonkeyPatch, reader: Listener
    ) -> list[Any]:
        monkeypatch.setenv("HTTPS_PROXY", f"https://localhost:{reader.port}")
        far = "https://rucio.example.org"
        return [{**lake_instance, "rucio_base_url": far, "rucio_auth_url": far}]

    @pytest.fixture
    def reader(self, tmp_path: Path) -> Iterator[Listener]:
        stranger = Authority.make(tmp_path, "stranger")
        with listening(lambda _: WELCOME, tls=stranger.server("localhost")) as listener:
            yield listener

    async def test_it_gets_no_password(self, api: Api, lake: Lake, reader: Listener) -> None:
        way_in = {"type": "userpass", "params": lake.accounts["alice"]}
        assert (await api.put(at("credentials"), way_in)).status == 503
        assert reader.connections >= 1
        assert reader.heard == []
