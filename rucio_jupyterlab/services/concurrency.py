"""Many small requests at once, but not too many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

REQUESTS_AT_ONCE = 8


async def gather_bounded(
    work: Callable[[Item], Awaitable[Result]],
    items: Iterable[Item],
    at_once: int = REQUESTS_AT_ONCE,
) -> list[Result]:
    """``[await work(item) for item in items]``, ``at_once`` of them at a time.

    The first failure ends the others and is raised.
    """
    slots = asyncio.Semaphore(at_once)

    async def run(item: Item) -> Result:
        async with slots:
            return await work(item)

    tasks = [asyncio.ensure_future(run(item)) for item in items]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
