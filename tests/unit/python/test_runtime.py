"""Waiting, from wherever a person calls, for what runs in the one event loop of the process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from rucio_jupyterlab.errors import NotFound
from rucio_jupyterlab.python import runtime as runtimes
from rucio_jupyterlab.python.runtime import MOST_AHEAD, Runtime


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    home: Path = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
            patch.delenv(name, raising=False)
        made = Runtime()
        yield made
        made.close()


class Counter:
    """Yields numbers for ever, and knows how many, and whether it was closed."""

    def __init__(self) -> None:
        self.count = 0
        self.is_closed = False

    async def numbers(self) -> AsyncGenerator[int, None]:
        try:
            while True:
                self.count += 1
                yield self.count
        finally:
            # As who lets go of a connection to Rucio.
            await asyncio.sleep(0)
            self.is_closed = True


def test_a_time_limit_cancels_and_waits_until_all_is_tidy(runtime: Runtime) -> None:
    tidied: list[bool] = []

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            tidied.append(True)

    with pytest.raises(TimeoutError):
        runtime.run(slow(), 0.01)
    assert tidied == [True]


def test_what_goes_wrong_is_told_as_it_is(runtime: Runtime) -> None:
    async def refused() -> None:
        raise NotFound("There is no such thing.", hint="Look elsewhere.")

    async def too_slow() -> None:
        raise TimeoutError("Rucio was too slow.")

    with pytest.raises(NotFound, match=r"There is no such thing\. Look elsewhere\."):
        runtime.run(refused())
    with pytest.raises(TimeoutError, match="Rucio was too slow"):
        runtime.run(too_slow(), 60)


def test_a_list_is_read_as_far_as_the_loop_goes_and_closed_when_it_is_left(
    runtime: Runtime,
) -> None:
    counter = Counter()
    numbers = runtime.iterate(counter.numbers())
    assert counter.count == 0
    for number in numbers:
        if number == 2 * MOST_AHEAD:
            break
    numbers.close()  # type: ignore[attr-defined] # it is a generator
    assert counter.is_closed
    assert 2 * MOST_AHEAD <= counter.count <= 3 * MOST_AHEAD


def test_a_list_that_breaks_off_gives_what_came_and_then_the_reason(runtime: Runtime) -> None:
    async def items() -> AsyncGenerator[int, None]:
        yield 1
        yield 2
        raise NotFound("It breaks off.")

    seen: list[int] = []
    with pytest.raises(NotFound):
        seen.extend(runtime.iterate(items()))
    for number in runtime.iterate(Counter().numbers()):
        seen.append(number)
        break
    assert seen[-1] == 1


def test_it_is_called_from_threads_and_below_a_running_loop(runtime: Runtime) -> None:
    async def name() -> str:
        return threading.current_thread().name

    async def cell() -> str:
        return runtime.run(name())

    assert asyncio.run(cell()) == runtime.run(name()) == "rucio-api"


def test_from_its_own_loop_it_refuses_instead_of_waiting_for_itself(runtime: Runtime) -> None:
    async def inner() -> None: ...

    async def outer() -> None:
        runtime.run(inner())

    with pytest.raises(RuntimeError, match="AsyncClient"):
        runtime.run(outer())


def test_there_is_one_for_the_process_until_it_is_forgotten(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtimes, "_current", None)
    one = runtimes.runtime()
    assert runtimes.runtime() is one
    runtimes.forget()
    with pytest.raises(RuntimeError, match="closed"):
        one.run(asyncio.sleep(0))
