"""From attached DIDs to what a kernel needs."""

from __future__ import annotations

import asyncio
import json

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import BadRequest
from rucio_jupyterlab.handlers.base import JSON, RucioHandler, answering
from rucio_jupyterlab.handlers.parsing import (
    MOST_DIDS,
    body_text,
    required,
    variable_name,
    whole_number,
)
from rucio_jupyterlab.services.attachments import Wanted

# Below a megabyte of JSON, as one message to a kernel.
MOST_FILES_IN_PAGE = 2000


class AttachmentsHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def post(self, name: str) -> None:
        instance = self.instance(name)
        body = self.json_object(allowed=frozenset({"items", "notebook", "file"}))
        body_text(body, "notebook", is_required=False)
        in_files = body.get("file", False)
        if not isinstance(in_files, bool):
            raise BadRequest("“file” must be true or false.", code="invalid_argument")
        resolved = await self.services.attachments.resolve(instance, _wanted(body.get("items")))
        items: list[str] = []
        for item in resolved:
            # Each may hold a thousand files: between two of them others get their turn.
            text = json.dumps(item.to_dict(), ensure_ascii=False)
            if in_files:
                path = await self.services.attachments.in_file(text)
                # Where the object ends, rather than all of it once more.
                text = f'{text[:-1]}, "file": {json.dumps(str(path))}}}'
            items.append(text)
            await asyncio.sleep(0)
        self.set_header("Cache-Control", "no-store")
        self.finish('{"items": [' + ", ".join(items) + "]}", set_content_type=JSON)


class AttachmentFilesHandler(RucioHandler):
    """Pages of a manifest, for a kernel that does not see the server's disk."""

    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        self.instance(name)
        manifest = required("manifest", self.get_query_argument("manifest", None))
        offset = whole_number("offset", self.get_query_argument("offset", None), least=0) or 0
        limit = whole_number("limit", self.get_query_argument("limit", None), least=1)
        lines = await self.services.attachments.page(
            manifest, offset, min(limit or MOST_FILES_IN_PAGE, MOST_FILES_IN_PAGE)
        )
        # What is JSON on the disk is JSON here: no need to read and write each.
        self.set_header("Cache-Control", "no-store")
        self.finish(
            '{"items": [' + ", ".join(lines) + f'], "count": {len(lines)}' + "}",
            set_content_type=JSON,
        )


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
