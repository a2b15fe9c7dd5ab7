"""A job that this command has begun, until its end: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from rucio_jupyterlab.cli.output import files, is_terminal, say, size, span

if TYPE_CHECKING:
    from rucio_jupyterlab.jobs.model import Job
    from rucio_jupyterlab.services import Services

LOOK_INTERVAL_S = 0.2
# A file that keeps the output of a night has a line this often at most.
LINE_INTERVAL_S = 5.0


class _Display(Protocol):
    def show(self, job: Job) -> None: ...
    def tell(self, message: str) -> None: ...


async def follow(services: Services, job: Job) -> Job:
    """The job as it ended. Cancelled, it cancels the job first, so that nothing half is left."""
    with _display(job) as display:
        told: str | None = None
        try:
            while job.is_active:
                await asyncio.sleep(LOOK_INTERVAL_S)
                job = await services.jobs.get(job.id)
                display.show(job)
                if job.message and job.message != told and job.is_active:
                    display.tell(job.message)
                    told = job.message
        except asyncio.CancelledError:
            with suppress(OSError):
                # The terminal may be what has gone.
                display.tell("Cancelling …")
            job = await services.jobs.cancel(job.id)
            display.tell("Cancelled. What has arrived whole stays, and nothing half is left.")
            raise
        finally:
            display.show(job)
        # Its end has been written down.
        return await services.jobs.ended(job.id)


def progress(job: Job) -> str:
    """``3 of 12 files, 1.2 GB of 4 GB, 35 MB/s, 1 min 20 s left``."""
    if job.files_total is None:
        return "waits for its turn" if job.state == "queued" else "begins"
    parts = [f"{job.files_done:,} of {files(job.files_total)}"]
    total = f" of {size(job.bytes_total)}" if job.bytes_total is not None else ""
    parts.append(f"{size(job.bytes_done)}{total}")
    if job.rate_bytes_s:
        parts.append(f"{size(round(job.rate_bytes_s))}/s")
    if job.eta_s is not None:
        parts.append(f"{span(job.eta_s)} left")
    return ", ".join(parts)


@contextmanager
def _display(job: Job) -> Iterator[_Display]:
    if not is_terminal():
        yield _Lines()
        return
    with _bar(job) as bar:
        yield bar


class _Lines:
    """What does not change is not said again."""

    def __init__(self) -> None:
        self._said_at = time.monotonic()
        self._said = ""

    def show(self, job: Job) -> None:
        if job.is_active and time.monotonic() - self._said_at < LINE_INTERVAL_S:
            return
        self._say(progress(job))

    def tell(self, message: str) -> None:
        self._say(message)

    def _say(self, text: str) -> None:
        if text != self._said:
            say(text)
            self._said, self._said_at = text, time.monotonic()


@contextmanager
def _bar(job: Job) -> Iterator[_Display]:
    from rich.console import Console  # noqa: PLC0415 - only where there is a terminal
    from rich.progress import BarColumn, Progress, TextColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.fields[title]}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[progress]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True, highlight=False)) as bar:
        task = bar.add_task("", total=None, title=_short(job.title), progress=progress(job))

        class _Bar:
            def show(self, job: Job) -> None:
                total, done = _amount(job)
                bar.update(task, total=total, completed=done, progress=progress(job))

            def tell(self, message: str) -> None:
                bar.console.print(message, markup=False)

        yield _Bar()


def _amount(job: Job) -> tuple[float | None, float]:
    """How much there is to do, and how much is done: bytes, or files where all are empty."""
    if job.bytes_total:
        return job.bytes_total, job.bytes_done
    return job.files_total, job.files_done


def _short(title: str) -> str:
    return title if len(title) <= 30 else f"…{title[-29:]}"
