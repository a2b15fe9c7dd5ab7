"""One job in this process, with a worker that takes its time to end."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from rucio_jupyterlab.jobs.model import Job, now
from rucio_jupyterlab.jobs.owner import this_owner
from rucio_jupyterlab.jobs.process import Worker
from rucio_jupyterlab.jobs.run import Run
from rucio_jupyterlab.jobs.store import JobStore

# Stands for the interpreter. It says who it is in a file beside it, then that it has begun, as a
# worker does: in a line on its standard output.
PROGRAM = f"""#!{sys.executable}
import json, os, pathlib, signal, sys, time

def end(*_):
    time.sleep(0.5)
    sys.exit(1)

signal.signal(signal.SIGTERM, end)
pathlib.Path(__file__ + ".pid").write_text(str(os.getpid()))
print(json.dumps({{"event": "message", "text": "begun"}}), flush=True)
while True:
    time.sleep(1)
"""


@dataclass(frozen=True)
class Home:
    home: Path
    environment: dict[str, str]

    async def refresh(self) -> None:
        """There is no token."""


@asynccontextmanager
async def settings_at_once(_instance: str) -> AsyncIterator[Home]:
    yield Home(Path.cwd(), {})


def is_worker_alive(folder: Path) -> bool:
    try:
        os.kill(int((folder / "worker.pid").read_text()), 0)
    except ProcessLookupError:
        return False
    return True


@asynccontextmanager
async def one_run(
    folder: Path,
    settings: Callable[[str], AbstractAsyncContextManager[Home]],
    *,
    changed: Callable[[Job], None] = lambda _: None,
) -> AsyncIterator[tuple[Run, JobStore]]:
    program = folder / "worker"
    program.write_text(PROGRAM)
    program.chmod(0o700)
    job = Job(
        id="1" * 32,
        kind="download",
        instance="lake",
        title="demo:a",
        state="queued",
        owner=this_owner(),
        created_at=now(),
    )
    async with aclosing(JobStore(folder / "kept" / "jobs.sqlite3")) as store:
        await store.add(job, {}, None)
        run = Run(
            job,
            store=store,
            worker=Worker(settings, str(program)),
            log_file=folder / "log" / "x.log",
            room=asyncio.Semaphore(1),
            files_at_once=1,
            changed=changed,
        )
        run.start(lambda: None)
        yield run, store


@pytest.mark.asyncio
@pytest.mark.parametrize("second", ["cancel", "interrupt"])
async def test_a_second_click_on_cancel_waits_like_the_first_until_nothing_runs(
    tmp_path: Path, second: str
) -> None:
    has_begun = asyncio.Event()

    def changed(job: Job) -> None:
        if job.message:
            has_begun.set()

    async with one_run(tmp_path, settings_at_once, changed=changed) as (run, store):
        await has_begun.wait()
        assert is_worker_alive(tmp_path)

        first = asyncio.ensure_future(run.cancel())
        await asyncio.sleep(0.1)
        assert not first.done()
        await getattr(run, second)()
        assert not is_worker_alive(tmp_path)
        assert (await first).state == "cancelled"
        kept = await store.get(run.job.id)
        assert kept is not None
        assert kept.state == "cancelled"


@pytest.mark.asyncio
async def test_a_click_on_cancel_is_heard_although_the_keyring_answers_in_that_moment(
    tmp_path: Path,
) -> None:
    is_asked = asyncio.Event()

    @asynccontextmanager
    async def asking(_instance: str) -> AsyncIterator[Home]:
        is_asked.set()
        # As `asyncio.wait_for` before Python 3.12 does it with an answer that is there.
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        yield Home(tmp_path, {})

    async with one_run(tmp_path, asking) as (run, _):
        await is_asked.wait()
        job = await asyncio.wait_for(run.cancel(), 60)
        assert job.state == "cancelled"
        assert not is_worker_alive(tmp_path)
