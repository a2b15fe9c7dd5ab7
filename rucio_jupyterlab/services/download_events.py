"""What a download means for the rows of its DIDs, told to the browser as availability."""

from __future__ import annotations

import asyncio
import logging
import time

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.jobs.model import Job
from rucio_jupyterlab.services.availability.service import AvailabilityService
from rucio_jupyterlab.services.availability.watcher import Watchers
from rucio_jupyterlab.services.instances import Instances

log = logging.getLogger(__name__)

MOST_DIDS = 20
# Each time the disk is looked at, and Rucio asked for a summary.
INTERVAL_S = 2.0


class DownloadEvents:
    """Looks again at the DIDs of a download, when it begins, every two seconds, and at its end."""

    def __init__(
        self, instances: Instances, availability: AvailabilityService, watchers: Watchers
    ) -> None:
        self._instances = instances
        self._availability = availability
        self._watchers = watchers
        self._told: dict[str, tuple[str, float]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def job_changed(self, job: Job) -> None:
        if job.kind != "download":
            return
        state, at = self._told.get(job.id, ("", 0.0))
        clock = time.monotonic()
        if state == job.state and clock - at < INTERVAL_S:
            return
        if job.is_active:
            self._told[job.id] = (job.state, clock)
        else:
            self._told.pop(job.id, None)
        task = asyncio.ensure_future(self._tell(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell(self, job: Job) -> None:
        try:
            instance = self._instances.get(job.instance)
            wanted = [Did.parse(did) for did in job.dids[:MOST_DIDS]]
            self._watchers.tell(instance, await self._availability.get(instance, wanted))
        except ExtensionError as error:
            # The job's own event says how it is; the rows are asked for again when looked at.
            log.info("Download %s could not be told as availability: %s", job.id, error.message)
