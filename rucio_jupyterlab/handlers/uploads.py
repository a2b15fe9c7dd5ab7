"""Uploads: what one would create, and starting it."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado.web import authenticated

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest
from rucio_jupyterlab.handlers.base import RucioHandler, answering
from rucio_jupyterlab.handlers.parsing import (
    LONGEST_LIFETIME_DAYS,
    body_key,
    body_text,
)
from rucio_jupyterlab.handlers.streaming import ListHandler
from rucio_jupyterlab.services.uploads.model import UploadRequest

MOST_PATHS = 10_000
_KEYS = frozenset(
    {
        "paths",
        "scope",
        "rse",
        "prefix",
        "dataset",
        "lifetime_days",
        "delay_deletion",
        "use_proposals",
        "idempotency_key",
    }
)


class UploadsHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def post(self, name: str) -> None:
        instance = self.instance(name)
        request = _request(instance, self.json_object(allowed=_KEYS))
        job = await self.services.uploads.submit(instance, request)
        self.set_header("Location", self.job_address(job.id))
        self.answer({"job": self.services.job_view.to_dict(job)}, 202)


class UploadPlanHandler(ListHandler):
    @authenticated
    @authorized
    @answering
    async def post(self, name: str) -> None:
        instance = self.instance(name)
        request = _request(instance, self.json_object(allowed=_KEYS))
        plan = await self.while_wanted(self.services.uploads.plan(instance, request))
        self.answer(plan.to_dict())


def _request(instance: Instance, body: dict[str, Any]) -> UploadRequest:
    return UploadRequest(
        paths=_paths(body.get("paths")),
        scope=body_text(body, "scope") or "",
        rse=(body_text(body, "rse") or "").strip(),
        prefix=_text(body, "prefix"),
        dataset=_dataset(body.get("dataset")),
        lifetime_days=_lifetime_days(instance, body),
        keeps_scratch=_switch(body, "delay_deletion"),
        uses_proposals=_switch(body, "use_proposals"),
        idempotency_key=body_key(body),
    )


def _paths(value: object) -> tuple[str, ...]:
    if (
        not isinstance(value, list)
        or not value
        or len(value) > MOST_PATHS
        or not all(isinstance(path, str) for path in value)
    ):
        raise BadRequest(
            f"“paths” must be a list of 1 to {MOST_PATHS} paths.", code="invalid_argument"
        )
    return tuple(value)


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadRequest(f"“{key}” must be a text.", code="invalid_argument")
    return value


def _dataset(value: object) -> Did | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.keys() != {"scope", "name"}:
        raise BadRequest(
            "“dataset” must be an object with scope and name.", code="invalid_argument"
        )
    return Did.parse(f"{body_text(value, 'scope')}:{body_text(value, 'name')}")


def _lifetime_days(instance: Instance, body: dict[str, Any]) -> int | None:
    """Absent: what the instance sets; 0 and null: for ever."""
    if "lifetime_days" not in body:
        return instance.replication_rule_lifetime_days or None
    value = body["lifetime_days"]
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or not 0 <= value <= LONGEST_LIFETIME_DAYS
    ):
        raise BadRequest(
            f"“lifetime_days” must be a whole number of days from 0 to {LONGEST_LIFETIME_DAYS}.",
            code="invalid_argument",
            hint="0 is for ever.",
        )
    return value or None


def _switch(body: dict[str, Any], key: str) -> bool:
    value = body.get(key)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise BadRequest(f"“{key}” must be true or false.", code="invalid_argument")
    return value
