"""Running a command to its end, and with which code it ends."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import click

from rucio_jupyterlab.errors import (
    BadRequest,
    ConfigurationError,
    ExtensionError,
    NotAuthenticated,
    RucioTimeout,
    RucioUnreachable,
    UnknownInstance,
    UnknownScope,
)

ALL_DONE = 0
SOMETHING_FAILED = 1
COULD_NOT_BEGIN = 2
# As shells have it: 130 for Ctrl-C, 143 for a plain kill.
SIGNALLED = 128

CODES = """\b
Ends with
  0    all is done
  1    something failed, or was refused
  2    it could not begin: usage, configuration, sign-in, Rucio not reachable
  130  ended by Ctrl-C"""

_NOT_BEGUN = (
    BadRequest,
    ConfigurationError,
    NotAuthenticated,
    RucioTimeout,
    RucioUnreachable,
    UnknownInstance,
    UnknownScope,
)
_NOT_BEGUN_CODES = frozenset({"mode_unavailable", "no_such_path", "path_outside", "path_hidden"})
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Refused(click.ClickException):
    """What ended the command after it had begun, as a sentence with the next step."""

    exit_code = SOMETHING_FAILED


class NotBegun(click.ClickException):
    """What kept it from beginning."""

    exit_code = COULD_NOT_BEGIN


def failure(error: ExtensionError) -> click.ClickException:
    is_early = isinstance(error, _NOT_BEGUN) or error.code in _NOT_BEGUN_CODES
    return (NotBegun if is_early else Refused)(in_words(error))


def in_words(error: ExtensionError) -> str:
    if isinstance(error, NotAuthenticated):
        # Nobody signs in here: that is done once, where there is a dialog for it.
        hint = "Sign in in the Rucio panel of JupyterLab, then try again."
        return f"{error.message} {error.hint or hint}"
    return f"{error.message} {error.hint}" if error.hint else error.message


def error_in_words(error: Mapping[str, Any]) -> str:
    """Of an error object of the REST contract."""
    return " ".join(filter(None, (error["message"], error["hint"])))


def run(work: Callable[[], Coroutine[Any, Any, int]]) -> None:
    """Does it and ends the command, with the code that it gives.

    A signal cancels ``work``, which has the time that it needs for leaving nothing half.
    """
    try:
        code, ended_by = asyncio.run(_until_signalled(work))
    except ExtensionError as error:
        raise failure(error) from None
    except (click.ClickException, BrokenPipeError):
        # Words for the user already; or nobody reads any more, of which click makes an end.
        raise
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        raise Refused(f"{error.strerror or 'This machine refuses'}{where}.") from None
    except Exception as error:  # noqa: BLE001 - a person gets a sentence, whatever it was
        # Without the exception's text: nobody has foreseen it, and it may quote a secret.
        raise Refused(
            f"The command failed in a way that nobody foresaw ({type(error).__name__}). "
            "“datalake doctor” may tell why."
        ) from None
    if ended_by is not None:
        code = SIGNALLED + ended_by
        by = "Ctrl-C" if ended_by == signal.SIGINT else signal.Signals(ended_by).name
        with suppress(OSError):
            click.echo(f"Ended by {by}.", err=True)
    if code != ALL_DONE:
        click.get_current_context().exit(code)


async def _until_signalled(
    work: Callable[[], Coroutine[Any, Any, int]],
) -> tuple[int, int | None]:
    task = asyncio.ensure_future(work())
    with _signals_to(task) as received:
        try:
            return await task, None
        except asyncio.CancelledError:
            if not received:
                raise
            return SOMETHING_FAILED, received[0]


@contextmanager
def _signals_to(task: asyncio.Future[Any]) -> Iterator[list[int]]:
    """The first one cancels; more of them would only disturb the tidying up."""
    loop = asyncio.get_running_loop()
    received: list[int] = []

    def receive(number: int) -> None:
        if not received:
            task.cancel()
        received.append(number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, receive, number)
    try:
        yield received
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
