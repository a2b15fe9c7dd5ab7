"""The jobs of this server: in which order they run, and how they end."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rucio_jupyterlab.errors import Conflict, ExtensionError, NotFound
from rucio_jupyterlab.jobs import history, owner
from rucio_jupyterlab.jobs.logs import Logs
from rucio_jupyterlab.jobs.model import (
    ACTIVE,
    JOB_STATES,
    RETRYABLE,
    Job,
    JobItem,
    JobKind,
    JobSpec,
    JobState,
    LogPart,
    now,
)
from rucio_jupyterlab.jobs.process import Worker
from rucio_jupyterlab.jobs.run import Run
from rucio_jupyterlab.jobs.store import JobStore

log = logging.getLogger(__name__)

Changed = Callable[[Job, bool], None]
"""Told of every change; whether the job has been removed."""

ENDED: tuple[JobState, ...] = tuple(state for state in JOB_STATES if state not in ACTIVE)


@dataclass(frozen=True)
class Limits:
    """``history_days``: how long ended jobs are kept."""

    jobs_at_once: int = 3
    files_at_once: int = 4
    history_days: int = 30


class Jobs:
    """Submits, runs, cancels, repeats. Those of other processes are seen, not touched."""

    def __init__(
        self, store: JobStore, logs_folder: Path, worker: Worker, limits: Limits, changed: Changed
    ) -> None:
        self._store = store
        self._logs = Logs(logs_folder)
        self._worker = worker
        self._limits = limits
        self._changed = changed
        self._room = asyncio.Semaphore(limits.jobs_at_once)
        self._runs: dict[str, Run] = {}
        self._beginning: asyncio.Task[None] | None = None
        self._caring: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Looks, in the background, after what an earlier server has left. Needs a running loop."""
        self._begin()

    async def aclose(self) -> None:
        """Ends all work of this server; it is interrupted, and can be taken up again."""
        if self._caring is not None:
            self._caring.cancel()
        await asyncio.gather(*(run.interrupt() for run in list(self._runs.values())))
        if self._beginning is not None:
            await asyncio.gather(self._beginning, return_exceptions=True)
        await self._store.aclose()

    async def submit(self, spec: JobSpec) -> Job:
        """A new job, or the one with the same idempotency key.

        Raises:
            ConfigurationError: code ``jobs_not_stored``.
        """
        await self._begun()
        wanted = Job(
            id=secrets.token_hex(16),
            kind=spec.kind,
            instance=spec.instance,
            title=spec.title,
            state="queued",
            owner=owner.this_owner(),
            created_at=now(),
            rse=spec.rse,
            dids=tuple(spec.dids),
            path=spec.path,
        )
        key = _key(spec.instance, spec.idempotency_key) if spec.idempotency_key else None
        job = await self._store.add(wanted, spec.payload, key)
        if job.id == wanted.id:
            self._run(job)
        return self._now(job)

    async def of_key(self, instance: str, idempotency_key: str) -> Job | None:
        """The job that was submitted with this key, if any."""
        await self._begun()
        job = await self._store.of_key(_key(instance, idempotency_key))
        return None if job is None else self._now(job)

    async def get(self, job_id: str) -> Job:
        """
        Raises:
            NotFound: code ``unknown_job``.
        """
        await self._begun()
        if job_id in self._runs:
            return self._runs[job_id].job
        job = await self._store.get(job_id)
        if job is None:
            raise NotFound("There is no such transfer.", code="unknown_job")
        return job

    async def items(self, job_id: str, limit: int) -> list[JobItem]:
        """At most ``limit``, those that failed first."""
        if job_id in self._runs:
            await self._runs[job_id].flush()
        return await self._store.items(job_id, limit)

    async def payload(self, job_id: str) -> dict[str, Any]:
        """What its worker is given. No secret is in it."""
        return await self._store.payload(job_id)

    async def list(
        self,
        *,
        states: Sequence[JobState] = (),
        kinds: Sequence[JobKind] = (),
        instance: str | None = None,
        limit: int | None = None,
    ) -> list[Job]:
        """Newest first; empty sequences are no condition."""
        await self._begun()
        found = await self._store.find(states=states, kinds=kinds, instance=instance, limit=limit)
        jobs = [self._now(job) for job in found]
        # What has moved on since it was stored is shown as it is now, where that was asked for.
        return [job for job in jobs if not states or job.state in states]

    def is_here(self, job: Job) -> bool:
        """Whether this server runs it, or could."""
        return not job.is_active or job.id in self._runs

    async def cancel(self, job_id: str) -> Job:
        """Within two seconds; what has arrived whole stays.

        Raises:
            NotFound: code ``unknown_job``.
            Conflict: code ``job_elsewhere``: another process runs it.
        """
        job = await self.get(job_id)
        if not job.is_active:
            return job
        if job_id not in self._runs:
            raise _elsewhere()
        return await self._runs[job_id].cancel()

    async def remove(self, job_id: str) -> None:
        """Takes an ended one off the list.

        Raises:
            NotFound, Conflict: as ``cancel``; code ``job_not_ended``.
        """
        job = await self.get(job_id)
        if job.is_active:
            raise _not_ended()
        await self._remove([job])

    async def remove_ended(self) -> int:
        """How many were taken off the list."""
        ended = await self.list(states=ENDED)
        await self._remove(ended)
        return len(ended)

    async def retry(self, job_id: str) -> Job:
        """Goes on with what is missing.

        Raises:
            NotFound: code ``unknown_job``.
            Conflict: code ``job_not_ended``; ``job_done``: nothing is left to do.
        """
        run = self._runs.get(job_id)
        if run is not None and not run.job.is_active:
            # Its end is being written down.
            await run.wait()
        job = await self.get(job_id)
        # Another click may have come first meanwhile: that attempt is not waited for.
        if job.is_active or job_id in self._runs:
            raise _not_ended()
        if job.state not in RETRYABLE:
            raise Conflict("Nothing is left to do.", code="job_done")
        again = replace(
            job,
            state="queued",
            owner=owner.this_owner(),
            attempt=job.attempt + 1,
            error=None,
            message=None,
            started_at=None,
            ended_at=None,
            files_done=0,
            files_failed=0,
            bytes_done=0,
        )
        # At once, so that two clicks are one attempt.
        run = self._run(again)
        await self._store.save(again)
        return run.job

    async def log(self, job_id: str, offset: int) -> LogPart:
        """What the worker wrote from ``offset`` (bytes) on.

        Raises:
            NotFound: code ``unknown_job``.
        """
        job = await self.get(job_id)
        return await asyncio.to_thread(self._logs.read, job_id, offset, not job.is_active)

    async def ended(self, job_id: str) -> Job:
        """Waits until a job of this process has come to its end."""
        run = self._runs.get(job_id)
        if run is not None:
            await run.wait()
        return await self.get(job_id)

    def _run(self, job: Job) -> Run:
        run = Run(
            job,
            store=self._store,
            worker=self._worker,
            log_file=self._logs.file(job.id),
            room=self._room,
            files_at_once=self._limits.files_at_once,
            changed=lambda now_: self._changed(now_, False),
        )
        self._runs[job.id] = run
        run.start(lambda: self._forget(run))
        self._changed(job, False)
        return run

    def _forget(self, run: Run) -> None:
        if self._runs.get(run.job.id) is run:
            del self._runs[run.job.id]

    def _now(self, job: Job) -> Job:
        run = self._runs.get(job.id)
        return run.job if run is not None else job

    async def _remove(self, jobs: Sequence[Job]) -> None:
        ids = [job.id for job in jobs]
        await self._store.remove(ids)
        await asyncio.to_thread(self._logs.remove, ids)
        for job in jobs:
            self._changed(job, True)

    def _begin(self) -> asyncio.Task[None]:
        if self._beginning is None:
            self._beginning = asyncio.ensure_future(self._recover())
            self._caring = asyncio.ensure_future(self._care())
        return self._beginning

    async def _begun(self) -> None:
        await asyncio.shield(self._begin())

    async def _recover(self) -> None:
        try:
            for job in await history.interrupted(self._store):
                self._changed(job, False)
            await self._remove(await history.too_old(self._store, self._limits.history_days))
        except ExtensionError as error:
            # Who asks for a transfer gets the reason; nobody has asked for this.
            log.warning("Rucio: %s", error.message)

    async def _care(self) -> None:
        """Says that the jobs here are alive, and looks after those that are not."""
        while True:
            await asyncio.sleep(history.TOUCH_INTERVAL_S)
            try:
                await self._store.touch(list(self._runs))
                for job in await history.interrupted(self._store):
                    self._changed(job, False)
            except ExtensionError as error:
                log.warning("Rucio: %s", error.message)


def _key(instance: str, idempotency_key: str) -> str:
    return f"{instance}/{idempotency_key}"


def _elsewhere() -> Conflict:
    return Conflict(
        "Another program of yours runs this transfer.",
        code="job_elsewhere",
        hint="Cancel it where it was started, as with Ctrl-C in a terminal.",
    )


def _not_ended() -> Conflict:
    return Conflict("It has not ended yet.", code="job_not_ended", hint="Cancel it first.")
