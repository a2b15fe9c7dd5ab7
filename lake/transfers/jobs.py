"""Transfer jobs: their states, and the queue that works them off."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timezone
from typing import Any

from lake.transfers.storage import Expectation, Mover, TransferFailed

FINAL_STATES = ("FINISHED", "FAILED", "CANCELED")


@dataclass
class Settings:
    """How transfers behave. Changes are for transfers that have not begun.

    Attributes:
        delay_s: Seconds that each transfer waits before its first byte moves.
        rate_bytes_s: Bytes a second of each transfer; None for no limit.
        failure_rate: The share of transfers that fail, from 0 to 1.
        failing: Transfers whose destination contains one of these fail.
        max_active: Transfers at a time; the others wait.
        may_finish: So many more transfers come to their end; the others wait before their first
            byte, until this is changed. None for no limit.
    """

    delay_s: float = 0.0
    rate_bytes_s: float | None = None
    failure_rate: float = 0.0
    failing: list[str] = field(default_factory=list)
    max_active: int = 8
    may_finish: int | None = None

    def changed(self, changes: Mapping[str, Any]) -> Settings:
        """A copy with `changes`.

        Raises:
            ValueError: an unknown setting, or a value that makes no sense; the text says which.
        """
        unknown = set(changes) - {setting.name for setting in fields(self)}
        if unknown:
            raise ValueError(f"There is no setting {', '.join(sorted(unknown))}.")
        settings = Settings(**{**asdict(self), **changes})
        numbers = (
            settings.delay_s,
            settings.failure_rate,
            settings.max_active,
            settings.rate_bytes_s or 0,
            settings.may_finish or 0,
        )
        if any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
            raise ValueError(
                "delay_s, rate_bytes_s, failure_rate, max_active and may_finish are numbers."
            )
        if settings.delay_s < 0 or not 0 <= settings.failure_rate <= 1 or settings.max_active < 1:
            raise ValueError(
                "delay_s is 0 or more, failure_rate between 0 and 1, max_active 1 or more."
            )
        if settings.may_finish is not None and settings.may_finish < 0:
            raise ValueError("may_finish is 0 or more, or null for no limit.")
        if settings.rate_bytes_s is not None and settings.rate_bytes_s <= 0:
            raise ValueError("rate_bytes_s is above 0, or null for no limit.")
        if not isinstance(settings.failing, list) or not all(
            isinstance(f, str) for f in settings.failing
        ):
            raise ValueError("failing is a list of strings.")
        return settings


@dataclass
class Transfer:
    """One file of a job."""

    sources: list[str]
    destination: str
    expected: Expectation
    metadata: Any
    state: str = "SUBMITTED"
    reason: str | None = None
    source: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None

    def document(self) -> dict[str, Any]:
        """As FTS answers it."""
        return {
            "file_state": self.state,
            "source_surl": self.source or self.sources[0],
            "dest_surl": self.destination,
            "start_time": _timestamp(self.started_at),
            "finish_time": _timestamp(self.finished_at),
            "staging_start": None,
            "staging_finished": None,
            "reason": self.reason,
            "file_metadata": self.metadata,
        }


@dataclass
class Job:
    """What Rucio submitted in one request."""

    id: str
    transfers: list[Transfer]
    params: dict[str, Any]

    @property
    def state(self) -> str:
        states = {transfer.state for transfer in self.transfers}
        if not states <= set(FINAL_STATES):
            return "ACTIVE" if states != {"SUBMITTED"} else "SUBMITTED"
        if len(states) == 1:
            return states.pop()
        return "FINISHEDDIRTY" if "FINISHED" in states else "FAILED"

    def document(self) -> dict[str, Any]:
        """As FTS answers it."""
        ended = [transfer.finished_at for transfer in self.transfers if transfer.finished_at]
        is_over = self.state not in ("SUBMITTED", "ACTIVE")
        return {
            "job_id": self.id,
            "job_state": self.state,
            "http_status": "200 Ok",
            "job_metadata": self.params.get("job_metadata") or {},
            "job_finished": _timestamp(max(ended)) if is_over and ended else None,
            "files": [transfer.document() for transfer in self.transfers],
        }


class Queue:
    """All jobs since the start, and the work on those that are not over."""

    def __init__(self, mover: Mover) -> None:
        self.settings = Settings()
        self.jobs: dict[str, Job] = {}
        self._mover = mover
        self._active = 0
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        # The same order of requests fails in the same places.
        self._random = random.Random(20210911)

    def submit(self, document: Mapping[str, Any]) -> Job:
        """Queues a job as FTS's bulk submission describes it.

        Raises:
            KeyError, TypeError, IndexError: it is not of that form.
        """
        transfers = [
            Transfer(
                sources=[str(source) for source in file["sources"]],
                destination=str(file["destinations"][0]),
                expected=Expectation(file.get("filesize"), _adler32(file.get("checksum"))),
                metadata=file.get("metadata"),
            )
            for file in document["files"]
        ]
        job = Job(str(uuid.uuid4()), transfers, dict(document.get("params") or {}))
        self.jobs[job.id] = job
        for transfer in transfers:
            task = asyncio.create_task(self._work(transfer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return job

    async def cancel(self, job: Job) -> None:
        for transfer in job.transfers:
            if transfer.state == "SUBMITTED":
                _end(transfer, "CANCELED", "TRANSFER [125] Job canceled by the user")

    async def configure(self, changes: Mapping[str, Any]) -> Settings:
        """Changes the settings; raises ValueError as `Settings.changed` does."""
        self.settings = self.settings.changed(changes)
        async with self._changed:
            self._changed.notify_all()
        return self.settings

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self, transfer: Transfer) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._active < self.settings.max_active)
            self._active += 1
        try:
            if transfer.state == "SUBMITTED":
                await self._move(transfer, self.settings)
        finally:
            async with self._changed:
                self._active -= 1
                self._changed.notify_all()

    async def _permission(self) -> None:
        """Returns once one more transfer may finish."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.settings.may_finish != 0)
            if self.settings.may_finish is not None:
                self.settings = replace(self.settings, may_finish=self.settings.may_finish - 1)

    async def _move(self, transfer: Transfer, settings: Settings) -> None:
        transfer.state, transfer.started_at = "ACTIVE", _now()
        await asyncio.sleep(settings.delay_s)
        await self._permission()
        has_to_fail = self._random.random() < settings.failure_rate or any(
            part in transfer.destination for part in settings.failing
        )
        reasons = ["TRANSFER [5] Made to fail by the lake's settings"] if has_to_fail else []
        for source in [] if has_to_fail else transfer.sources:
            transfer.source = source
            try:
                await self._mover.copy(
                    source, transfer.destination, transfer.expected, settings.rate_bytes_s
                )
            except TransferFailed as error:
                reasons.append(str(error))
            else:
                _end(transfer, "FINISHED", None)
                return
        _end(transfer, "FAILED", "; ".join(reasons))


def _end(transfer: Transfer, state: str, reason: str | None) -> None:
    transfer.state, transfer.reason, transfer.finished_at = state, reason, _now()
    transfer.started_at = transfer.started_at or transfer.finished_at


def _adler32(checksum: str | None) -> str:
    """The adler32 in FTS's ``ADLER32:89abcdef``; nothing for other algorithms."""
    algorithm, _, value = (checksum or "").partition(":")
    return value.lower() if algorithm.upper() == "ADLER32" else ""


def _now() -> datetime:
    return datetime.now(tz=timezone.utc)


def _timestamp(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S") if moment else None
