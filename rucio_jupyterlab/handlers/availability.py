"""How available DIDs are, and making them so."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.handlers.base import RucioHandler, answering
from rucio_jupyterlab.handlers.parsing import (
    body_lifetime_days,
    body_text,
    did_list,
    required,
)


class AvailabilityHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        instance = self.instance(name)
        wanted = did_list(self.get_query_arguments("did"))
        found = await self.services.availability.get(instance, wanted)
        self.answer({"items": [at.to_dict(instance.rucio_webui_url) for at in found]})

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
