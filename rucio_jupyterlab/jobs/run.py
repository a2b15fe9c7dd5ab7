"""One job while it waits and runs in this process."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.jobs.model import ErrorDict, Job, JobItem, JobState, now
from rucio_jupyterlab.jobs.process import Worker
from rucio_jupyterlab.jobs.progress import Pace
from rucio_jupyterlab.jobs.store import JobStore
from rucio_jupyterlab.quiet_logs import whereabouts

log = logging.getLogger(__name__)

# So often a change of numbers alone is told, and stored.
TELL_INTERVAL_S = 0.5
STORE_INTERVAL_S = 2.0

_INTERRUPTED = "The server ended before the transfer did. Retry goes on with what is missing."


class Run:
    """``job`` is how it is now. ``changed`` is told of it, at most twice a second for numbers."""

    def __init__(
        self,
        job: Job,
        *,
        store: JobStore,
        worker: Worker,
        log_file: Path,
        room: asyncio.Semaphore,
        files_at_once: int,
        changed: Callable[[Job], None],
    ) -> None:
        self.job = job
        self._store = store
        self._worker = worker
        self._log_file = log_file
        self._room = room
        self._files_at_once = files_at_once
        self._changed = changed
        self._pace = Pace()
        self._items: dict[str, JobItem] = {}
        self._error: ErrorDict | None = None
        self._ends_as: JobState = "cancelled"
        self._is_ending = False
        self._told_at = self._stored_at = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self, on_end: Callable[[], None]) -> None:
        """``on_end`` is called when all about its end has been stored."""
        self._task = asyncio.ensure_future(self._work(on_end))

    async def wait(self) -> None:
        if self._task is not None:
            await asyncio.wait([self._task])

    async def cancel(self) -> Job:
        await asyncio.sleep(0)  # one that has not begun at all would not notice
        self._end_task("cancelled")
        await self.wait()
        return self.job

    async def interrupt(self) -> None:
        """The server ends."""
        await asyncio.sleep(0)
        self._end_task("interrupted")
        await self.wait()

    async def flush(self) -> None:
        """What is known of its items is stored."""
        items, self._items = self._items, {}
        if items:
            await self._store.put_items(self.job.id, items.values())

    def _end_task(self, state: JobState) -> None:
        # Its worker's end, and what is written down about it, must themselves come to an end,
        # however often it is asked for.
        if self._task is not None and not self._is_ending:
            self._is_ending = True
            self._ends_as = state
            self._task.cancel()

    async def _work(self, on_end: Callable[[], None]) -> None:
        try:
            async with self._room:
                self._become("running", started_at=now())
                await self._store.save(self.job)
                payload = await self._store.payload(self.job.id)
                request = {
                    "kind": self.job.kind,
                    "payload": payload,
                    "files_at_once": self._files_at_once,
                }
                await self._worker.run(self.job.instance, request, self._log_file, self._on_event)
            await self._end("failed" if self._error else "done", self._error)
        except asyncio.CancelledError:
            # Not raised again: the end of the job is what was asked for, and is stored first.
            await self._end(self._ends_as, None)
        except ExtensionError as error:
            await self._end("failed", error.to_dict())
        except Exception as error:  # noqa: BLE001 - a job must not seem to run for ever
            # Without the exception's text: nobody has foreseen it, and it may quote a secret.
            log.error("Rucio: a transfer failed:\n%s", whereabouts(error))  # noqa: TRY400
            failure = ExtensionError("The transfer failed in a way that nobody foresaw.")
            await self._end("failed", failure.to_dict())
        finally:
            on_end()

    async def _end(self, state: JobState, error: ErrorDict | None) -> None:
        self._is_ending = True
        message = self.job.message if state in ("done", "failed") else None
        if state == "interrupted":
            message = _INTERRUPTED
        self._become(state, error=error, ended_at=now(), message=message, tells=False)
        left = "cancelled" if state == "cancelled" else "queued"
        await self._kept(self.flush())
        await self._kept(self._store.end_items(self.job.id, left))
        await self._kept(self._store.save(self.job))
        self._changed(self.job)

    async def _kept(self, storing: Awaitable[None]) -> None:
        """That it cannot be written down does not end a transfer that goes well."""
        try:
            await storing
        except ExtensionError as error:
            log.warning("Rucio: %s", error.message)

    async def _on_event(self, event: dict[str, Any]) -> None:
        if self._is_ending:
            # Before Python 3.12 `asyncio.wait_for` may keep a cancellation to itself: here while
            # the keyring is asked.
            raise asyncio.CancelledError
        match event["event"]:
            case "progress":
                self._pace.note(event["bytes_done"])
                self.job = replace(
                    self.job,
                    files_done=event["files_done"],
                    files_failed=event["files_failed"],
                    bytes_done=event["bytes_done"],
                    rate_bytes_s=self._pace.rate_bytes_s(),
                    eta_s=self._pace.eta_s(self._bytes_left(event["bytes_done"])),
                )
                await self._tell_in_time()
            case "items":
                self._items |= {item["key"]: JobItem(**item) for item in event["items"]}
            case "total":
                self._become(self.job.state, files_total=event["files"], bytes_total=event["bytes"])
            case "message":
                self._become(self.job.state, message=event["text"])
            case "made":
                self._become(self.job.state, dids=tuple(event["dids"]))
            case "end":
                self._error = event["error"]

    def _bytes_left(self, bytes_done: int) -> int | None:
        total = self.job.bytes_total
        return None if total is None else total - bytes_done

    def _become(self, state: JobState, *, tells: bool = True, **changes: Any) -> None:
        self.job = replace(self.job, state=state, **changes)
        if state != "running":
            self.job = replace(self.job, rate_bytes_s=None, eta_s=None)
        if tells:
            self._changed(self.job)

    async def _tell_in_time(self) -> None:
        clock = time.monotonic()
        if clock - self._told_at >= TELL_INTERVAL_S:
            self._told_at = clock
            self._changed(self.job)
        if clock - self._stored_at >= STORE_INTERVAL_S:
            self._stored_at = clock
            await self._kept(self.flush())
            await self._kept(self._store.save(self.job))
