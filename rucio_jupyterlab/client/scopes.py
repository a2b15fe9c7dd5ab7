"""Scopes: the first half of every DID."""

from __future__ import annotations

from rucio_jupyterlab.client.transport import RucioClient


async def list_scopes(client: RucioClient) -> list[str]:
    """All of them, sorted. A large experiment has some ten thousand."""
    return await client.get("/scopes/", parse=lambda answer: sorted(map(str, answer)))
