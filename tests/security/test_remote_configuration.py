"""Configuration comes from the administrator's own address, and from nowhere that it leads to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from server.conftest import Api

from .authority import Authority
from .listener import Listener, answer, listening

MIB = 1024 * 1024


class Remote:
    """What is at the administrator's address; ``says`` may be changed while it runs."""

    def __init__(self, says: bytes) -> None:
        self.says = says

    def __call__(self, _: bytes) -> bytes:
        return self.says


@pytest.fixture
def elsewhere(lake_instance: dict[str, Any]) -> Iterator[Listener]:
    """Another's configuration, which would be a good one."""
    document = json.dumps({**lake_instance, "display_name": "Somebody else's"}).encode()
    with listening(lambda _: answer("200 OK", document)) as listener:
        yield listener


@pytest.fixture
def remote() -> Remote:
    return Remote(answer("404 Not Found"))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path, "authority")


@pytest.fixture
def server(remote: Remote, authority: Authority) -> Iterator[Listener]:
    with listening(remote, tls=authority.server("127.0.0.1")) as listener:
        yield listener


@pytest.fixture
def instances(server: Listener, authority: Authority) -> list[Any]:
    configured = {"name": "lake", "display_name": "The Lake", "$url": f"{server.url}/lake.json"}
    return [{**configured, "rucio_ca_cert": str(authority.file)}]


async def fetched(api: Api) -> dict[str, Any]:
    """The instance once its configuration has come, or has not."""
    for _ in range(600):
        (instance,) = (await api.get("instances")).items
        if (instance["problem"] or {}).get("code") != "configuration_pending":
            break
        await asyncio.sleep(0.1)
    found: dict[str, Any] = instance
    return found


class TestAnAddressInTheDocument:
    @pytest.fixture
    def remote(self, lake_instance: dict[str, Any], elsewhere: Listener) -> Remote:
        document = {**lake_instance, "$url": f"{elsewhere.url}/lake.json", "name": "other"}
        return Remote(answer("200 OK", json.dumps(document).encode()))

    async def test_it_is_ignored(
        self, api: Api, server: Listener, elsewhere: Listener, lake_instance: dict[str, Any]
    ) -> None:
        instance = await fetched(api)
        assert instance["display_name"] == "The Lake"
        assert instance["name"] == "lake"
        assert (await api.post("instances/reload", {})).status == 200
        assert server.heard
        assert elsewhere.connections == 0


class TestAWayOutOfTls:
    @pytest.fixture
    def remote(self, elsewhere: Listener) -> Remote:
        return Remote(answer("302 Found", b"", f"Location: {elsewhere.url}/lake.json"))

    async def test_it_is_not_taken(self, api: Api, server: Listener, elsewhere: Listener) -> None:
        instance = await fetched(api)
        assert instance["problem"]["code"] == "remote_configuration_unavailable"
        assert instance["destinations"] == []
        assert server.heard
        assert elsewhere.connections == 0


class TestNoEnd:
    @pytest.fixture
    def remote(self, lake_instance: dict[str, Any]) -> Remote:
        padded = json.dumps({**lake_instance, "padding": "x" * (MIB + 1)}).encode()
        return Remote(answer("200 OK", padded))

    async def test_more_than_a_configuration_can_be_is_not_read(self, api: Api) -> None:
        instance = await fetched(api)
        assert instance["problem"]["code"] == "remote_configuration_unavailable"
        assert instance["destinations"] == []


class TestNothingToBeAfraidOf:
    """What a document may try to make of a server."""

    @pytest.fixture
    def remote(self, lake_instance: dict[str, Any]) -> Remote:
        wanted = {
            **lake_instance,
            "rucio_base_url": "file:///etc/passwd",
            "rucio_ca_cert": False,
        }
        return Remote(answer("200 OK", json.dumps(wanted).encode()))

    async def test_it_is_checked_as_what_stands_in_the_file_is(self, api: Api) -> None:
        instance = await fetched(api)
        assert instance["problem"]["code"] in (
            "configuration_error",
            "remote_configuration_unavailable",
        )
        assert "rucio_base_url" in instance["problem"]["message"]


class TestSecretsInTheAddress:
    """The administrator put a password there; it goes to that host and no further."""

    @pytest.fixture
    def onward(self, lake_instance: dict[str, Any], authority: Authority) -> Iterator[Listener]:
        document = json.dumps(lake_instance).encode()
        with listening(
            lambda _: answer("200 OK", document), tls=authority.server("127.0.0.1")
        ) as listener:
            yield listener

    @pytest.fixture
    def remote(self, onward: Listener) -> Remote:
        return Remote(answer("302 Found", b"", f"Location: {onward.url}/lake.json"))

    @pytest.fixture
    def instances(self, server: Listener, authority: Authority) -> list[Any]:
        address = server.url.replace("https://", "https://user:sesame@")
        configured = {"name": "lake", "display_name": "The Lake", "$url": f"{address}/lake.json"}
        return [{**configured, "rucio_ca_cert": str(authority.file)}]

    async def test_a_redirect_does_not_take_it_along(
        self, api: Api, server: Listener, onward: Listener
    ) -> None:
        assert (await fetched(api))["problem"] is None
        assert b"Authorization: Basic" in server.heard[0]
        assert onward.heard
        assert all(b"authorization" not in heard.lower() for heard in onward.heard)
