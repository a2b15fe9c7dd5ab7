"""Who is not signed in to Jupyter, or may not use Rucio by Jupyter's authorizer, gets nothing and
changes nothing, at every route.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from faultproxy import FaultProxy
from jupyter_server.auth.authorizer import Authorizer
from tornado.httpclient import HTTPResponse

from rucio_jupyterlab.handlers.routes import PREFIX, ROUTES, routes

from .drivers import ASKS, Ask, Known, right

READS = ("GET", "HEAD")
WAY_IN = {"type": "userpass", "params": {"username": "alice", "password": "wonderland"}}
KNOWN = Known("lake", "demo:dimuon_2021", "0" * 32, WAY_IN)
# Nothing but the method and the address is looked at before one is let in.
OPERATIONS = sorted(ASKS)
ADDRESSES = {(ask.method, ask.path): ask for ask in right(KNOWN) if not ask.is_stream}

Fetch = Callable[..., Any]


class RefusesReading(Authorizer):
    """Allows everything but looking at Rucio."""

    refused = ("read", "rucio")

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return (action, resource) != self.refused


class RefusesWriting(RefusesReading):
    """Allows everything but changing something at Rucio."""

    refused = ("write", "rucio")


@pytest.fixture
def instances(lake_instance: dict[str, Any], proxy: FaultProxy) -> list[Any]:
    return [{**lake_instance, "rucio_base_url": proxy.url, "rucio_auth_url": proxy.url}]


@pytest.fixture
def fetch(jp_fetch: Fetch) -> Fetch:
    """Asks one of our routes; what the caller adds to the headers replaces Jupyter's token."""

    async def ask(wanted: Ask, headers: dict[str, str] | None = None) -> HTTPResponse:
        return await jp_fetch(
            PREFIX,
            wanted.path,
            method=wanted.method,
            params=wanted.query,
            body=json.dumps(wanted.body) if wanted.body is not None else None,
            headers=dict(headers or {}),
            raise_error=False,
            follow_redirects=False,
            allow_nonstandard_methods=True,
        )

    return ask


def assert_nothing_was_done(proxy: FaultProxy, jp_data_dir: Path) -> None:
    assert proxy.requests == []
    assert not list(jp_data_dir.rglob("credentials/*"))


def assert_refused(answer: HTTPResponse, wanted: Ask) -> None:
    assert answer.code == 403, f"{wanted.method} {wanted.path}: {answer.code}"
    assert json.loads(answer.body)["code"] == "jupyter_forbidden"


async def test_a_stranger_is_refused_everywhere_and_nothing_is_done(
    fetch: Fetch, proxy: FaultProxy, jp_data_dir: Path
) -> None:
    for wanted in ADDRESSES.values():
        for authorization in ("", "token wrong", "Bearer wrong", "Basic eDp4"):
            assert_refused(await fetch(wanted, {"Authorization": authorization}), wanted)
    assert_nothing_was_done(proxy, jp_data_dir)


