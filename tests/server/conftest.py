"""A real Jupyter server with the extension, before the lake's real Rucio.

Every answer that a test gets is held against docs/api/openapi.yaml on the way.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from faultproxy import FaultProxy, fault_proxy
from pytest_jupyter.jupyter_server import *  # noqa: F403

from lake.testing import Lake

from .contract import Contract

PREFIX = "rucio-jupyterlab"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def items(self) -> list[Any]:
        items: list[Any] = self.body["items"]
        return items


class Api:
    """The extension's routes as a browser calls them."""

    def __init__(self, fetch: Callable[..., Any], contract: Contract) -> None:
        self._fetch = fetch
        self._contract = contract

    async def get(self, path: str, *, accept: str | None = None, **params: Any) -> Answer:
        return await self.ask("GET", path, params=params, accept=accept)

    async def put(self, path: str, body: object) -> Answer:
        return await self.ask("PUT", path, body=body)

    async def post(self, path: str, body: object) -> Answer:
        return await self.ask("POST", path, body=body)

    async def delete(self, path: str, **params: Any) -> Answer:
        return await self.ask("DELETE", path, params=params)

    async def lines(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """A list as a stream: its lines, the last one (end or error) included."""
        answer = await self.get(path, accept="application/x-ndjson", **params)
        assert answer.status == 200, answer.body
        lines: list[dict[str, Any]] = answer.body
        return lines

    async def ask(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        body: object = None,
        accept: str | None = None,
    ) -> Answer:
        pairs = [
            (key, item)
            for key, value in (params or {}).items()
            for item in (value if isinstance(value, list) else [value])
        ]
        response = await self._fetch(
            PREFIX,
            path,
            params=pairs,
            method=method,
            body=None if body is None else body if isinstance(body, str) else json.dumps(body),
            headers={"Accept": accept} if accept else None,
            raise_error=False,
            allow_nonstandard_methods=True,
            request_timeout=60,
        )
        text = response.body.decode()
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind == "application/x-ndjson":
            content: Any = [json.loads(line) for line in text.splitlines()]
        else:
            content = json.loads(text) if text else None
        self._contract.check(method, path, response.code, kind, content)
        return Answer(response.code, content, dict(response.headers))

    def url(self, base: str, path: str, **params: Any) -> str:
        return f"{base}{PREFIX}/{path}?{urlencode(params)}"


def at(path: str, instance: str = "lake") -> str:
    """A path below an instance."""
    return f"instances/{quote(instance, safe='')}/{path}"


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract.load(Path(__file__).parents[2] / "docs" / "api" / "openapi.yaml")


@pytest.fixture
def instances(lake_instance: dict[str, Any]) -> list[dict[str, Any]]:
    """What the operator has configured; a test module that wants something else overrides this."""
    return [lake_instance]


@pytest.fixture
def jp_server_config(instances: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "ServerApp": {"jpserver_extensions": {"rucio_jupyterlab": True}},
        "RucioConfig": {"instances": instances, "default_instance": "lake"},
    }


@pytest.fixture
def api(jp_fetch: Callable[..., Any], contract: Contract) -> Api:
    return Api(jp_fetch, contract)


@pytest.fixture
def alice(api: Api, lake: Lake, jp_asyncio_loop: asyncio.AbstractEventLoop) -> Api:
    """The routes, signed in as an ordinary user."""
    params = lake.accounts["alice"]
    answer = jp_asyncio_loop.run_until_complete(
        api.put(at("credentials"), {"type": "userpass", "params": params})
    )
    assert answer.status == 200, answer.body
    return api


@pytest.fixture
def proxy(lake: Lake) -> Iterator[FaultProxy]:
    """Faults before the lake's Rucio; a module that wants them configures ``proxied`` instances."""
    with fault_proxy(lake.rucio_url) as proxy:
        yield proxy
