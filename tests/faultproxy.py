"""A proxy before the real Rucio that shows the faults which a healthy one cannot be made to show.

It passes every request on unless a fault is set for its path. It runs in a thread of its own, so
that a server under test may be as blocked as it likes.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PIECE_BYTES = 4096
ECHO = b"%ECHO%"
CONTROL_PATH = "/fault-proxy"
"""For tests in another process: POST ``{"path_part", …Fault}`` sets a fault, DELETE clears them."""


@dataclass(frozen=True)
class Fault:
    """What happens to a request.

    Attributes:
        status: answer with this status instead of asking Rucio.
        body: the body of that answer.
        headers: further headers of that answer.
        echoes: that answer repeats the headers and the body of the request, as headers and as body:
            where ``%ECHO%`` stands in a JSON text, else at the end.
        delay_s: wait before passing the request on.
        drop: close the connection without an answer.
        cut_after_bytes: pass on so much of the answer's body, then close the connection.
        pause_after_bytes: pass on so much of the answer's body, then nothing more, until the client
            goes.
        times: how often it happens; None is always.
    """

    status: int | None = None
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    echoes: bool = False
    delay_s: float = 0.0
    drop: bool = False
    cut_after_bytes: int | None = None
    pause_after_bytes: int | None = None
    times: int | None = None


@dataclass
class FaultProxy:
    """``url`` stands for Rucio's; ``requests`` are what came, as (method, path with query).

    ``tokens`` are the Rucio tokens that came with them.
    """

    upstream: str
    url: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    abandoned: threading.Event = field(default_factory=threading.Event)
    """Set once a client has gone away before the end of an answer."""
    _faults: list[tuple[str, Fault]] = field(default_factory=list)
    _happened: dict[int, int] = field(default_factory=dict)

    def set(self, path_part: str, fault: Fault) -> None:
        """From now on, for requests whose path holds ``path_part``.

        The latest fault that fits counts.
        """
        self._faults.insert(0, (path_part, fault))

    def clear(self) -> None:
        self._faults.clear()
        self.requests.clear()
        self.abandoned.clear()

    def _control(self, method: str, body: bytes) -> None:
        self.clear()
        if method == "POST":
            wanted = json.loads(body)
            self.set(wanted.pop("path_part"), Fault(**wanted))

    def count(self, path_part: str) -> int:
        """How many requests came whose path holds ``path_part``."""
        return sum(path_part in path for _, path in self.requests)

    def _fault_for(self, path: str) -> Fault | None:
        for part, fault in self._faults:
            happened = self._happened.get(id(fault), 0)
            if part in path and (fault.times is None or happened < fault.times):
                self._happened[id(fault)] = happened + 1
                return fault
        return None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # Cancelled: the proxy ends while a fault holds a request back.
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._handle(reader, writer)
        finally:
            writer.close()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        request_line, *header_lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, path, _ = request_line.split(" ", 2)
        headers = dict(line.split(": ", 1) for line in header_lines)
        lengths = [int(value) for key, value in headers.items() if key.lower() == "content-length"]
        body = await reader.readexactly(lengths[0]) if lengths else b""
        if path == CONTROL_PATH:
            self._control(method, body)
            writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        self.requests.append((method, path))
        self.tokens.update(
            value for key, value in headers.items() if key.lower() == "x-rucio-auth-token"
        )
        fault = self._fault_for(path) or Fault()
        await asyncio.sleep(fault.delay_s)
        if fault.drop:
            return
        if fault.status is not None:
            writer.write(_answer(fault, headers, body))
            await writer.drain()
            return
        await self._pass_on(head, body, fault, reader, writer)

    async def _pass_on(
        self,
        head: bytes,
        body: bytes,
        fault: Fault,
        client: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        place = urlsplit(self.upstream)
        from_rucio, to_rucio = await asyncio.open_connection(place.hostname, place.port)
        # One request a connection keeps this proxy simple.
        lines = [
            line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")
        ]
        to_rucio.write(b"\r\n".join([lines[0], b"Connection: close", *lines[1:]]) + body)
        client_gone = asyncio.ensure_future(client.read(1))
        try:
            answer_head = await from_rucio.readuntil(b"\r\n\r\n")
            writer.write(_closing(answer_head))
            passed = 0
            limit = fault.cut_after_bytes or fault.pause_after_bytes
            while piece := await from_rucio.read(PIECE_BYTES):
                if client_gone.done():
                    self.abandoned.set()
                    return
                if limit is not None and passed + len(piece) >= limit:
                    writer.write(piece[: limit - passed])
                    await writer.drain()
                    if fault.pause_after_bytes is not None:
                        await client_gone
                        self.abandoned.set()
                    return
                writer.write(piece)
                await writer.drain()
                passed += len(piece)
        except ConnectionError:
            self.abandoned.set()
        finally:
            client_gone.cancel()
            to_rucio.close()


def _answer(fault: Fault, headers: dict[str, str], body: bytes) -> bytes:
    content, lines = fault.body, [f"{key}: {value}" for key, value in fault.headers]
    if fault.echoes:
        lines += [f"X-Echo-{key}: {value}" for key, value in headers.items()]
        # Rucio's own first: a long message is cut.
        rucios_first = sorted(headers, key=lambda key: not key.lower().startswith("x-rucio"))
        echo = json.dumps({key: headers[key] for key in rucios_first}).encode() + body
        inside_text = json.dumps(echo.decode("latin-1"))[1:-1].encode()
        content = content.replace(ECHO, inside_text) if ECHO in content else content + echo
    head = [f"HTTP/1.1 {fault.status} Fault", f"Content-Length: {len(content)}", *lines]
    return "\r\n".join([*head, "Connection: close", "", ""]).encode("latin-1") + content


def _closing(head: bytes) -> bytes:
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([lines[0], b"Connection: close", *lines[1:]])


@contextmanager
def fault_proxy(upstream: str) -> Iterator[FaultProxy]:
    """A proxy on a free port of the loopback, for as long as the context lasts."""
    proxy = FaultProxy(upstream)
    started = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(proxy._serve, "127.0.0.1", 0)
        proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        started.set()
        await stop.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), name="fault-proxy")
    thread.start()
    if not started.wait(10):
        raise RuntimeError("The fault proxy did not start.")
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
