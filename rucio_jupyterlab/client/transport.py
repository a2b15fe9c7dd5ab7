"""The HTTP side of Rucio: one pooled client, time limits, retries, one login for all, streams."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any

import httpx

from rucio_jupyterlab.client.auth.token import Authenticator
from rucio_jupyterlab.config.instance import Instance

Params = Mapping[str, str | int | bool | None]


@dataclass(frozen=True)
class Timeouts:
    """Seconds. ``read_s`` is the longest silence; a stream has no limit in total."""

    connect_s: float = 5.0
    read_s: float = 30.0
    write_s: float = 10.0
    pool_s: float = 10.0


class RucioClient:
    """One instance of Rucio as one set of credentials sees it. Use it on one event loop.

    With ``authenticator`` None every call raises NotAuthenticated.
    """

    def __init__(
        self,
        instance: Instance,
        authenticator: Authenticator | None,
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        """
        Raises:
            ConfigurationError: the CA file cannot be read.
        """
        raise NotImplementedError

    @property
    def instance(self) -> Instance:
        raise NotImplementedError

    @property
    def account(self) -> str | None:
        """The account of the token in hand; None before the first login."""
        raise NotImplementedError

    @property
    def token_expires_at(self) -> datetime | None:
        """Aware (UTC); None before the first login and where Rucio does not say."""
        raise NotImplementedError

    async def __aenter__(self) -> RucioClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        raise NotImplementedError

    async def login(self) -> None:
        """Gets a fresh token whatever is in hand: how credentials are tried before they are kept."""
        raise NotImplementedError

    async def ping(self) -> str:
        """Rucio's version. Needs no credentials."""
        raise NotImplementedError

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: object = None,
        repeatable: bool,
        timeout: float | None = None,
    ) -> httpx.Response:
        """One request with a whole answer. ``path`` is quoted and begins with ``/``.

        ``repeatable``: asking again does no harm, so passing faults are retried. ``timeout``: the longest
        silence in seconds where it differs from the client's.
        """
        raise NotImplementedError

    async def get_json(
        self, path: str, *, params: Params | None = None, timeout: float | None = None
    ) -> Any:
        raise NotImplementedError

    async def post_json(
        self, path: str, json: object, *, repeatable: bool = False, timeout: float | None = None
    ) -> Any:
        raise NotImplementedError

    def stream(
        self, method: str, path: str, *, params: Params | None = None, json: object = None
    ) -> AsyncIterator[dict[str, Any]]:
        """The lines of an NDJSON answer, as they come. Closing the iterator drops the connection.

        Raises, while iterating:
            RucioBadAnswer: code ``stream_cut`` when the answer ends too early or in the middle of a line.
        """
        raise NotImplementedError
