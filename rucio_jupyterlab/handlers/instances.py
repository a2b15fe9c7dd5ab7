"""The configured instances, and the credentials for each."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.errors import BadRequest
from rucio_jupyterlab.handlers.base import RucioHandler, answering
from rucio_jupyterlab.handlers.parsing import body_text


class InstancesHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def get(self) -> None:
        self.answer(await self.services.instances.describe_all())


class CredentialsHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        identity = await self.services.sessions.identity(self.instance(name))
        self.answer(identity.to_dict())

    @authenticated
    @authorized
    @answering
    async def put(self, name: str) -> None:
        instance = self.instance(name)
        body = self.json_object(allowed=frozenset({"type", "params"}))
        auth_type = body_text(body, "type")
        params = body.get("params")
        if auth_type is None or not isinstance(params, dict):
            raise BadRequest("“params” must be a JSON object.", code="invalid_argument")
        identity = await self.services.sessions.sign_in(instance, auth_type, params)
        self.answer(identity.to_dict())

    @authenticated
    @authorized
    @answering
    async def delete(self, name: str) -> None:
        await self.services.sessions.sign_out(self.instance(name))
        self.set_status(204)
        self.finish()
