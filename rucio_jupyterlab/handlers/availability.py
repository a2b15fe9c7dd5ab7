"""How available DIDs are, and making them so."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.handlers.base import answering
from rucio_jupyterlab.handlers.parsing import (
    body_lifetime_days,
    body_text,
    did_list,
    required,
)
from rucio_jupyterlab.handlers.streaming import ListHandler
from rucio_jupyterlab.services.availability.model import Availability


class AvailabilityHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        instance = self.instance(name)
        wanted = did_list(self.get_query_arguments("did"))
        url = instance.rucio_webui_url
        if self.wants_stream:
            found = self.services.availability.stream(instance, wanted)
            await self.answer_list(_rows(found, url))
            return
        items = await self.while_wanted(self.services.availability.get(instance, wanted))
        self.answer({"items": [at.to_dict(url) for at in items]})

    @authenticated
    @authorized
    @answering
    async def post(self, name: str) -> None:
        instance = self.instance(name)
        body = self.json_object(allowed=frozenset({"did", "rse", "lifetime_days"}))
        at = await self.services.availability.make_available(
            instance,
            Did.parse(body_text(body, "did") or ""),
            body_text(body, "rse", is_required=False),
            body_lifetime_days(body),
        )
        self.answer(at.to_dict(instance.rucio_webui_url), 202)

    @authenticated
    @authorized
    @answering
    async def delete(self, name: str) -> None:
        instance = self.instance(name)
        did = Did.parse(required("did", self.get_query_argument("did", None)))
        at = await self.services.availability.end(instance, did)
        self.answer(at.to_dict(instance.rucio_webui_url))


class PlanHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        wanted = did_list(self.get_query_arguments("did"))
        plan = self.services.availability.plan(self.instance(name), wanted)
        self.answer(await self.while_wanted(plan))


async def _rows(
    found: AsyncGenerator[Availability, None], webui_url: str | None
) -> AsyncGenerator[dict[str, Any], None]:
    async with aclosing(found):
        async for at in found:
            yield at.to_dict(webui_url)
