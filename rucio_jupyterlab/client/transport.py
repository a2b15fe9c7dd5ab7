"""The HTTP side of Rucio: one pooled client, time limits, retries, one login for all, streams."""

from __future__ import annotations

import asyncio
import json as json_codec
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from types import TracebackType
from typing import Any, TypeVar

import httpx

from rucio_jupyterlab.client import errors_map, faults
from rucio_jupyterlab.client.auth.authenticator import Authenticator, Standing, Token
from rucio_jupyterlab.client.auth.token import TokenSource
from rucio_jupyterlab.client.connection import Timeouts, make_http_client, make_tls_context
from rucio_jupyterlab.client.ndjson import BadLine, LineReader
from rucio_jupyterlab.client.retry import RetryPolicy
from rucio_jupyterlab.client.sending import Sender
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import NotAuthenticated, RucioFault

__all__ = ["Params", "RetryPolicy", "RucioClient", "Timeouts"]

T = TypeVar("T")

Params = Mapping[str, str | int | bool | None]

JSON_STREAM = "application/x-json-stream"

# Rows come faster than the loop would otherwise turn, and user's kernels share it.
YIELD_TO_LOOP_AFTER_S = 0.01


class RucioClient:
    """One instance of Rucio as one set of credentials sees it. Use it on one event loop.

    With ``authenticator`` None every call but ``ping`` raises NotAuthenticated.
    """

    def __init__(
        self,
        instance: Instance,
        authenticator: Authenticator | None,
        *,
        timeouts: Timeouts | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        self._instance = instance
        self._tokens = TokenSource(authenticator) if authenticator else None
        self._timeouts = timeouts or Timeouts()
        self._sender = Sender(instance, retry or RetryPolicy())
        self._http: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()
        self._closed = False

    @property
    def instance(self) -> Instance:
        return self._instance

    @property
    def account(self) -> str | None:
        """The account of the token in hand; None before the first login."""
        token = self._tokens.token if self._tokens else None
        return token.account if token else None

    @property
    def token_expires_at(self) -> datetime | None:
        """Aware (UTC); None before the first login and where Rucio does not say."""
        token = self._tokens.token if self._tokens else None
        return token.expires_at if token else None

    async def standing(self) -> Standing | None:
        """How the credentials stand, without asking Rucio; None where there are none."""
        return await self._tokens.standing() if self._tokens else None

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
        """Drops all connections; the client cannot be used again."""
        self._closed = True
        if self._tokens is not None:
            await self._tokens.aclose()
        if self._http is not None:
            await self._http.aclose()

    async def login(self) -> None:
        """Gets a fresh token whatever is in hand: so credentials are tried before they are kept."""
        await self._token_source().login(await self._open())

    async def token(self) -> Token:
        """One that should be good, for a child process that acts in the same name.

        Raises: as ``request``.
        """
        http = await self._open()
        return await self._token_source().get(http)

    async def ping(self) -> str:
        """Rucio's version. Needs no credentials."""
        answer = await self._send("GET", "/ping", repeatable=True, with_token=False)
        return self._understood(await self._read_json(answer), lambda found: str(found["version"]))

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

        ``repeatable``: asking again does no harm, so passing faults are retried. ``timeout``: the
        longest silence in seconds where it differs from the client's.

        Raises:
            ExtensionError: every way in which Rucio, the network or the credentials can fail.
        """
        answer = await self._send(
            method, path, params=params, json=json, repeatable=repeatable, timeout=timeout
        )
        await self._read(answer)
        return answer

    async def get(
        self,
        path: str,
        *,
        parse: Callable[[Any], T],
        params: Params | None = None,
        timeout: float | None = None,
    ) -> T:
        """What ``parse`` makes of a JSON answer.

        Raises:
            RucioBadAnswer: no JSON, or ``parse`` found something else than it looked for.
            ExtensionError: as ``request``.
        """
        answer = await self._send("GET", path, params=params, repeatable=True, timeout=timeout)
        return self._understood(await self._read_json(answer), parse)

    async def post(
        self,
        path: str,
        json: object,
        *,
        parse: Callable[[Any], T],
        timeout: float | None = None,
    ) -> T:
        """As ``get``, for what changes something: it is sent once."""
        answer = await self._send("POST", path, json=json, repeatable=False, timeout=timeout)
        return self._understood(await self._read_json(answer), parse)

    async def stream(
        self,
        method: str,
        path: str,
        *,
        parse: Callable[[Any], T | None],
        params: Params | None = None,
        json: object = None,
        timeout: float | None = None,
    ) -> AsyncGenerator[T, None]:
        """The records of an NDJSON answer, as they come. Only for requests that read.

        ``parse`` makes a record of a line's document, or None to leave it out. Closing the
        generator drops the connection: use ``contextlib.aclosing`` where the loop may end early.

        Raises, while iterating:
            RucioBadAnswer: code ``stream_cut`` when the answer ends in the middle; ``parse`` found
                something else than it looked for.
            ExtensionError: as ``request``.
        """
        answer = await self._send(
            method,
            path,
            params=params,
            json=json,
            repeatable=True,
            timeout=timeout,
            accept=JSON_STREAM,
        )
        reader = LineReader()
        turned_at = time.perf_counter()
        try:
            async for piece in answer.aiter_bytes():
                for document in reader.feed(piece):
                    record = self._understood(document, parse)
                    if record is not None:
                        yield record
                if time.perf_counter() - turned_at > YIELD_TO_LOOP_AFTER_S:
                    await asyncio.sleep(0)
                    turned_at = time.perf_counter()
            for document in reader.finish():
                record = self._understood(document, parse)
                if record is not None:
                    yield record
        except httpx.TimeoutException as error:
            raise faults.from_transport(error, self._instance, str(answer.url)) from None
        except httpx.HTTPError:
            raise faults.stream_cut(self._instance) from None
        except BadLine:
            if reader.has_given:
                raise faults.stream_cut(self._instance) from None
            raise faults.not_understood(self._instance, _kind_of(answer)) from None
        finally:
            await answer.aclose()

    async def list(
        self,
        method: str,
        path: str,
        *,
        parse: Callable[[Any], T | None],
        params: Params | None = None,
        json: object = None,
        timeout: float | None = None,
    ) -> list[T]:
        """``stream``, gathered: only for answers that do not grow with a collection."""
        records = self.stream(method, path, parse=parse, params=params, json=json, timeout=timeout)
        async with aclosing(records):
            return [record async for record in records]

    # ------------------------------------------------------------------ below: one request

    async def _send(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: object = None,
        repeatable: bool,
        timeout: float | None = None,
        accept: str = "*/*",
        with_token: bool = True,
    ) -> httpx.Response:
        """The answer with a good status, its body not yet read. The caller closes it."""
        http = await self._open()
        tokens = self._token_source() if with_token else None
        token = await tokens.get(http) if tokens else None
        request = http.build_request(
            method,
            self._instance.rucio_base_url + path,
            params=_without_none(params),
            json=json,
            headers={"Accept": accept},
            timeout=self._timeouts.as_httpx(timeout),
        )
        answer = await self._sender.send(http, request, token, repeatable=repeatable)
        if answer.is_success:
            return answer
        fault = await self._fault_of(answer)
        if tokens and token and errors_map.wants_fresh_token(answer.status_code, fault):
            token = await tokens.renew(http, stale=token)
            answer = await self._sender.send(http, request, token, repeatable=repeatable)
            if answer.is_success:
                return answer
            fault = await self._fault_of(answer)
            if errors_map.wants_fresh_token(answer.status_code, fault):
                refusal = NotAuthenticated(
                    f"{self._instance.display_name} refuses the token that it has just issued.",
                    hint="Sign in again; if that does not help, tell the operator.",
                    rucio=fault,
                )
                tokens.refused(refusal)
                raise refusal
        raise errors_map.from_answer(self._instance, answer)

    async def _fault_of(self, answer: httpx.Response) -> RucioFault | None:
        await self._read(answer)
        return errors_map.fault_in(answer)

    async def _read(self, answer: httpx.Response) -> None:
        try:
            await answer.aread()
        except httpx.HTTPError as error:
            raise faults.from_transport(error, self._instance, str(answer.url)) from None
        finally:
            await answer.aclose()

    async def _read_json(self, answer: httpx.Response) -> Any:
        await self._read(answer)
        try:
            return json_codec.loads(answer.content)
        except ValueError:
            raise faults.not_understood(self._instance, _kind_of(answer)) from None

    def _understood(self, document: object, parse: Callable[[Any], T]) -> T:
        try:
            return parse(document)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise faults.not_understood(self._instance, "a record of another kind") from error

    def _token_source(self) -> TokenSource:
        if self._tokens is None:
            raise NotAuthenticated(
                f"You are not signed in to {self._instance.display_name}.",
                hint="Sign in with your Rucio account.",
            )
        return self._tokens

    async def _open(self) -> httpx.AsyncClient:
        """The HTTP client, made on first use since reading CA files takes a while.

        Raises:
            ConfigurationError: the CA file cannot be used.
            RucioUnreachable: code ``connection_closed``.
        """
        if self._http is None:
            async with self._opening:
                if self._http is None:
                    tls = await asyncio.to_thread(make_tls_context, self._instance)
                    if not self._closed:
                        self._http = make_http_client(self._instance, self._timeouts, tls)
        if self._http is None or self._http.is_closed:
            raise faults.closed(self._instance)
        return self._http


def _kind_of(answer: httpx.Response) -> str:
    is_page = "html" in answer.headers.get("Content-Type", "")
    return "a web page" if is_page else "something that is no JSON"


def _without_none(params: Params | None) -> dict[str, str] | None:
    if params is None:
        return None
    return {key: str(value) for key, value in params.items() if value is not None}
