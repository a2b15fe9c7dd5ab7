"""Deciding conditions for what is inside a collection."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import SearchType
from rucio_jupyterlab.client.filters import Group
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.services import metadata_search
from rucio_jupyterlab.services.metadata_lookup import matching
from rucio_jupyterlab.services.metadata_search import MOST_LOOKED_UP

# Some 10 MB of names, for as long as the request lasts.
MOST_NAMES = 100_000


class Deciding:
    """Decides conditions for many DIDs that come in pieces, most of them of a few scopes.

    The first are looked up. When more come, Rucio says once for each of their scopes for which DIDs
    the conditions hold, which is far quicker, unless that is for half the scope.
    """

    def __init__(self, client: RucioClient, type: SearchType, groups: Sequence[Group]) -> None:
        self._client = client
        self._type = type
        self._groups = groups
        self._looked_up = 0
        self._by_scope: dict[str, set[str] | None] = {}
        self._asking = asyncio.Lock()

    async def those_that_fit(self, found: Sequence[Did]) -> set[Did]:
        if self._looked_up < MOST_LOOKED_UP:
            self._looked_up += len(found)
            return set(await matching(self._client, found, self._groups))
        names = {scope: await self._names_in(scope) for scope in {did.scope for did in found}}
        unknown = [did for did in found if names[did.scope] is None]
        fitting = {did for did in found if did.name in (names[did.scope] or ())}
        return fitting | set(await matching(self._client, unknown, self._groups))

    async def _names_in(self, scope: str) -> set[str] | None:
        """None where it is more than is worth keeping."""
        async with self._asking:
            if scope not in self._by_scope:
                self._by_scope[scope] = await self._ask(scope)
            return self._by_scope[scope]

    async def _ask(self, scope: str) -> set[str] | None:
        if "/" in scope:
            # Rucio cannot search there.
            return None
        names: set[str] = set()
        found = metadata_search.search(
            self._client, scope, "*", type=self._type, groups=self._groups
        )
        async with aclosing(found):
            async for record in found:
                if len(names) == MOST_NAMES:
                    return None
                names.add(record.did.name)
        return names
