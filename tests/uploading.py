"""Uploads by the extension's routes, as a browser asks for them."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rucio_http import signed_in

from lake.testing import Lake
from rucio_jupyterlab.paths.lfn2pfn import hash_path

SCOPE = "user.alice"
RSE = "LUND-USERDISK"
ENDED = ("done", "failed", "cancelled", "interrupted")


def unique(name: str = "plot.png") -> str:
    """A name that nobody has used in this lake, with ``name`` at its end."""
    return f"up_{secrets.token_hex(5)}_{name}"


def body(*paths: str, **more: Any) -> dict[str, Any]:
    """A request's, to alice's own scope and storage unless said otherwise."""
    return {"paths": list(paths), "scope": SCOPE, "rse": RSE, **more}


async def plan(api: Any, *paths: str, **more: Any) -> dict[str, Any]:
    answer = await api.post("instances/lake/uploads/plan", body(*paths, **more))
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.body
    return found


async def submit(api: Any, *paths: str, **more: Any) -> dict[str, Any]:
    """The job that was begun."""
    answer = await api.post("instances/lake/uploads", body(*paths, **more))
    assert answer.status == 202, answer.body
    job: dict[str, Any] = answer.body["job"]
    assert answer.headers["Location"].endswith(f"/jobs/{job['id']}")
    return job


async def ended(api: Any, job: dict[str, Any], *, within_s: float = 90) -> dict[str, Any]:
    """The job with its items once it has ended."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        now = await look(api, job)
        if now["state"] in ENDED:
            return now
        await asyncio.sleep(0.1)
    raise AssertionError(f"It has not ended: {now}")


async def until(api: Any, job: dict[str, Any], what: Any, *, within_s: float = 60) -> Any:
    """The job once ``what`` is true of it."""
    limit = time.monotonic() + within_s
    while time.monotonic() < limit:
        now = await look(api, job)
        if what(now):
            return now
        assert now["state"] not in ENDED, now
        await asyncio.sleep(0.05)
    raise AssertionError(f"It has not come so far: {now}")


async def becomes_true(what: Callable[[], object], *, within_s: float = 60) -> None:
    """Waits for something outside of the extension."""
    limit = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < limit, "It has not come so far."
        await asyncio.sleep(0.02)


async def look(api: Any, job: dict[str, Any]) -> dict[str, Any]:
    answer = await api.get(f"jobs/{job['id']}")
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.body
    return found


async def uploaded(api: Any, *paths: str, **more: Any) -> dict[str, Any]:
    """Asks for an upload and waits for its end, which must be a good one."""
    job = await ended(api, await submit(api, *paths, **more))
    if job["state"] != "done":
        log = await api.get(f"jobs/{job['id']}/log")
        raise AssertionError((job, log.body["text"]))
    return job


def adler32(content: bytes) -> str:
    return f"{zlib.adler32(content):08x}"


class Look:
    """What the lake has, seen past the extension."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._http = signed_in(lake, "alice")

    def close(self) -> None:
        self._http.close()

    def metadata(self, name: str, scope: str = SCOPE) -> dict[str, Any] | None:
        answer = self._http.get(f"/dids/{scope}/{name}/meta")
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def rules(self, name: str, scope: str = SCOPE) -> list[dict[str, Any]]:
        return self._lines(f"/dids/{scope}/{name}/rules")

    def content(self, name: str, scope: str = SCOPE) -> list[str]:
        return sorted(item["name"] for item in self._lines(f"/dids/{scope}/{name}/dids"))

    def rses(self, name: str, scope: str = SCOPE) -> dict[str, str]:
        """State by RSE."""
        answer = self._http.post(
            "/replicas/list",
            json={"dids": [{"scope": scope, "name": name}], "all_states": True},
        )
        answer.raise_for_status()
        states: dict[str, str] = {}
        for line in answer.text.splitlines():
            states |= json.loads(line).get("states", {})
        return states

    def stored(self, name: str, *, rse: str = RSE, scope: str = SCOPE) -> Path:
        """Where the storage keeps it, or would."""
        return Path(self._lake.rses[rse]["storage_path"]) / hash_path(scope, name)

    def leftovers(self, *, rse: str = RSE) -> list[Path]:
        """Of uploads that are not whole."""
        return list(Path(self._lake.rses[rse]["storage_path"]).rglob("*.rucio.upload"))

    def _lines(self, path: str) -> list[dict[str, Any]]:
        answer = self._http.get(path)
        answer.raise_for_status()
        return [json.loads(line) for line in answer.text.splitlines() if line]
