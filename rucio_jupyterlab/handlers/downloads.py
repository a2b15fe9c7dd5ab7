"""Downloads, and the copies that they leave on the user's disk."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest
from rucio_jupyterlab.handlers.base import RucioHandler, answering
from rucio_jupyterlab.handlers.parsing import body_key, body_text, did_list, required
from rucio_jupyterlab.handlers.streaming import ListHandler
from rucio_jupyterlab.services.downloads import require_downloads


class DownloadsHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def post(self, name: str) -> None:
        instance = self.instance(name)
        body = self.json_object(allowed=frozenset({"dids", "parent", "idempotency_key"}))
        parent = body_text(body, "parent", is_required=False)
        job = await self.services.downloads.start(
            instance,
            did_list(_texts(body.get("dids"))),
            Did.parse(parent) if parent else None,
            body_key(body),
        )
        self.set_header("Location", self.job_address(job.id))
        self.answer({"job": self.services.job_view.to_dict(job)}, 202)


class CopiesHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        instance = self.instance(name)
        require_downloads(instance)
        await self.answer_list(self._rows(instance))

    @authenticated
    @authorized
    @answering
    async def delete(self, name: str) -> None:
        instance = self.instance(name)
        require_downloads(instance)
        did = Did.parse(required("did", self.get_query_argument("did", None)))
        freed = await self.services.downloads.delete_copy(instance, did)
        self.answer({"freed_bytes": freed})

    async def _rows(self, instance: Instance) -> AsyncGenerator[dict[str, Any], None]:
        copies = self.services.copies
        for copy in await copies.all(instance):
            yield {
                "did": str(copy.did),
                "type": copy.type,
                **(copies.local(copy) or {}),
                "is_legacy": copy.is_legacy,
                "modified_at": copy.modified_at.isoformat() if copy.modified_at else None,
            }


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadRequest("“dids” must be a list of DIDs.", code="invalid_argument")
    return value
