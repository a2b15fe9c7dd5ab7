"""Finding and opening DIDs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord, SearchType
from rucio_jupyterlab.client.filters import Filters, parse
from rucio_jupyterlab.client.parsing import time_of
from rucio_jupyterlab.client.scopes import list_scopes
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest, ExtensionError, UnknownScope
from rucio_jupyterlab.services import metadata_search
from rucio_jupyterlab.services.catalogue_inside import inside
from rucio_jupyterlab.services.lists import in_pieces
from rucio_jupyterlab.services.locations import Locations
from rucio_jupyterlab.services.metadata_keys import MetadataKeys
from rucio_jupyterlab.services.metadata_lookup import with_sizes
from rucio_jupyterlab.services.sessions import Sessions

log = logging.getLogger(__name__)

WILDCARD = "*"
MOST_ROOTS = 1000
COUNT_LIMIT_S = 3.0
# What DidItem says in fields of its own.
_SAID_ELSEWHERE = frozenset({"scope", "name", "did_type"})


class Browse:
    """Search, look at and open DIDs. Lists come as Rucio sends them, nothing is gathered."""

    def __init__(self, sessions: Sessions, locations: Locations, keys: MetadataKeys) -> None:
        self._sessions = sessions
        self._locations = locations
        self._keys = keys

    async def search(
        self,
        instance: Instance,
        *,
        scope: str,
        name: str,
        type: SearchType,
        filters: Filters | None,
        recursive: bool,
        limit: int | None,
    ) -> AsyncGenerator[dict[str, Any], None]:
        """DidItems, in Rucio's order. An empty name means everything in the scope.

        With ``recursive``, what is inside the collections of that name, at any depth, without
        themselves.

        Raises:
            BadRequest: code ``wildcard_disabled``: this instance searches whole names only;
                ``invalid_filter``, ``filter_failed``: the conditions cannot be searched by;
                ``too_many_collections``: ``recursive`` with a name that fits too many.
            UnknownScope: there is no such scope.
            UnknownDid: with ``recursive``, there is no such collection.
        """
        if WILDCARD in name and not instance.wildcard_enabled:
            raise BadRequest(
                "Searching with * is switched off for this Rucio.",
                code="wildcard_disabled",
                hint="Type the whole name, as in scope:name.",
            )
        groups = parse(filters)
        client = await self._sessions.client(instance)
        if recursive:
            roots = await _roots(client, scope, name)
            records = inside(client, roots, type, groups)
        else:
            # One more than asked for, so that a list that just fits is not called cut.
            most = None if limit is None else limit + 1
            records = metadata_search.search(
                client, scope, name or WILDCARD, type=type, groups=groups, limit=most
            )
        is_empty = True
        async with aclosing(records):
            async for record in records:
                is_empty = False
                yield did_item(record)
        # Rucio finds nothing in a scope that does not exist, and says no more.
        if is_empty and not recursive and scope not in await list_scopes(client):
            raise UnknownScope(
                f"There is no scope “{scope}” in this Rucio.",
                hint="The scope is what stands before the colon, as in scope:name.",
            )

    async def scopes(self, instance: Instance) -> AsyncGenerator[dict[str, Any], None]:
        """``{scope}`` of each, sorted."""
        client = await self._sessions.client(instance)
        for scope in await list_scopes(client):
            yield {"scope": scope}

    async def details(self, instance: Instance, did: Did) -> dict[str, Any]:
        """One DidItem with its metadata.

        Raises:
            UnknownDid: Rucio has no such DID.
        """
        client = await self._sessions.client(instance)
        record, metadata = await asyncio.gather(dids.get(client, did), dids.metadata(client, did))
        record = await _counted(client, record)
        self._keys.note(instance, metadata)
        created_at = time_of(metadata.get("created_at"))
        return {
            **did_item(record),
            "bytes": record.size_bytes,
            "created_at": created_at.isoformat() if created_at else None,
            "account": metadata.get("account"),
            "open": metadata.get("is_open"),
            "metadata": {
                key: value
                for key, value in metadata.items()
                if key not in _SAID_ELSEWHERE and value is not None
            },
        }

    async def content(self, instance: Instance, did: Did) -> AsyncGenerator[dict[str, Any], None]:
        """The children of a collection, one level.

        Raises:
            UnknownDid: Rucio has no such DID.
        """
        client = await self._sessions.client(instance)
        # Rucio lists children without their sizes; those of collections it tells for many at once.
        pieces = in_pieces(dids.content(client, did))
        async with aclosing(pieces):
            async for piece in pieces:
                for child in await with_sizes(client, piece):
                    yield did_item(child)

    async def files(
        self, instance: Instance, did: Did, offset: int
    ) -> AsyncGenerator[dict[str, Any], None]:
        """All files below: ``{did, size, path, pfn}``, without the first ``offset``.

        Path and PFN say where the file belongs in the configured destination; whether it has
        arrived there is what availability says. They are null where the destination does not
        compute its paths from names.

        Raises:
            UnknownDid: Rucio has no such DID.
        """
        client = await self._sessions.client(instance)
        place = None
        if instance.destinations:
            place = await self._locations.place(client, instance.destinations[0])
        records = dids.files(client, did)
        passed = 0
        async with aclosing(records):
            async for record in records:
                passed += 1
                if passed > offset:
                    where = place.location(record.did) if place is not None else (None, None)
                    yield {
                        "did": f"{record.did.scope}:{record.did.name}",
                        "size": record.size_bytes,
                        "path": where[0],
                        "pfn": where[1],
                    }


async def _roots(client: RucioClient, scope: str, name: str) -> list[Did]:
    """The collections whose content is meant."""
    if name and WILDCARD not in name:
        return [Did(scope, name)]
    found = dids.search(client, scope, name or WILDCARD, limit=MOST_ROOTS + 1)
    async with aclosing(found):
        roots = [record.did async for record in found]
    if len(roots) > MOST_ROOTS:
        raise BadRequest(
            f"More than {MOST_ROOTS} collections fit “{name}”.",
            code="too_many_collections",
            hint="Search inside fewer of them, or search the whole scope instead.",
        )
    return roots


async def _counted(client: RucioClient, record: DidRecord) -> DidRecord:
    """With its files counted now, where Rucio has not done so and can within a few seconds."""
    if record.type == "file" or (record.length is not None and record.size_bytes is not None):
        return record
    try:
        return await asyncio.wait_for(dids.get(client, record.did, dynamic=True), COUNT_LIMIT_S)
    except (ExtensionError, asyncio.TimeoutError):
        # Without the count all else can still be said.
        log.debug("The files of %s could not be counted", record.did)
        return record


def did_item(record: DidRecord) -> dict[str, Any]:
    return {
        "did": f"{record.did.scope}:{record.did.name}",
        "scope": record.did.scope,
        "name": record.did.name,
        "type": record.type,
        "size": record.size_bytes,
        "length": record.length,
    }


def parse_filters(text: object) -> Filters | None:
    """Filters as they come from the browser: a JSON object, or a list of them (any one is enough).

    Raises:
        BadRequest: neither.
    """
    if isinstance(text, Mapping):
        return text
    if isinstance(text, list) and all(isinstance(item, Mapping) for item in text):
        return text
    raise BadRequest(
        "The filters must be a JSON object, or a list of such objects.",
        hint='For example {"datatype": "RAW"}.',
    )
