"""Many things at once: as they come, not too many, and nothing goes on that nobody waits for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from rucio_jupyterlab.services.concurrency import as_they_come, side_by_side, together


class Work:
    """Counts what is under way, and what was ended before it was done."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0
        self.ended = 0

    async def do(self, turns: int) -> int:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            for _ in range(turns):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.ended += 1
            raise
        finally:
            self.running -= 1
        if turns == 13:
            raise ValueError(turns)
        return turns

    async def stream(self, *turns: int) -> AsyncGenerator[int, None]:
        for count in turns:
            yield await self.do(count)


def test_results_come_when_they_are_ready_and_not_too_many_are_under_way() -> None:
    async def run() -> None:
        work = Work()
        ready = [result async for result in as_they_come(work.do, [900, 5, 1], 2)]
        assert ready == [5, 1, 900]
        assert work.most == 2

    asyncio.run(run())


def test_a_slow_stream_does_not_hold_a_quick_one_back() -> None:
    async def run() -> None:
        work = Work()
        streams = [work.stream(900), work.stream(1, 2)]
        assert [result async for result in side_by_side(streams)] == [1, 2, 900]

    asyncio.run(run())


def test_who_stops_listening_ends_the_work() -> None:
    async def run() -> None:
        work = Work()
        for results in (
            as_they_come(work.do, [1, 9000, 9000]),
            side_by_side([work.stream(1), work.stream(9000), work.stream(9000)]),
        ):
            async with aclosing(results):
                assert await anext(results) == 1
            assert work.running == 0
        assert work.ended == 4

    asyncio.run(run())


def test_a_failure_is_raised_and_ends_the_others() -> None:
    async def run() -> None:
        work = Work()
        with pytest.raises(ValueError, match="13"):
            _ = [result async for result in as_they_come(work.do, [13, 9000])]
        with pytest.raises(ValueError, match="13"):
            _ = [result async for result in side_by_side([work.stream(13), work.stream(9000)])]
        with pytest.raises(ValueError, match="13"):
            await together(work.do(13), work.do(9000))
        assert work.running == 0
        assert work.ended == 3

    asyncio.run(run())


def test_both_are_given() -> None:
    async def run() -> None:
        work = Work()
        assert await together(work.do(2), work.do(1)) == (2, 1)

    asyncio.run(run())
