"""What HTTP libraries may log: httpx writes addresses whole, httpcore the headers of answers and,
where it refuses a header, its value.
"""

from __future__ import annotations

import logging
from functools import cache

import httpx

# Loggers that have messages of their own: a filter does not reach the loggers below its own.
_HTTPCORE = ("connection", "http11", "http2", "proxy", "socks")
# Events whose arguments are names and numbers; of all others only the event is told.
_HARMLESS = ("connect_tcp.started", "start_tls.started", "close.started", "close.complete")


@cache
def keep_secrets_out_of_http_logs() -> None:
    """For the whole process, at every level; called before the first request."""
    logging.getLogger("httpx").addFilter(_WithoutQueries())
    for name in _HTTPCORE:
        logging.getLogger(f"httpcore.{name}").addFilter(_WithoutArguments())


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


def _without_secrets(url: httpx.URL) -> httpx.URL:
    return url.copy_with(username=None, password=None, query=None, fragment=None)
