"""The configured instances."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.handlers.base import RucioHandler, answering


class InstancesHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def get(self) -> None:
        self.answer(await self.services.instances.describe_all())


class ReloadHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def post(self) -> None:
        await self.services.instances.reload()
        self.answer(await self.services.instances.describe_all())
