"""The storage sites, and what the account has at each."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.handlers.base import answering
from rucio_jupyterlab.handlers.streaming import ListHandler


class RsesHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        expression = self.get_query_argument("expression", "").strip() or None
        await self.answer_list(self.services.sites.rses(self.instance(name), expression))


class UsageHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        await self.answer_list(self.services.sites.usage(self.instance(name)))
