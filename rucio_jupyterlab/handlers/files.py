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
        # Not stripped, as Tornado would: names may begin and end with spaces.
        path = self.get_query_argument("path", None, strip=False)
        folder = await self.services.files.folder(path or None)
        self.answer(folder.to_dict())