class TestWithJupytersOwnAuthorizer:
    """``jp_server_authorizer`` checks that each handler asks for the right action and resource."""

    @pytest.fixture
    def jp_server_auth_resources(
        self, jp_server_auth_core_resources: dict[str, str]
    ) -> dict[str, str]:
        ours = {f"/{pattern}": "rucio" for pattern, _ in routes()}
        return {**jp_server_auth_core_resources, **ours}

    @pytest.fixture
    def jp_server_config(
        self, jp_server_config: dict[str, Any], jp_server_authorizer: type[Authorizer]
    ) -> dict[str, Any]:
        jp_server_config["ServerApp"]["authorizer_class"] = jp_server_authorizer
        return jp_server_config

    @pytest.mark.parametrize("allowed", ["read", "write"])
    async def test_reading_and_changing_are_allowed_apart(
        self,
        allowed: str,
        fetch: Fetch,
        jp_server_authorizer: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        permissions = {"actions": [allowed], "resources": ["rucio"]}
        monkeypatch.setattr(jp_server_authorizer, "permissions", permissions)
        for wanted in ADDRESSES.values():
            answer = await fetch(wanted)
            if (wanted.method in READS) == (allowed == "read"):
                # Rucio's own 403 has another code; a handler that asks wrongly ends in a 500.
                assert answer.code != 500
                assert b"jupyter_forbidden" not in answer.body
            else:
                assert_refused(answer, wanted)


@pytest.mark.parametrize("authorizer", [RefusesReading, RefusesWriting])
class TestWithAnAdministratorsAuthorizer:
    @pytest.fixture
    def jp_server_config(
        self, jp_server_config: dict[str, Any], authorizer: type[Authorizer]
    ) -> dict[str, Any]:
        jp_server_config["ServerApp"]["authorizer_class"] = authorizer
        return jp_server_config

    async def test_what_it_refuses_is_refused_at_every_route(
        self, authorizer: type[RefusesReading], fetch: Fetch, jp_data_dir: Path
    ) -> None:
        is_reading_refused = authorizer.refused[0] == "read"
        for wanted in ADDRESSES.values():
            answer = await fetch(wanted)
            if (wanted.method in READS) == is_reading_refused:
                assert_refused(answer, wanted)
            else:
                assert b"jupyter_forbidden" not in answer.body
        assert is_reading_refused or not list(jp_data_dir.rglob("credentials/*"))


class TestFromAnotherPage:
    """The browser has Jupyter's cookie and sends it along, whoever's page asks."""

    async def cookies(self, jp_fetch: Fetch, token: str) -> SimpleCookie:
        """What a browser holds after somebody has come in with Jupyter's token."""
        cookies = SimpleCookie()
        for params in ({}, {"token": token}):
            answer = await jp_fetch(
                "login",
                params=params,
                headers={"Authorization": ""},
                raise_error=False,
                follow_redirects=False,
            )
            for line in answer.headers.get_list("Set-Cookie"):
                cookies.load(line)
        assert len(cookies) == 2, "Jupyter's own, and the one against forged requests"
        return cookies

    @pytest.fixture
    def token(self, jp_auth_header: dict[str, str]) -> str:
        return jp_auth_header["Authorization"].removeprefix("token ")

    async def test_what_changes_something_needs_the_xsrf_token(
        self, fetch: Fetch, jp_fetch: Fetch, token: str, proxy: FaultProxy, jp_data_dir: Path
    ) -> None:
        cookies = await self.cookies(jp_fetch, token)
        line = "; ".join(f"{name}={cookie.value}" for name, cookie in cookies.items())
        without = {"Authorization": "", "Cookie": line}
        wrong = {**without, "X-XSRFToken": "2|00000000|" + "0" * 32 + "|1700000000"}
        for wanted in ADDRESSES.values():
            if wanted.method not in READS:
                for headers in (without, wrong):
                    assert_refused(await fetch(wanted, headers), wanted)
        assert_nothing_was_done(proxy, jp_data_dir)

        right_one = {**without, "X-XSRFToken": cookies["_xsrf"].value}
        answer = await fetch(ADDRESSES["GET", "instances"], right_one)
        assert answer.code == 200
        for wanted in ADDRESSES.values():
            assert b"jupyter_forbidden" not in (await fetch(wanted, right_one)).body

    async def test_what_only_reads_is_not_given_to_another_origin(
        self, fetch: Fetch, jp_fetch: Fetch, token: str
    ) -> None:
        cookies = await self.cookies(jp_fetch, token)
        line = "; ".join(f"{name}={cookie.value}" for name, cookie in cookies.items())
        elsewhere = {
            "Authorization": "",
            "Cookie": line,
            "Referer": "https://elsewhere.example/",
            "Origin": "https://elsewhere.example",
        }
        for wanted in ADDRESSES.values():
            answer = await fetch(wanted, elsewhere)
            assert answer.code in (403, 404), f"{wanted.method} {wanted.path}"
            assert "Access-Control-Allow-Origin" not in answer.headers

    async def test_who_comes_with_jupyters_token_needs_no_xsrf_token(self, fetch: Fetch) -> None:
        """Jupyter's own rule: no other page can know the token."""
        for wanted in ADDRESSES.values():
            assert b"jupyter_forbidden" not in (await fetch(wanted)).body


def test_all_routes_are_tried() -> None:
    addresses = {(method, path) for method, path in OPERATIONS}
    assert {path for _, path in addresses} == set(ROUTES)
    assert len(ADDRESSES) == len(OPERATIONS)
