"""Searching by metadata of every kind, also where one search of Rucio's cannot say it.

Rucio searches by columns of its table of DIDs, or by JSON metadata, never by both at once, and of
what it finds by JSON metadata it says the names only. So what was found by JSON metadata is looked
up in pieces, which tells its type and size and decides the conditions on columns; where it is much,
a second search lists these. Looking up also decides conditions that Rucio's database fails on
(``client.filters`` says when that happens).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import NamedTuple

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord, DidType, SearchType
from rucio_jupyterlab.client.filters import Condition, Group
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import BadRequest, ExtensionError, RucioBadAnswer, Unprocessable
from rucio_jupyterlab.services.lists import in_pieces, worked_on
from rucio_jupyterlab.services.metadata_lookup import matching

TYPES: Mapping[SearchType, frozenset[DidType]] = {
    "all": frozenset({"container", "dataset", "file"}),
    "collection": frozenset({"container", "dataset"}),
    "container": frozenset({"container"}),
    "dataset": frozenset({"dataset"}),
    "file": frozenset({"file"}),
}


# Half a millisecond each for Rucio. For more than these it is quicker to list all that the name
# fits, and keep what was found.
MOST_LOOKED_UP = 2_000


class _Wanted(NamedTuple):
    scope: str
    name: str
    type: SearchType


class _Plan(NamedTuple):
    """One search of Rucio's by JSON metadata, and what is decided afterwards for what it finds."""

    at_rucio: list[Group]
    here: list[Group]


async def search(
    client: RucioClient,
    scope: str,
    name: str,
    *,
    type: SearchType,
    groups: Sequence[Group],
    limit: int | None = None,
) -> AsyncGenerator[DidRecord, None]:
    """What one of the ``groups`` holds for, each DID once. ``limit`` only spares Rucio work.

    Raises, while iterating:
        UnknownScope: as ``dids.search``.
        BadRequest, RucioBadAnswer: code ``filter_failed``: Rucio failed; names the conditions.
    """
    wanted = _Wanted(scope, name, type)
    by_columns = [group for group in groups if all(item.is_column for item in group)]
    by_json = [group for group in groups if not any(item.is_column for item in group)]
    mixed = [group for group in groups if group not in by_columns and group not in by_json]
    parts: list[AsyncGenerator[DidRecord, None]] = []
    if by_columns or not groups:
        parts.append(_by_columns(client, wanted, by_columns, limit))
    if by_json:
        parts.append(_by_json(client, wanted, by_json, [()]))
    parts.extend(
        _by_json(
            client,
            wanted,
            [tuple(item for item in group if not item.is_column)],
            [tuple(item for item in group if item.is_column)],
        )
        for group in mixed
    )
    found = parts[0] if len(parts) == 1 else _once_each(parts)
    async with aclosing(found):
        async for record in found:
            yield record


async def _once_each(
    parts: Sequence[AsyncGenerator[DidRecord, None]],
) -> AsyncGenerator[DidRecord, None]:
    seen: set[str] = set()
    for part in parts:
        async with aclosing(part):
            async for record in part:
                key = str(record.did)
                if key not in seen:
                    seen.add(key)
                    yield record


async def _by_columns(
    client: RucioClient, wanted: _Wanted, groups: Sequence[Group], limit: int | None
) -> AsyncGenerator[DidRecord, None]:
    found = dids.search(
        client, wanted.scope, wanted.name, type=wanted.type, filters=groups, limit=limit
    )
    try:
        async with aclosing(found):
            async for record in found:
                yield record
    except (BadRequest, Unprocessable, RucioBadAnswer) as error:
        raise _explained(error, groups) from error


async def _by_json(
    client: RucioClient, wanted: _Wanted, groups: list[Group], columns: list[Group]
) -> AsyncGenerator[DidRecord, None]:
    given: set[str] = set()
    relaxed = [tuple(map(_safe, group)) for group in groups]
    plans = [_Plan(groups, columns)]
    if relaxed != groups:
        # Metadata of several types under one key: Rucio says who has a value, we look at it.
        whole = [json + column for json in groups for column in columns]
        plans.append(_Plan([_each_once(group) for group in relaxed], whole))
    for at, plan in enumerate(plans):
        found = _looked_up(client, wanted, plan)
        try:
            async with aclosing(found):
                async for record in found:
                    key = str(record.did)
                    if key not in given:
                        given.add(key)
                        yield record
            return
        except (BadRequest, Unprocessable, RucioBadAnswer) as error:
            if at == len(plans) - 1 or not _may_be_types(error):
                raise _explained(error, groups) from error


async def _looked_up(
    client: RucioClient, wanted: _Wanted, plan: _Plan
) -> AsyncGenerator[DidRecord, None]:
    names = dids.search_json(client, wanted.scope, wanted.name, plan.at_rucio)
    by_columns = all(item.is_column for group in plan.here for item in group)
    async with aclosing(names):
        # What is left of ``names`` after a first part is for the second, quicker for many.
        first = _first(names, MOST_LOOKED_UP) if by_columns else names
        records = worked_on(in_pieces(first), lambda piece: matching(client, piece, plan.here))
        async with aclosing(records):
            async for found in records:
                for record in found.values():
                    if record.type in TYPES[wanted.type]:
                        yield record
        if not by_columns:
            return
        rest = {did.name async for did in names}
    if rest:
        everything = dids.search(
            client, wanted.scope, wanted.name, type=wanted.type, filters=plan.here
        )
        async with aclosing(everything):
            async for record in everything:
                if record.did.name in rest:
                    yield record


async def _first(names: AsyncGenerator[Did, None], count: int) -> AsyncGenerator[Did, None]:
    """Does not end ``names``."""
    for _ in range(count):
        did = await anext(names, None)
        if did is None:
            return
        yield did


def _safe(condition: Condition) -> Condition:
    """Numbers and booleans are what JSON metadata of another type make Rucio's database fail on."""
    if isinstance(condition.value, (bool, int, float)):
        return Condition(condition.key, "ne", None)
    return condition


def _each_once(group: Group) -> Group:
    """A key can be compared once by one operator: with a text by ≠, it has a value anyway."""
    found: dict[tuple[str, str], Condition] = {}
    for condition in group:
        place = (condition.key, condition.operator)
        if place not in found or condition.value is not None:
            found[place] = condition
    return tuple(found.values())


def _may_be_types(error: ExtensionError) -> bool:
    return error.rucio is not None or error.code == "stream_cut"


def _explained(error: ExtensionError, groups: Sequence[Group]) -> ExtensionError:
    """Names the conditions that Rucio failed on; without any, the error as it is."""
    conditions = dict.fromkeys(str(item) for group in groups for item in group)
    if not conditions or error.code in ("stream_cut", "invalid_filter"):
        return error
    kind = RucioBadAnswer if isinstance(error, RucioBadAnswer) else BadRequest
    return kind(
        f"Rucio could not search by {', '.join(conditions)}.",
        code="filter_failed",
        hint="Leave out one condition after the other to see which it is, or try again later.",
        rucio=error.rucio,
    )
