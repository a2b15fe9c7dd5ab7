"""Following jobs as a browser does that asks again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from .conftest import Api

PATIENCE_S = 90.0
ACTIVE = ("queued", "running")


async def until(api: Api, job_id: str, when: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The job, with its items, as soon as ``when`` says so."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        answer = await api.get(f"jobs/{job_id}")
        assert answer.status == 200, answer.body
        job: dict[str, Any] = answer.body
        if when(job):
            return job
        assert time.monotonic() < deadline, job
        await asyncio.sleep(0.05)


def is_over(job: dict[str, Any]) -> bool:
    return job["state"] not in ACTIVE


async def ended(api: Api, job_id: str) -> dict[str, Any]:
    return await until(api, job_id, is_over)


async def log_of(api: Api, job_id: str) -> str:
    answer = await api.get(f"jobs/{job_id}/log")
    assert answer.status == 200, answer.body
    return str(answer.body["text"])
