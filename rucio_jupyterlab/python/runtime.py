"""One event loop in a thread of its own, with the services, for all of a process's calls.

People call it from scripts, from cells below which an event loop runs already, and from threads:
their loop is none of ours, and the connections to Rucio belong to one loop.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import CancelledError, Future, wait
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import AsyncExitStack, suppress
from typing import Any, Generic, TypeVar

from rucio_jupyterlab import standalone
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.kernels import notebook
from rucio_jupyterlab.quiet_logs import keep_secrets_out_of_logs
from rucio_jupyterlab.services import Services

# For what tidies up after it has been cancelled: a worker process ends within two seconds.
CANCEL_LIMIT_S = 5.0
CLOSE_LIMIT_S = 5.0
# What a loop that is read lazily may have in hand.
MOST_AHEAD = 500

T = TypeVar("T")


class Runtime:
    """The services, and how to wait for what they do. :func:`runtime` gives the process's one.

    Configuration is read when it is made, as a Jupyter server that is started here reads it.

    Raises:
        ConfigurationError: a configuration file cannot be read.
    """

    services: Services

    def __init__(self) -> None:
        keep_secrets_out_of_logs()
        self._loop = asyncio.new_event_loop()
        self._opened = AsyncExitStack()
        self._thread = threading.Thread(target=self._serve, name="rucio-api", daemon=True)
        self._thread.start()
        try:
            self.services = self.run(self._open())
        except BaseException:
            self.close()
            raise

    def run(self, coroutine: Coroutine[Any, Any, T], timeout_s: float | None = None) -> T:
        """Waits for it, from any thread but the loop's own. Ctrl-C cancels it, and so does the time
        limit.

        Raises:
            TimeoutError: it has not come to its end.
        """
        call = self._submit(coroutine)
        try:
            return call.outcome.result(timeout_s)
        except FutureTimeoutError:
            if call.outcome.done():
                raise
            call.cancel()
            raise TimeoutError(f"It has not come to its end within {timeout_s:g} s.") from None
        except BaseException:
            call.cancel()
            raise

    def iterate(self, items: AsyncGenerator[T, None]) -> Iterator[T]:
        """Reads it as it is iterated, no more than a little ahead, and closes it when it is left.

        Nothing is asked before the first element is.
        """
        pump = _Pump(items, self._loop)
        pumping = self._submit(pump.run())
        try:
            yield from pump
        finally:
            pumping.cancel()

    def instance(self, name: str | None = None) -> Instance:
        """The instance of that name; else that of the notebook, else the configuration's default.

        Raises:
            UnknownInstance: there is none of that name.
            ConfigurationError: none is configured, or this one cannot be used.
        """
        return standalone.chosen(self.services, name or notebook.instance())

    def close(self) -> None:
        """Ends what runs, transfers included."""
        if self._loop.is_closed():
            return
        with suppress(Exception):
            self.run(self._opened.aclose(), CLOSE_LIMIT_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSE_LIMIT_S)

    async def _open(self) -> Services:
        config = await asyncio.to_thread(standalone.read_config)
        # Whose code this is may send what that code can read.
        opening = standalone.open_services(config, may_send_from="/")
        return await self._opened.enter_async_context(opening)

    def _submit(self, coroutine: Coroutine[Any, Any, T]) -> _Call[T]:
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("This would wait for itself: use rucio_jupyterlab.AsyncClient here.")
        if self._loop.is_closed():
            coroutine.close()
            raise RuntimeError("The runtime is closed.")
        return _Call(coroutine, self._loop)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()


class _Call(Generic[T]):
    """What runs in the loop, and what comes of it. Unlike a future of asyncio's, a call that is
    cancelled is over only when it has tidied up.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> None:
        self.outcome: Future[T] = Future()
        self.outcome.set_running_or_notify_cancel()
        self._loop = loop
        self._task: asyncio.Task[None] | None = None
        self._coroutine = coroutine
        loop.call_soon_threadsafe(self._begin)

    def cancel(self) -> None:
        """Does nothing to one that is over."""
        if not self.outcome.done():
            self._loop.call_soon_threadsafe(self._cancel)
            wait([self.outcome], CANCEL_LIMIT_S)

    def _begin(self) -> None:
        self._task = self._loop.create_task(self._run())

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            result = await self._coroutine
        except asyncio.CancelledError:
            self.outcome.set_exception(CancelledError())
        except BaseException as error:  # noqa: BLE001 - handed over whole to who waits
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(result)


class _Pump(Generic[T]):
    """From an async generator in one thread to a loop in another, as fast as the slower one."""

    def __init__(self, items: AsyncGenerator[T, None], loop: asyncio.AbstractEventLoop) -> None:
        self._items = items
        self._loop = loop
        self._ready: deque[T] = deque()
        self._changed = threading.Condition()
        self._has_room = asyncio.Event()
        self._is_over = False
        self._failure: BaseException | None = None

    async def run(self) -> None:
        failure: BaseException | None = None
        try:
            async for item in self._items:
                with self._changed:
                    self._ready.append(item)
                    is_full = len(self._ready) >= MOST_AHEAD
                    self._changed.notify()
                if is_full:
                    self._has_room.clear()
                    await self._has_room.wait()
        except BaseException as error:
            failure = error
            if not isinstance(error, Exception):
                raise
        finally:
            await self._items.aclose()
            with self._changed:
                self._is_over, self._failure = True, failure
                self._changed.notify()

    def __iter__(self) -> Iterator[T]:
        while True:
            with self._changed:
                while not self._ready and not self._is_over:
                    self._changed.wait()
                if not self._ready:
                    if self._failure is not None:
                        raise self._failure
                    return
                item = self._ready.popleft()
                is_low = len(self._ready) == MOST_AHEAD // 2
            if is_low:
                self._loop.call_soon_threadsafe(self._has_room.set)
            yield item


_lock = threading.Lock()
_current: Runtime | None = None


def runtime() -> Runtime:
    """The process's one, made when it is first needed. A forked child makes its own."""
    global _current  # noqa: PLW0603 - one for the process is what it is for
    with _lock:
        if _current is None:
            _current = Runtime()
        return _current


def forget() -> None:
    """Ends the process's one. The next call reads the configuration anew."""
    global _current
    with _lock:
        ended, _current = _current, None
    if ended is not None:
        ended.close()


def _leave_to_parent() -> None:
    global _current, _lock
    # The thread is the parent's alone, and so may be whoever held the lock.
    _lock, _current = threading.Lock(), None


def _at_end(end: Callable[[], None]) -> None:
    # Before the pools of threads end, which closing still needs: atexit comes after them.
    register = getattr(threading, "_register_atexit", atexit.register)
    register(end)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
_at_end(forget)
