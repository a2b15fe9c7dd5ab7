"""Lists of names, for magics and their completion."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import BadRequest
from rucio_jupyterlab.python.asking import ask, read
from rucio_jupyterlab.python.lake import Lake

# Where names cannot be searched by their beginning, no more of a scope are looked through.
MOST_LOOKED_THROUGH = 5000


def scopes(instance: str | None) -> list[str]:
    return ask(instance, lambda lake: lake.scopes())


def beginning(text: str, most: int, instance: str | None) -> list[str]:
    """DIDs that begin like ``scope:na``, sorted; at most so many."""
    return ask(instance, lambda lake: _beginning(lake, text, most))


def lines(what: str | None, instance: str | None) -> Iterator[str]:
    """Scopes; the DIDs of a scope, or that fit a pattern; what is in a collection."""
    if what is None:
        yield from scopes(instance)
        return
    _, _, name = what.partition(":")
    is_one = bool(name) and "*" not in name
    for item in read(instance, lambda lake: _inside(lake, what) if is_one else _all(lake, what)):
        yield f"{item['type']:9}  {item['did']}"


async def _beginning(lake: Lake, text: str, most: int) -> list[str]:
    try:
        found = await _names(lake, f"{text}*", most)
    except BadRequest:
        scope = text.partition(":")[0]
        found = await _names(lake, scope, MOST_LOOKED_THROUGH)
    return sorted(name for name in found if name.startswith(text))[:most]


async def _names(lake: Lake, pattern: str, most: int) -> list[str]:
    items = lake.search(pattern, type="all", limit=most)
    async with aclosing(items):
        return [item["did"] async for item in items]


def _all(lake: Lake, what: str) -> AsyncGenerator[dict[str, Any], None]:
    return lake.search(what, type="all")


async def _inside(lake: Lake, what: str) -> AsyncGenerator[dict[str, Any], None]:
    """Of a file, itself."""
    item = await lake.details(str(Did.parse(what)))
    if item["type"] == "file":
        yield item
        return
    items = lake.content(what)
    async with aclosing(items):
        async for child in items:
            yield child
