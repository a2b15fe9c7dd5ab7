"""Asks the server everything, in good days and bad, and keeps all that it said."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpx
from faultproxy import Fault, FaultProxy
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from .drivers import NDJSON, Ask, Known, right, wrong
from .marked import Piece
from .talkative import Talkative

PREFIX = "rucio-jupyterlab/"
AT_ONCE = 8
REQUEST_LIMIT_S = 90

ELSEWHERE = "http://localhost:9/elsewhere"
_REDIRECT = (("Location", ELSEWHERE),)
_CIRCLE = (("Location", "/ping"),)
_JSON = (("Content-Type", "application/json"),)


def _exception(name: str) -> bytes:
    """As Rucio says it, with a message that repeats what it was sent."""
    document = {"ExceptionClass": name, "ExceptionMessage": "refused: %ECHO%"}
    return json.dumps(document).encode()


# What Rucio, or what stands before it, may do to a request.
FAULTS: dict[str, Fault] = {
    "refuses the token": Fault(status=401, body=_exception("CannotAuthenticate"), echoes=True),
    "knows no such identity": Fault(status=401, body=_exception("IdentityError"), echoes=True),
    "allows nothing": Fault(status=403, body=_exception("AccessDenied"), echoes=True),
    "knows nothing": Fault(status=404, body=_exception("DataIdentifierNotFound"), echoes=True),
    "has everything": Fault(status=409, body=_exception("Duplicate"), echoes=True),
    "wants an account": Fault(status=206, body=b'["alice", "bob"]', echoes=True),
    "fails": Fault(status=500, body=_exception("SomethingNew"), echoes=True),
    "fails with a page": Fault(status=500, body=b"<html>Traceback", echoes=True),
    "is busy": Fault(status=503, body=b"", echoes=True, headers=(("Retry-After", "60"),)),
    "sends us elsewhere": Fault(status=302, headers=_REDIRECT, echoes=True),
    "sends us in a circle": Fault(status=307, headers=_CIRCLE, echoes=True),
    "is another server": Fault(status=200, body=b"<html>Welcome</html>", echoes=True),
    "says half a word": Fault(status=200, body=b'{"a": [1', headers=_JSON),
    "says something else": Fault(status=200, body=b'["surprise"]\n', headers=_JSON),
    "stops in the middle": Fault(cut_after_bytes=150),
    "hangs up": Fault(drop=True),
}


class Drive:
    """``answers`` are all answers, heads included; ``events`` all that was pushed."""

    def __init__(self, server: Talkative, http: httpx.AsyncClient) -> None:
        self.answers: list[Piece] = []
        self.events: list[Piece] = []
        self.statuses: dict[int, int] = {}
        self.codes: set[str] = set()
        self.server = server
        self._http = http
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def ask(self, ask: Ask, *, about: str = "") -> httpx.Response:
        """One request to a route of ours."""
        body = ask.body if isinstance(ask.body, bytes | None) else json.dumps(ask.body).encode()
        async with self._gate:
            answer = await self._http.request(
                ask.method,
                PREFIX + ask.path,
                params=ask.query,
                content=body,
                headers={"Accept": NDJSON} if ask.is_stream else {},
            )
        self._keep(f"{ask.method} {ask.path} {about}", answer)
        return answer

    async def jupyter(self, method: str, path: str, body: object = None) -> Any:
        """One request to Jupyter itself."""
        answer = await self._http.request(method, path, json=body)
        answer.raise_for_status()
        self._keep(f"{method} {path}", answer)
        return answer.json() if answer.content else None

    async def ask_all(self, asks: Iterable[Ask], *, about: str) -> None:
        """What reads goes together, what changes something one after the other."""
        waiting = list(asks)
        reads = [self.ask(ask, about=about) for ask in waiting if ask.method == "GET"]
        await asyncio.gather(*reads)
        for ask in waiting:
            if ask.method != "GET":
                await self.ask(ask, about=about)

    async def suffer(self, known: Known, proxy: FaultProxy) -> None:
        """Every route, while Rucio does what it should not."""
        for name, fault in FAULTS.items():
            await self.sign_in(known)
            proxy.set("/", fault)
            await self.ask_all(right(known), about=f"while Rucio {name}")
            proxy.clear()
        await self.sign_in(known)

    async def mistakes(self, known: Known) -> None:
        """Every route, while a library fails in a way that nobody expects."""
        self.server.break_http(is_broken=True)
        await self.ask_all(right(known, last=False), about="with a mistake in a library")
        await self.ask_all(wrong(known), about="wrongly, with a mistake in a library")
        self.server.break_http(is_broken=False)

    async def sign_in(self, known: Known) -> None:
        path = f"instances/{known.instance}/credentials"
        answer = await self.ask(Ask("PUT", path, body=known.way_in))
        assert answer.status_code == 200, answer.text

    async def download(self, known: Known) -> str:
        """Downloads, and waits until nothing moves any more; gives the job."""
        path = f"instances/{known.instance}/downloads"
        answer = await self.ask(Ask("POST", path, body={"dids": [known.did]}))
        assert answer.status_code == 202, answer.text
        deadline = time.monotonic() + REQUEST_LIMIT_S
        for state in ("queued", "running"):
            while (await self.ask(Ask("GET", "jobs", {"state": state}))).json()["items"]:
                assert time.monotonic() < deadline, "A job does not come to its end."
                await asyncio.sleep(0.2)
        return str(answer.json()["job"]["id"])

    def _keep(self, where: str, answer: httpx.Response) -> None:
        head = b"\r\n".join(b": ".join(pair) for pair in answer.headers.raw)
        self.answers.append(Piece(f"the answer to {where}", head + b"\r\n\r\n" + answer.content))
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        if answer.status_code >= 400 and answer.content[:1] == b"{":
            self.codes.add(str(answer.json().get("code")))


@asynccontextmanager
async def driving(server: Talkative) -> AsyncIterator[Drive]:
    """A browser at the server that listens to its events."""
    headers = {"Authorization": f"token {server.token}"}
    async with httpx.AsyncClient(
        base_url=server.url, headers=headers, timeout=REQUEST_LIMIT_S, trust_env=False
    ) as http:
        drive = Drive(server, http)
        address = server.url.replace("http", "ws", 1) + "api/events/subscribe"
        socket = await websocket_connect(HTTPRequest(address, headers=headers))
        listening = asyncio.ensure_future(_listen(socket, drive))
        try:
            yield drive
        finally:
            socket.close()
            await listening


async def _listen(socket: WebSocketClientConnection, drive: Drive) -> None:
    while (message := await socket.read_message()) is not None:
        content = message if isinstance(message, bytes) else message.encode()
        drive.events.append(Piece("an event", content))
