"""Replication rules: one of them, its files, and what may be done with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.client.rules import LockState, RuleRecord
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest
from rucio_jupyterlab.handlers.base import RucioHandler, answering
from rucio_jupyterlab.handlers.parsing import body_lifetime_days, choice, whole_number
from rucio_jupyterlab.handlers.streaming import ListHandler
from rucio_jupyterlab.services.availability.model import rule_to_dict
from rucio_jupyterlab.services.rules import MOST_MOVING, Change
from rucio_jupyterlab.services.rules_files import RuleFile

_STATES: dict[str, LockState | None] = {
    "": None,
    "ok": "OK",
    "replicating": "REPLICATING",
    "stuck": "STUCK",
}


class RulesHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str) -> None:
        instance = self.instance(name)
        limit = whole_number("limit", self.get_query_argument("limit", None), least=1)
        await self.answer_list(self._rows(instance), min(limit or MOST_MOVING, MOST_MOVING))

    async def _rows(self, instance: Instance) -> AsyncGenerator[dict[str, Any], None]:
        for rule in await self.services.rules.moving(instance):
            yield rule_to_dict(rule, rule.did, instance.rucio_webui_url)


class RuleHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str, rule_id: str) -> None:
        instance = self.instance(name)
        self._answer_rule(instance, await self.services.rules.get(instance, rule_id))

    @authenticated
    @authorized
    @answering
    async def patch(self, name: str, rule_id: str) -> None:
        instance = self.instance(name)
        body = self.json_object(allowed=frozenset({"lifetime_days", "retry"}))
        change = _change(body)
        self._answer_rule(instance, await self.services.rules.change(instance, rule_id, change))

    @authenticated
    @authorized
    @answering
    async def delete(self, name: str, rule_id: str) -> None:
        instance = self.instance(name)
        self._answer_rule(instance, await self.services.rules.end(instance, rule_id))

    def _answer_rule(self, instance: Instance, rule: RuleRecord) -> None:
        self.answer(rule_to_dict(rule, rule.did, instance.rucio_webui_url))


class RuleFilesHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def get(self, name: str, rule_id: str) -> None:
        state = choice("state", self.get_query_argument("state", ""), list(_STATES))
        limit = whole_number("limit", self.get_query_argument("limit", None), least=1)
        files = self.services.rules.files(self.instance(name), rule_id, _STATES[state])
        await self.answer_list(_rows(files), limit)


def _change(body: dict[str, Any]) -> Change:
    if not body:
        raise BadRequest(
            "Nothing is to be changed.", hint="Give lifetime_days, retry, or both of them."
        )
    retry = body.get("retry", False)
    if not isinstance(retry, bool):
        raise BadRequest("“retry” must be true or false.", code="invalid_argument")
    return Change("lifetime_days" in body, body_lifetime_days(body), retry)


async def _rows(files: AsyncGenerator[RuleFile, None]) -> AsyncGenerator[dict[str, Any], None]:
    async with aclosing(files):
        async for file in files:
            yield file.to_dict()
