"""Many small requests at once, but not too many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

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
        await _end(tasks)


async def together(
    first: Coroutine[Any, Any, Item], second: Coroutine[Any, Any, Result]
) -> tuple[Item, Result]:
    """Both, side by side.

    The failure of one ends the other, which ``asyncio.gather`` would let run on.
    """
    one, other = asyncio.ensure_future(first), asyncio.ensure_future(second)
    try:
        await asyncio.gather(one, other)
        return one.result(), other.result()
    finally:
        await _end([one, other])


async def as_they_come(
    work: Callable[[Item], Awaitable[Result]],
    items: Iterable[Item],
    at_once: int = REQUESTS_AT_ONCE,
) -> AsyncGenerator[Result, None]:
    """The results of ``work`` in the order in which they are ready, ``at_once`` at a time.

    The first failure ends the others and is raised; closing the generator ends them too.
    """
    slots = asyncio.Semaphore(at_once)

    async def run(item: Item) -> Result:
        async with slots:
            return await work(item)

    tasks = [asyncio.ensure_future(run(item)) for item in items]
    try:
        for ready in asyncio.as_completed(tasks):
            yield await ready
    finally:
        await _end(tasks)


async def side_by_side(
    streams: Sequence[AsyncGenerator[Result, None]],
) -> AsyncGenerator[Result, None]:
    """What several streams yield, as it comes; they do not wait for it to be taken.

    The first failure ends the others and is raised; closing the generator closes them.
    """
    queue: asyncio.Queue[Result | asyncio.Task[None]] = asyncio.Queue()

    async def pump(stream: AsyncGenerator[Result, None]) -> None:
        async with aclosing(stream):
            async for result in stream:
                queue.put_nowait(result)

    tasks = [asyncio.ensure_future(pump(stream)) for stream in streams]
    for task in tasks:
        task.add_done_callback(queue.put_nowait)
    try:
        running = len(tasks)
        while running:
            result = await queue.get()
            if isinstance(result, asyncio.Task):
                running -= 1
                await result
            else:
                yield result
    finally:
        await _end(tasks)


async def _end(tasks: Sequence[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
