"""Jobs: what is downloaded and uploaded, and what may be done with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.handlers.base import RucioHandler, answering
from rucio_jupyterlab.handlers.parsing import choice, whole_number
from rucio_jupyterlab.handlers.streaming import ListHandler
from rucio_jupyterlab.jobs.model import JOB_KINDS, JOB_STATES, Job


class JobsHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self) -> None:
        states = [choice("state", value, JOB_STATES) for value in self.get_arguments("state")]
        kinds = [choice("kind", value, JOB_KINDS) for value in self.get_arguments("kind")]
        limit = whole_number("limit", self.get_query_argument("limit", None), least=1)
        jobs = await self.services.jobs.list(
            states=states,
            kinds=kinds,
            instance=self.get_query_argument("instance", None),
            # One more, by which it is seen that there are more.
            limit=None if limit is None else limit + 1,
        )
        await self.answer_list(self._rows(jobs), limit)

    @authenticated
    @authorized
    @answering
    async def delete(self) -> None:
        self.answer({"removed": await self.services.jobs.remove_ended()})

    async def _rows(self, jobs: list[Job]) -> AsyncGenerator[dict[str, Any], None]:
        for job in jobs:
            yield self.services.job_view.to_dict(job)


class JobHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, job_id: str) -> None:
        job = await self.services.jobs.get(job_id)
        self.answer(await self.services.job_view.whole(job))

    @authenticated
    @authorized
    @answering
    async def delete(self, job_id: str) -> None:
        job = await self.services.jobs.get(job_id)
        if job.is_active:
            job = await self.services.jobs.cancel(job_id)
            self.answer(self.services.job_view.to_dict(job))
            return
        await self.services.jobs.remove(job_id)
        self.set_status(204)
        self.finish()


class JobRetryHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def post(self, job_id: str) -> None:
        job = await self.services.jobs.retry(job_id)
        self.answer(self.services.job_view.to_dict(job), 202)


class JobLogHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, job_id: str) -> None:
        offset = whole_number("offset", self.get_query_argument("offset", None), least=0)
        self.answer((await self.services.jobs.log(job_id, offset or 0)).to_dict())
