"""The metadata conventions of a Rucio: which keys there are, and which values they may have."""

from __future__ import annotations

from rucio_jupyterlab.client.did import quoted
from rucio_jupyterlab.client.transport import RucioClient


async def list_keys(client: RucioClient) -> list[str]:
    """Those that somebody has written down; usually few or none."""
    return await client.get("/meta_conventions/", parse=lambda keys: sorted(map(str, keys)))


async def list_values(client: RucioClient, key: str) -> list[str]:
    """The only values that are allowed; none where every value is."""
    return await client.get(
        f"/meta_conventions/{quoted(key)}/", parse=lambda values: sorted(map(str, values))
    )
