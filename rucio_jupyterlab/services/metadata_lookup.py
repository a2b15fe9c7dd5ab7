"""Deciding conditions for DIDs that were found in another way than by them."""

from __future__ import annotations

from collections.abc import Sequence

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord
from rucio_jupyterlab.client.filters import Group
from rucio_jupyterlab.client.meta_match import fulfils_one
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import Unprocessable


async def matching(
    client: RucioClient, found: Sequence[Did], groups: Sequence[Group] = ()
) -> dict[Did, DidRecord]:
    """Those for which one of the groups holds, with type and size; all without ``groups``.

    Columns cost Rucio ten queries for 500 DIDs, JSON metadata one for each: those are asked for
    last, and only where they decide.
    """
    columns = await dids.bulk_metadata(client, found)
    known = {did: known for did, known in columns.items() if not known.get("suppressed")}
    by_columns = [tuple(item for item in group if item.is_column) for group in groups]
    left = {did: about for did, about in known.items() if fulfils_one(about, by_columns)}
    if left and any(not item.is_column for group in groups for item in group):
        json = await _json(client, list(left))
        left = {
            did: about
            for did, about in left.items()
            if fulfils_one({**json.get(did, {}), **about}, groups)
        }
    return {did: dids.record_of(did, about) for did, about in left.items()}


async def with_sizes(client: RucioClient, records: Sequence[DidRecord]) -> list[DidRecord]:
    """With what Rucio does not say where it lists DIDs: size and length of collections."""
    collections = [record.did for record in records if record.type != "file"]
    known = await dids.types(client, collections) if collections else {}
    return [known.get(record.did, record) for record in records]


async def _json(client: RucioClient, found: Sequence[Did]) -> dict[Did, dict[str, object]]:
    try:
        return await dids.bulk_metadata(client, found, "JSON")
    except Unprocessable:
        # This Rucio keeps its metadata with another plugin.
        return await dids.bulk_metadata(client, found, "ALL")
