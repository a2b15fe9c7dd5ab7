"""The HTTP side of the transfer service: FTS's REST interface, and the lake's own below ``/lake/``.

Run by ``lake up`` with the number of a listening socket and the only folder that it may touch.
"""

from __future__ import annotations

import json
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from lake.transfers.jobs import Queue
from lake.transfers.storage import Mover

BANNER = "The lake's stand-in for FTS: it is not FTS, and speaks as much of its REST as Rucio uses."

QUEUE = web.AppKey("queue", Queue)


async def banner(_request: web.Request) -> web.Response:
    return web.json_response(
        {"delegation": None, "description": BANNER, "api": {"major": 0, "minor": 1}}
    )


async def whoami(_request: web.Request) -> web.Response:
    return web.json_response({"base_id": "01874efb-4735-4595-bc9c-591aef8240c9", "vos": ["lake"]})


async def submit(request: web.Request) -> web.Response:
    try:
        job = request.app[QUEUE].submit(await _json(request))
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise _problem(web.HTTPBadRequest, f"Not a job as FTS describes it: {error!r}") from error
    return web.json_response({"job_id": job.id})


async def list_jobs(request: web.Request) -> web.Response:
    """One job's document, or a list for several ids; of an unknown one, that it is unknown."""
    jobs, ids = request.app[QUEUE].jobs, request.match_info["ids"].split(",")
    documents: list[dict[str, Any]] = [
        jobs[job_id].document()
        if job_id in jobs
        else {"job_id": job_id, "http_status": "404 Not Found"}
        for job_id in ids
    ]
    unknown = sum(job_id not in jobs for job_id in ids)
    status = 200 if not unknown else 404 if unknown == len(ids) else 207
    return web.json_response(documents if len(ids) > 1 else documents[0], status=status)


async def cancel(request: web.Request) -> web.Response:
    queue = request.app[QUEUE]
    documents = []
    for job_id in request.match_info["ids"].split(","):
        if job_id not in queue.jobs:
            raise _problem(web.HTTPNotFound, f"No job {job_id}")
        await queue.cancel(queue.jobs[job_id])
        documents.append(queue.jobs[job_id].document())
    return web.json_response(documents if len(documents) > 1 else documents[0])


async def change_priority(request: web.Request) -> web.Response:
    """Accepted and without effect: everything here is urgent."""
    job = request.app[QUEUE].jobs.get(request.match_info["ids"])
    if job is None:
        raise _problem(web.HTTPNotFound, "No such job")
    return web.json_response(job.document())


async def get_settings(request: web.Request) -> web.Response:
    return web.json_response(asdict(request.app[QUEUE].settings))


async def change_settings(request: web.Request) -> web.Response:
    changes = await _json(request)
    try:
        settings = await request.app[QUEUE].configure(changes)
    except (ValueError, TypeError) as error:
        raise _problem(web.HTTPBadRequest, str(error)) from error
    return web.json_response(asdict(settings))


async def get_transfers(request: web.Request) -> web.Response:
    """How many transfers there are in each state."""
    jobs = request.app[QUEUE].jobs.values()
    return web.json_response(Counter(t.state for job in jobs for t in job.transfers))


async def _json(request: web.Request) -> Any:
    try:
        return await request.json()
    except json.JSONDecodeError as error:
        raise _problem(web.HTTPBadRequest, f"Not JSON: {error}") from error


def _problem(kind: type[web.HTTPException], message: str) -> web.HTTPException:
    return kind(
        text=json.dumps({"status": kind.status_code, "message": message}),
        content_type="application/json",
    )


def application(root: Path) -> web.Application:
    """The service; `root` is the only folder whose files it touches."""
    app = web.Application(client_max_size=64 << 20)

    async def queue(app: web.Application) -> AsyncIterator[None]:
        app[QUEUE] = Queue(Mover(root))
        yield
        await app[QUEUE].close()

    app.cleanup_ctx.append(queue)
    app.add_routes(
        [
            web.get("/", banner),
            web.get("/whoami", whoami),
            web.post("/jobs", submit),
            web.get("/jobs/{ids}", list_jobs),
            web.post("/jobs/{ids}", change_priority),
            web.delete("/jobs/{ids}", cancel),
            web.get("/lake/settings", get_settings),
            web.put("/lake/settings", change_settings),
            web.get("/lake/transfers", get_transfers),
        ]
    )
    return app


def main() -> None:
    descriptor, root = int(sys.argv[1]), Path(sys.argv[2]).resolve()
    handle = socket.socket(fileno=descriptor)
    web.run_app(application(root), sock=handle, access_log=None, print=None, shutdown_timeout=1)


if __name__ == "__main__":
    main()
