"""Secrets stay out of the logs that others write: HTTP libraries, and asyncio about our tasks.

httpx logs addresses whole, httpcore the headers of answers and, where it refuses a header, its
value; asyncio logs the text of an exception that nobody awaited.
"""

from __future__ import annotations

import logging
import traceback
from functools import cache

import httpx

# Loggers that have messages of their own: a filter does not reach the loggers below its own.
_HTTPCORE = ("connection", "http11", "http2", "proxy", "socks")
# Events whose arguments are names and numbers; of all others only the event is told.
_HARMLESS = ("connect_tcp.started", "start_tls.started", "close.started", "close.complete")
_OUR_CODE = "/rucio_jupyterlab/"


@cache
def keep_secrets_out_of_logs() -> None:
    """For the whole process, at every level; called before the first request."""
    logging.getLogger("httpx").addFilter(_WithoutQueries())
    for name in _HTTPCORE:
        logging.getLogger(f"httpcore.{name}").addFilter(_WithoutArguments())
    logging.getLogger("asyncio").addFilter(_WithoutTexts())


def whereabouts(error: BaseException | None) -> str:
    """A traceback without the exceptions' texts: one that nobody foresaw may quote a password."""
    lines: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        where = traceback.format_tb(error.__traceback__)
        lines = [*where, f"{type(error).__qualname__}\n", *lines]
        error = error.__cause__ or error.__context__
    return "".join(lines)


class _WithoutQueries(logging.Filter):
    """A password may stand before the host of an address, and a token behind its path."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                _without_secrets(value) if isinstance(value, httpx.URL) else value
                for value in record.args
            )
        return True


class _WithoutArguments(logging.Filter):
    """The arguments are part of the message, hence nothing finer than its first word is certain."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.getMessage().startswith(_HARMLESS):
            record.msg, record.args = record.getMessage().partition(" ")[0], ()
        return True


class _WithoutTexts(logging.Filter):
    """Of what went wrong in a task of ours, where it was and of which type; others' are theirs."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        where = whereabouts(error)
        if _OUR_CODE in message or _OUR_CODE in where:
            record.msg = message.partition(" exception=")[0] + (f"\n{where}" if where else "")
            record.args, record.exc_info = (), None
        return True


def _without_secrets(url: httpx.URL) -> httpx.URL:
    return url.copy_with(username=None, password=None, query=None, fragment=None)
