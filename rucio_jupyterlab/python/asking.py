"""From a person's call to the event loop and back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing
from typing import Any, TypeVar

from rucio_jupyterlab.python.lake import Lake
from rucio_jupyterlab.python.runtime import Runtime, runtime

T = TypeVar("T")


def ask(
    instance: str | None,
    work: Callable[[Lake], Coroutine[Any, Any, T]],
    timeout_s: float | None = None,
) -> T:
    """What comes of ``work`` with the instance of that name, None for the one that is meant.

    Raises:
        UnknownInstance, ConfigurationError: there is none, or it cannot be used.
        TimeoutError: it takes longer.
    """
    here = runtime()

    async def asking() -> T:
        return await work(_lake(here, instance))

    return here.run(asking(), timeout_s)


def read(instance: str | None, work: Callable[[Lake], AsyncGenerator[T, None]]) -> Iterator[T]:
    """Each element as it comes; what is left before its end is closed."""
    here = runtime()

    async def reading() -> AsyncGenerator[T, None]:
        items = work(_lake(here, instance))
        async with aclosing(items):
            async for item in items:
                yield item

    return here.iterate(reading())


def _lake(here: Runtime, instance: str | None) -> Lake:
    return Lake(here.services, here.instance(instance))
