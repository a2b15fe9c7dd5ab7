"""Lists: streamed a line each to those who can read that, gathered for the others."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Coroutine, Mapping
from contextlib import aclosing, suppress
from typing import Any, NamedTuple, TypeVar

from tornado.iostream import StreamClosedError
from tornado.web import Finish

from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.handlers.base import RucioHandler
from rucio_jupyterlab.services.lists import Cut

NDJSON = "application/x-ndjson"
# The first rows go out at once, so that something is seen; later ones in pieces that are worth a
# packet.
FIRST_ROWS = 40
BATCH_CHARACTERS = 64 * 1024
LONGEST_HOLD_S = 0.1
# Encoding this many rows takes a few milliseconds: how long the loop, shared with kernels, may be
# kept.
ROWS_BETWEEN_PAUSES = 250

Row = Mapping[str, Any]
Result = TypeVar("Result")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class ListHandler(RucioHandler):
    """Base of handlers that answer with a list."""

    _work: asyncio.Task[Any] | None = None
    _is_client_gone = False

    @property
    def wants_stream(self) -> bool:
        return NDJSON in self.request.headers.get("Accept", "")

    async def while_wanted(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What ``work`` gives; it is ended when the client goes away before that, and with it the
        requests to Rucio.
        """
        task = asyncio.ensure_future(work)
        self._work = task
        try:
            return await task
        except asyncio.CancelledError:
            if not self._is_client_gone:
                raise
            raise Finish from None
        finally:
            task.cancel()

    async def answer_list(
        self, rows: AsyncGenerator[Row | Cut, None], limit: int | None = None
    ) -> None:
        """Sends ``rows`` in the form that the client accepts; stops after ``limit`` and says so.

        The first row is awaited before anything is sent, so that what fails at once has its own
        status. When the client goes away, ``rows`` is closed, and with it the request to Rucio.
        """
        send = self._stream if self.wants_stream else self._gather
        self._work = asyncio.ensure_future(send(rows, limit))
        try:
            await self._work
        except StreamClosedError:
            return
        except asyncio.CancelledError:
            if not self._is_client_gone:
                raise
        finally:
            self._work.cancel()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self._is_client_gone = True
        if self._work is not None:
            self._work.cancel()

    async def _gather(self, rows: AsyncGenerator[Row | Cut, None], limit: int | None) -> None:
        items: list[str] = []
        cut: _Cut | None = None
        async with aclosing(rows):
            async for row in rows:
                cut = _cut(row, limit, len(items))
                if cut is not None:
                    break
                items.append(_encode(row))
                if len(items) % ROWS_BETWEEN_PAUSES == 0:
                    await asyncio.sleep(0)
        tail = _encode(_end(len(items), cut))
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.write('{"items":[' + ",".join(items) + "]," + tail[1:])
        await self.finish(set_content_type="application/json; charset=utf-8")

    async def _stream(self, rows: AsyncGenerator[Row | Cut, None], limit: int | None) -> None:
        lines = _Lines(self)
        count = 0
        cut: _Cut | None = None
        last: Row | None = None
        async with aclosing(rows):
            try:
                async for row in rows:
                    cut = _cut(row, limit, count)
                    if cut is not None:
                        break
                    if count == 0:
                        self._begin_stream()
                        lines.start()
                    count += 1
                    await lines.add(_encode(row), is_urgent=count <= FIRST_ROWS)
                    if count % ROWS_BETWEEN_PAUSES == 0:
                        await asyncio.sleep(0)
            except ExtensionError as error:
                if count == 0:
                    raise
                last = {"error": error.to_dict()}
            finally:
                await lines.stop()
        if count == 0:
            self._begin_stream()
        self.write(_encode(last or {"end": _end(count, cut)}) + "\n")
        await self.finish(set_content_type=NDJSON)

    def _begin_stream(self) -> None:
        self.set_header("Content-Type", NDJSON)
        self.set_header("Cache-Control", "no-store")
        # Asks a reverse proxy, such as nginx before a Hub, to pass rows on as they come.
        self.set_header("X-Accel-Buffering", "no")


class _Cut(NamedTuple):
    """There is more than was sent; ``message`` says why, where it was not the asker's limit."""

    message: str | None


def _cut(row: Row | Cut, limit: int | None, count: int) -> _Cut | None:
    if isinstance(row, Cut):
        return _Cut(row.message)
    return _Cut(None) if limit is not None and count == limit else None


def _end(count: int, cut: _Cut | None) -> dict[str, Any]:
    end: dict[str, Any] = {"count": count, "truncated": cut is not None}
    if cut is not None and cut.message:
        end["message"] = cut.message
    return end


class _Lines:
    """Lines on their way out: sent when there are enough, or when they have waited long enough.

    A timer sends what waits while the source is silent. Flushes go one after the other: Tornado
    keeps one future for the write in progress, and a second one would never let the first return.
    """

    def __init__(self, handler: ListHandler) -> None:
        self._handler = handler
        self._lines: list[str] = []
        self._characters = 0
        self._oldest_at = 0.0
        self._flushing = asyncio.Lock()
        self._timer: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._timer = asyncio.ensure_future(self._flush_in_time())

    async def add(self, line: str, *, is_urgent: bool) -> None:
        if not self._lines:
            self._oldest_at = time.monotonic()
        self._lines.append(line)
        self._characters += len(line) + 1
        if (is_urgent and len(self._lines) >= FIRST_ROWS) or self._characters >= BATCH_CHARACTERS:
            await self.flush()

    async def flush(self) -> None:
        async with self._flushing:
            if not self._lines:
                return
            lines, self._lines, self._characters = self._lines, [], 0
            self._handler.write("\n".join(lines) + "\n")
            await self._handler.flush()

    async def stop(self) -> None:
        """Ends the timer; what is left is sent with the end of the list."""
        if self._timer is not None:
            self._timer.cancel()
            with suppress(asyncio.CancelledError, StreamClosedError):
                await self._timer
        if self._lines:
            self._handler.write("\n".join(self._lines) + "\n")
            self._lines = []

    async def _flush_in_time(self) -> None:
        hold = LONGEST_HOLD_S / 5  # the very first rows wait less
        while True:
            await asyncio.sleep(hold)
            hold = LONGEST_HOLD_S / 2
            if self._lines and time.monotonic() - self._oldest_at >= hold / 2:
                await self.flush()
