"""What servers that are gone have left: jobs that nobody runs any more, and old ones."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from rucio_jupyterlab.jobs import owner
from rucio_jupyterlab.jobs.model import Job, now
from rucio_jupyterlab.jobs.process import remove_temporary
from rucio_jupyterlab.jobs.store import JobStore

TOUCH_INTERVAL_S = 20.0
# On another machine a process cannot be looked at: so long without a sign of life, and it is gone.
LIFE_S = 6 * TOUCH_INTERVAL_S
_DAY_S = 86_400.0


async def interrupted(store: JobStore) -> list[Job]:
    """Marks those whose process is gone as interrupted, and gives them."""
    active = await store.find(states=("queued", "running"))
    others = [job for job in active if job.owner != owner.this_owner()]
    if not others:
        return []
    silent = await store.untouched_since(LIFE_S)
    found = []
    for job in others:
        is_gone = owner.is_gone(job.owner)
        if is_gone or (is_gone is None and job.id in silent):
            ended = replace(
                job,
                state="interrupted",
                ended_at=now(),
                message="The server ended before the transfer did. Retry goes on with what is "
                "missing.",
            )
            await asyncio.to_thread(remove_temporary, await store.payload(job.id))
            await store.end_items(job.id, "queued")
            await store.save(ended)
            found.append(ended)
    return found


async def too_old(store: JobStore, days: int) -> list[Job]:
    """The ended ones that have been kept long enough."""
    oldest = time.time() - days * _DAY_S
    return [
        job
        for job in await store.find()
        if not job.is_active and (job.ended_at or job.created_at).timestamp() < oldest
    ]
