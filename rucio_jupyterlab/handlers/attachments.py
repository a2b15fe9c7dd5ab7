"""From attached DIDs to what a kernel needs."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import BadRequest
from rucio_jupyterlab.handlers.base import RucioHandler, answering
from rucio_jupyterlab.handlers.parsing import MOST_DIDS, body_text, variable_name
from rucio_jupyterlab.services.attachments import Wanted


class AttachmentsHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def post(self, name: str) -> None:
        instance = self.instance(name)
        body = self.json_object(allowed=frozenset({"items", "notebook"}))
        body_text(body, "notebook", is_required=False)
        resolved = await self.services.attachments.resolve(instance, _wanted(body.get("items")))
        self.answer({"items": [item.to_dict() for item in resolved]})


def _wanted(items: object) -> list[Wanted]:
    if not isinstance(items, list) or len(items) > MOST_DIDS:
        raise BadRequest(
            f"“items” must be a list of at most {MOST_DIDS} attachments.", code="invalid_argument"
        )
    wanted: dict[str, Wanted] = {}
    for item in items:
        if not isinstance(item, dict) or not isinstance(item.get("did"), str):
            raise BadRequest(
                "Each attachment must be an object with did and variable_name.",
                code="invalid_argument",
            )
        name = variable_name(item.get("variable_name"))
        if name in wanted:
            raise BadRequest(
                f"Two attachments want to be the variable “{name}”.",
                code="duplicate_variable_name",
                hint="Rename one of them.",
            )
        wanted[name] = Wanted(Did.parse(item["did"]), name)
    return list(wanted.values())
