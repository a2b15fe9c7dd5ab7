"""What is wrong between here and the data."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.handlers.base import RucioHandler, answering


class DiagnosisHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        # By name: an instance that cannot be used is what a diagnosis is for.
        found = await self.services.diagnosis.diagnose(name)
        self.answer(found.to_dict())
