"""The names in folders of the server."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.handlers.base import RucioHandler, answering


class FilesHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def get(self) -> None:
        # As it was sent: Tornado's arguments have blanks in place of what names may well hold.
        sent = self.request.query_arguments.get("path", [b""])[-1]
        folder = await self.services.files.folder(self.decode_argument(sent, "path") or None)
        self.answer(folder.to_dict())
