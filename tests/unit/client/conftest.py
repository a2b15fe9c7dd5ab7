"""A server that answers as a test says, byte for byte: for faults that no real Rucio can show."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio

from rucio_jupyterlab.client.auth.userpass import UserpassAuthenticator
from rucio_jupyterlab.client.transport import RetryPolicy, RucioClient, Timeouts
from rucio_jupyterlab.config.instance import Instance

PASSWORD = "w0nderland&secret"
FIRST_TOKEN = "alice-token-number-1"

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class FakeRucio:
    """``answers`` by path; a list is used up one by one, its last entry stays."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    dropped: asyncio.Event = field(default_factory=asyncio.Event)
    logins: int = 0
    login_delay_s: float = 0.0
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await _read_request(reader)
            self.requests.append(request)
            answer = await self._answer(request)
            if callable(answer):
                await answer(writer)
            else:
                writer.write(answer)
                await writer.drain()
        writer.close()

    async def _answer(self, request: Request) -> Answer:
        path = request.path.partition("?")[0]
        scripted = self.answers.get(path)
        if isinstance(scripted, list):
            return scripted.pop(0) if len(scripted) > 1 else scripted[0]
        if callable(scripted) and not asyncio.iscoroutinefunction(scripted):
            return scripted(request)
        if scripted is not None:
            return scripted
        if path.endswith("/auth/userpass"):
            await asyncio.sleep(self.login_delay_s)
            self.logins += 1
            return respond(
                200,
                headers={
                    "X-Rucio-Auth-Token": f"alice-token-number-{self.logins}",
                    "X-Rucio-Auth-Account": "alice",
                },
            )
        return respond(404, {"ExceptionClass": "Unscripted", "ExceptionMessage": path})


def respond(
    status: int = 200,
    document: object = None,
    *,
    text: str | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    body = text.encode() if text is not None else b"" if document is None else _dump(document)
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def refuse(status: int, exception_class: str, message: str = "no") -> bytes:
    return respond(status, {"ExceptionClass": exception_class, "ExceptionMessage": message})


def chunked(*chunks: bytes, end: bool = True) -> bytes:
    """A stream; without ``end`` the connection closes in the middle, as when Rucio fails."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return head + body + (b"0\r\n\r\n" if end else b"")


def _dump(document: object) -> bytes:
    return json.dumps(document).encode()


async def _read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ")
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, path, headers, body)


@pytest_asyncio.fixture
async def rucio() -> AsyncIterator[FakeRucio]:
    fake = FakeRucio()
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    yield fake
    server.close()


@pytest_asyncio.fixture
async def tls_server() -> AsyncIterator[Callable[[ssl.SSLContext], Awaitable[FakeRucio]]]:
    servers: list[asyncio.Server] = []

    async def start(context: ssl.SSLContext) -> FakeRucio:
        fake = FakeRucio(scheme="https")
        server = await asyncio.start_server(fake.serve, "127.0.0.1", 0, ssl=context)
        fake.port = server.sockets[0].getsockname()[1]
        servers.append(server)
        return fake

    yield start
    for server in servers:
        server.close()


def instance_at(url: str, **changes: Any) -> Instance:
    return Instance("lake", "The Lake", "replica", url, changes.pop("auth_url", url), **changes)


@pytest_asyncio.fixture
async def client(rucio: FakeRucio) -> AsyncIterator[RucioClient]:
    """Alice's, with waits short enough for a test."""
    async with client_at(instance_at(rucio.url)) as client:
        yield client


def client_at(instance: Instance, password: str = PASSWORD) -> RucioClient:
    return RucioClient(
        instance,
        UserpassAuthenticator(instance, "alice", password, "alice"),
        timeouts=Timeouts(connect_s=1, read_s=0.5, write_s=1, pool_s=1),
        retry=RetryPolicy(first_wait_s=0.01),
    )
