"""Who the user is at an instance."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.errors import BadRequest
from rucio_jupyterlab.handlers.base import RucioHandler, answering
from rucio_jupyterlab.handlers.parsing import body_text


class CredentialsHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        identity = await self.services.sessions.identity_and_ways(self.instance(name))
        self.answer(identity.to_dict())

    @authenticated
    @authorized
    @answering
    async def put(self, name: str) -> None:
        instance = self.instance(name)
        auth_type, params, is_remembered = self._request()
        identity = await self.services.sessions.sign_in(
            instance, auth_type, params, is_remembered=is_remembered
        )
        self.answer(identity.to_dict())

    @authenticated
    @authorized
    @answering
    async def post(self, name: str) -> None:
        instance = self.instance(name)
        auth_type, params, _ = self._request()
        identity = await self.services.sessions.test(instance, auth_type, params)
        self.answer(identity.test_result())

    @authenticated
    @authorized
    @answering
    async def delete(self, name: str) -> None:
        await self.services.sessions.sign_out(self.instance(name))
        self.set_status(204)
        self.finish()

    def _request(self) -> tuple[str, dict[str, Any], bool]:
        """``CredentialsRequest`` of the contract: type, params, remember."""
        body = self.json_object(allowed=frozenset({"type", "params", "remember"}))
        auth_type = body_text(body, "type")
        params = body.get("params")
        if auth_type is None or not isinstance(params, dict):
            raise BadRequest("“params” must be a JSON object.", code="invalid_argument")
        is_remembered = body.get("remember", True)
        if not isinstance(is_remembered, bool):
            raise BadRequest("“remember” must be true or false.", code="invalid_argument")
        return auth_type, params, is_remembered
