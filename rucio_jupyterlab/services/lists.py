"""What the services' lists have in common."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, NamedTuple, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

FIRST_PIECE = 20
NEXT_PIECES = 200
PIECES_AT_ONCE = 3


class Cut(NamedTuple):
    """The last element of a list that the server itself had to end before all was in it."""

    message: str


async def in_pieces(
    items: AsyncGenerator[Item, None], first: int = FIRST_PIECE, more: int = NEXT_PIECES
) -> AsyncGenerator[list[Item], None]:
    """For requests about many at once: a small piece soon, as somebody waits, then large ones."""
    piece: list[Item] = []
    size = first
    async with aclosing(items):
        async for item in items:
            piece.append(item)
            if len(piece) >= size:
                yield piece
                piece, size = [], more
    if piece:
        yield piece


async def worked_on(
    items: AsyncGenerator[Item, None],
    work: Callable[[Item], Awaitable[Result]],
    at_once: int = PIECES_AT_ONCE,
) -> AsyncGenerator[Result, None]:
    """``await work(item)`` for each, in their order, ``at_once`` of them at a time while more come.

    The first failure ends the others and is raised; closing the generator ends all of it.
    """
    tasks: deque[asyncio.Future[Result]] = deque()
    async with aclosing(items):
        coming = asyncio.ensure_future(anext(items, None))
        is_over = False
        try:
            while tasks or not is_over:
                waiting: set[asyncio.Future[Any]] = {tasks[0]} if tasks else set()
                if not is_over and len(tasks) < at_once:
                    waiting.add(coming)
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if coming in waiting and coming.done():
                    item = coming.result()
                    if item is None:
                        is_over = True
                    else:
                        tasks.append(asyncio.ensure_future(work(item)))
                        coming = asyncio.ensure_future(anext(items, None))
                while tasks and tasks[0].done():
                    yield tasks.popleft().result()
        finally:
            coming.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(coming, *tasks, return_exceptions=True)
