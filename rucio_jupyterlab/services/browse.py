"""Finding and opening DIDs."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord, SearchType
from rucio_jupyterlab.client.filters import Filters
from rucio_jupyterlab.client.parsing import time_of
from rucio_jupyterlab.client.scopes import list_scopes
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest, UnknownScope
from rucio_jupyterlab.services.locations import Locations
from rucio_jupyterlab.services.sessions import Sessions

WILDCARD = "*"
FIRST_CHILDREN = 20
MORE_CHILDREN = 200
# What DidItem says in fields of its own.
_SAID_ELSEWHERE = frozenset({"scope", "name", "did_type"})


class Browse:
    """Search, look at and open DIDs. Lists come as Rucio sends them, nothing is gathered."""

    def __init__(self, sessions: Sessions, locations: Locations) -> None:
        self._sessions = sessions
        self._locations = locations

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

        Raises:
            BadRequest: code ``wildcard_disabled``: this instance searches whole names only.
            UnknownScope: there is no such scope.
        """
        if WILDCARD in name and not instance.wildcard_enabled:
            raise BadRequest(
                "Searching with * is switched off for this Rucio.",
                code="wildcard_disabled",
                hint="Type the whole name, as in scope:name.",
            )
        client = await self._sessions.client(instance)
        # Rucio takes % for a wildcard too; in a name it is meant as it stands.
        is_meant = _matcher(name) if "%" in name else None
        # One more than asked for, so that a list that just fits is not called cut.
        most = None if limit is None or is_meant is not None else limit + 1
        records = dids.search(
            client,
            scope,
            name or WILDCARD,
            type=type,
            filters=filters,
            recursive=recursive,
            limit=most,
        )
        is_empty = True
        async with aclosing(records):
            async for record in records:
                is_empty = False
                if is_meant is None or is_meant.fullmatch(record.did.name):
                    yield did_item(record)
        # Rucio finds nothing in a scope that does not exist, and says no more.
        if is_empty and scope not in await list_scopes(client):
            raise UnknownScope(
                f"There is no scope “{scope}” in this Rucio.",
                hint="The scope is what stands before the colon, as in scope:name.",
            )

    async def details(self, instance: Instance, did: Did) -> dict[str, Any]:
        """One DidItem with its metadata.

        Raises:
            UnknownDid: Rucio has no such DID.
        """
        client = await self._sessions.client(instance)
        record = await dids.get(client, did)
        metadata = await dids.metadata(client, did)
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
        records = dids.content(client, did)
        # Rucio lists children without their sizes; those of collections it tells for many at once.
        waiting: list[DidRecord] = []
        piece = FIRST_CHILDREN
        async with aclosing(records):
            async for record in records:
                if record.type == "file":
                    yield did_item(record)
                    continue
                waiting.append(record)
                if len(waiting) >= piece:
                    for child in await _with_sizes(client, waiting):
                        yield did_item(child)
                    waiting, piece = [], MORE_CHILDREN
        for child in await _with_sizes(client, waiting):
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


def _matcher(name: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in name.split(WILDCARD)), re.DOTALL)


async def _with_sizes(client: RucioClient, records: Sequence[DidRecord]) -> list[DidRecord]:
    known = await dids.types(client, [record.did for record in records]) if records else {}
    return [known.get(record.did, record) for record in records]


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
