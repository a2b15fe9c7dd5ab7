"""A worker's process: started with its own configuration, listened to, ended with its group."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rucio_jupyterlab.errors import ExtensionError

# A worker that is asked to end does so by itself in less; then its whole group is killed.
STOP_LIMIT_S = 1.8
# So often the token in the worker's configuration is looked after.
REFRESH_INTERVAL_S = 30.0
# Longest line of a report: a piece of items with long reasons.
LONGEST_LINE = 8 * 1024 * 1024


class Settings(Protocol):
    """What a worker needs to be who the user is; see ``services.client_settings``."""

    @property
    def home(self) -> Path: ...
    @property
    def environment(self) -> Mapping[str, str]: ...
    async def refresh(self) -> None:
        """Puts a fresh token in place of one that ends soon."""


SettingsFor = Callable[[str], AbstractAsyncContextManager[Settings]]
"""Of the instance of that name. Raises what stands in the way of signing in."""
OnEvent = Callable[[dict[str, Any]], Awaitable[None]]


class WorkerDied(ExtensionError):
    """It ended without a last word: killed, or out of memory."""

    status = 502
    default_code = "worker_died"


@dataclass(frozen=True)
class Worker:
    """Runs workers: ``python`` is the interpreter, which has the extension and rucio-clients."""

    settings_for: SettingsFor
    python: str = sys.executable

    async def run(
        self, instance: str, request: Mapping[str, Any], log_file: Path, on_event: OnEvent
    ) -> None:
        """Returns when the work is done; cancelling ends the whole process group within 2 s.

        Raises:
            WorkerDied: it ended without saying how it went.
            NotAuthenticated, RucioUnreachable, …: as ``settings_for``.
        """
        async with self.settings_for(instance) as settings:
            process = await self._started(settings, log_file, request["payload"])
            refreshing = asyncio.ensure_future(_keep_fresh(settings))
            try:
                await _listen(process, request, on_event)
            finally:
                refreshing.cancel()
                await asyncio.shield(_clean_up(process, request["payload"]))

    async def _started(
        self, settings: Settings, log_file: Path, payload: Mapping[str, Any]
    ) -> asyncio.subprocess.Process:
        starting = asyncio.ensure_future(self._start(settings, log_file))

        async def abandon() -> None:
            await _clean_up(await starting, payload)

        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            # It is there in a moment, and nobody else would end it.
            await asyncio.shield(abandon())
            raise

    async def _start(self, settings: Settings, log_file: Path) -> asyncio.subprocess.Process:
        log = await asyncio.to_thread(_open_log, log_file)
        try:
            return await asyncio.create_subprocess_exec(
                self.python,
                "-m",
                "rucio_jupyterlab.jobs.worker",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=settings.environment,
                # Nobody else's, so that no module there is taken for one of ours.
                cwd=settings.home,
                start_new_session=True,
                limit=LONGEST_LINE,
            )
        finally:
            os.close(log)


async def _listen(
    process: asyncio.subprocess.Process, request: Mapping[str, Any], on_event: OnEvent
) -> None:
    assert process.stdin is not None  # noqa: S101 - they are pipes
    assert process.stdout is not None  # noqa: S101
    with suppress(ConnectionError):
        # Left open: its end tells the worker that this server is gone.
        process.stdin.write(json.dumps(request).encode() + b"\n")
        await process.stdin.drain()
    has_ended = False
    async for event in _events(process.stdout):
        has_ended = has_ended or event["event"] == "end"
        await on_event(event)
    await process.wait()
    if not has_ended:
        raise _died(process.returncode or 0)


async def _events(stream: asyncio.StreamReader) -> AsyncIterator[dict[str, Any]]:
    # The last line of one that was killed may be half.
    while (line := await stream.readline()).endswith(b"\n"):
        yield json.loads(line)


async def _end(process: asyncio.subprocess.Process) -> None:
    """The worker first, then all that is left of its group."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.terminate()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(process.wait(), STOP_LIMIT_S)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def _clean_up(process: asyncio.subprocess.Process, payload: Mapping[str, Any]) -> None:
    await _end(process)
    await asyncio.to_thread(remove_temporary, payload)


def remove_temporary(payload: Mapping[str, Any]) -> None:
    """What a job wanted only while it ran: the folders that its payload names ``temporary``."""
    for folder in payload.get("temporary", ()):
        shutil.rmtree(folder, ignore_errors=True)


async def _keep_fresh(settings: Settings) -> None:
    while True:
        await asyncio.sleep(REFRESH_INTERVAL_S)
        # Without a fresh one the work may still come to its end with the one it has.
        with suppress(ExtensionError):
            await settings.refresh()


def _died(code: int) -> WorkerDied:
    how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
    hint = "Try again: what has arrived stays."
    if code == -signal.SIGKILL:
        hint = f"Perhaps this machine is short of memory. {hint}"
    return WorkerDied(f"The process that moved the files ended {how}.", hint=hint)


def _open_log(file: Path) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.parent.chmod(0o700)
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
