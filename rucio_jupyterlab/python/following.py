"""Looking at what moves until it is there, or does not come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import (
    ExtensionError,
    NotFound,
    RucioBadAnswer,
    RucioTimeout,
    RucioUnreachable,
    Unprocessable,
)
from rucio_jupyterlab.kernels.did import DIDNotAvailableException
from rucio_jupyterlab.services.availability.model import Availability
from rucio_jupyterlab.services.availability.refusals import in_words

if TYPE_CHECKING:
    from rucio_jupyterlab.jobs.model import Job
    from rucio_jupyterlab.services import Services

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 10.0
BACK_OFF = 1.3
JOB_INTERVAL_S = 0.2
# Through so long a time without an answer a transfer is waited for all the same.
OUTAGE_LIMIT_S = 600.0
# What Rucio calls available may take a moment to show below a mount.
SHOWING_LIMIT_S = 30.0
MOST_REASONS = 10


class TransferFailed(ExtensionError):
    """What was waited for does not come. The message says why."""

    status = 422
    default_code = "transfer_failed"


@dataclass(frozen=True)
class Progress:
    """How far all of them are, at one moment. Totals are None where one of them is not known.

    ``bytes_done`` counts whole files where Rucio does not tell bytes.
    """

    items: Sequence[Availability]

    @property
    def files_total(self) -> int | None:
        return _total(at.files_total for at in self.items)

    @property
    def files_done(self) -> int:
        return sum(_files_done(at) for at in self.items)

    @property
    def bytes_total(self) -> int | None:
        return _total(at.bytes_total for at in self.items)

    @property
    def bytes_done(self) -> int:
        return sum(_bytes_done(at) for at in self.items)

    @property
    def missing(self) -> list[Availability]:
        return [at for at in self.items if not _is_there(at)]

    def in_words(self) -> str:
        """``3 of 5 files, 1.2 GB of 4 GB``."""
        total = self.files_total
        of = f" of {total:,}" if total is not None else ""
        words = [f"{self.files_done:,}{of} {'file' if total == 1 else 'files'}"]
        if self.bytes_total is not None:
            words.append(f"{in_words(self.bytes_done)} of {in_words(self.bytes_total)}")
        return ", ".join(words)


async def follow(
    services: Services, instance: Instance, dids: Sequence[Did], timeout_s: float | None
) -> AsyncGenerator[Progress, None]:
    """Ends when all are available; see ``Lake.follow``."""
    looker = _Looker(services, instance, dids)
    limit = None if timeout_s is None else time.monotonic() + timeout_s
    wait_s = FIRST_WAIT_S
    while True:
        before = looker.progress
        progress = await looker.look()
        if progress is not None:
            yield progress
            if not progress.missing:
                return
            await looker.check(progress)
        if looker.progress != before:
            wait_s = FIRST_WAIT_S
        left_s = LONGEST_WAIT_S if limit is None else limit - time.monotonic()
        if left_s <= 0:
            raise TimeoutError(_what_moves(dids, looker, timeout_s or 0.0))
        await asyncio.sleep(min(wait_s, left_s))
        wait_s = min(wait_s * BACK_OFF, LONGEST_WAIT_S)


async def follow_job(
    services: Services, job_id: str, timeout_s: float | None
) -> AsyncGenerator[Job, None]:
    """Until it has ended, and its end has been written down."""
    limit = None if timeout_s is None else time.monotonic() + timeout_s
    while (job := await services.jobs.get(job_id)).is_active:
        yield job
        if limit is not None and time.monotonic() > limit:
            raise TimeoutError(
                f"The transfer has not ended after {timeout_s:g} s: {job.files_done:,} of "
                f"{job.files_total or '?'} files. It goes on."
            )
        await asyncio.sleep(JOB_INTERVAL_S)
    yield await services.jobs.ended(job_id)


class _Looker:
    """Asks again and again, and tells what will not come from what is only late."""

    def __init__(self, services: Services, instance: Instance, dids: Sequence[Did]) -> None:
        self.progress: Progress | None = None
        self.trouble: ExtensionError | None = None
        self._services = services
        self._instance = instance
        self._dids = dids
        self._jobs: dict[Did, str] = {}
        self._heard_at = time.monotonic()
        self._odd_since: dict[Did, float] = {}

    async def look(self) -> Progress | None:
        """None while Rucio does not answer."""
        try:
            found = await self._services.availability.get(self._instance, self._dids)
        except (RucioUnreachable, RucioTimeout, RucioBadAnswer) as error:
            if self.progress is None or time.monotonic() - self._heard_at > OUTAGE_LIMIT_S:
                raise
            self.trouble = error
            return None
        self.trouble, self._heard_at = None, time.monotonic()
        self.progress = Progress(found)
        self._jobs.update({at.did: at.job_id for at in found if at.job_id is not None})
        return self.progress

    async def check(self, progress: Progress) -> None:
        """Raises what keeps one of them from coming."""
        for at in progress.missing:
            if at.state == "replicating" or (at.state == "stuck" and at.files_replicating):
                continue
            if at.rule is not None and at.rule.state == "WAITING_APPROVAL":
                continue
            if at.state == "unknown" and at.type is not None and not self._is_odd_for_long(at.did):
                continue
            await self._raise(at)

    def _is_odd_for_long(self, did: Did) -> bool:
        clock = time.monotonic()
        return clock - self._odd_since.setdefault(did, clock) > SHOWING_LIMIT_S

    async def _raise(self, at: Availability) -> None:
        if at.did in self._jobs:
            await self._raise_of_job(self._jobs[at.did])
        if at.state == "stuck":
            rule = f" (rule {at.rule.id})" if at.rule is not None else ""
            raise TransferFailed(
                f"{at.did} does not come: {at.message or 'its transfer is stuck.'}{rule}",
                hint="Rucio may try again by itself; the Rucio panel can ask it to.",
            )
        if at.state == "unknown":
            raise Unprocessable(at.message or f"{at.did}: nothing can be said.", code="unknown")
        raise DIDNotAvailableException(str(at.did), at.message or "nothing brings it here")

    async def _raise_of_job(self, job_id: str) -> None:
        try:
            job = await self._services.jobs.get(job_id)
        except NotFound:
            return
        if job.state in ("failed", "cancelled", "interrupted"):
            raise job_failed(await self._services.job_view.whole(job))


def job_failed(job: dict[str, Any]) -> TransferFailed:
    """Of a Job of the REST contract that has not come to a good end."""
    error = job["error"] or {}
    message = error.get("message") or f"The transfer was {job['state']}."
    reasons = [
        f"{item['did'] or item['path']}: {item['error']['message']}"
        for item in job["items"]
        if item["error"] and item["error"]["message"] not in message
    ]
    shown = [message, *reasons[:MOST_REASONS]]
    if len(reasons) > MOST_REASONS:
        shown.append(f"… and {len(reasons) - MOST_REASONS:,} more.")
    return TransferFailed("\n".join(shown), code=error.get("code"), hint=error.get("hint"))


def _what_moves(dids: Sequence[Did], looker: _Looker, timeout_s: float) -> str:
    whole = "It is" if len(dids) == 1 else "They are"
    after = f"{whole} not all here after {timeout_s:g} s"
    if looker.progress is None:
        return f"{after}."
    moving = [f"{at.did} ({_how(at)})" for at in looker.progress.missing]
    more = f" and {len(moving) - MOST_REASONS:,} more" if len(moving) > MOST_REASONS else ""
    trouble = f" {looker.trouble.message}" if looker.trouble is not None else ""
    return (
        f"{after}: {looker.progress.in_words()}. Still moving: "
        f"{', '.join(moving[:MOST_REASONS])}{more}.{trouble}"
    )


def _how(at: Availability) -> str:
    words = [Progress([at]).in_words()]
    if at.message:
        words.append(at.message.rstrip("."))
    if at.rule is not None:
        words.append(f"rule {at.rule.id}")
    return "; ".join(words)


def _is_there(at: Availability) -> bool:
    return at.state in ("available", "empty")


def _files_done(at: Availability) -> int:
    return (at.files_total if _is_there(at) else at.files_available) or 0


def _bytes_done(at: Availability) -> int:
    if _is_there(at):
        return at.bytes_total or 0
    if at.bytes_available is not None:
        return at.bytes_available
    if at.bytes_total is None or not at.files_total:
        return 0
    return at.bytes_total * _files_done(at) // at.files_total


def _total(parts: Any) -> int | None:
    known = list(parts)
    return None if None in known else sum(known)
