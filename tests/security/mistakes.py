"""A Jupyter extension for the server under test: a mistake in a library, which the real thing
cannot be made to show.

While a file exists, whatever is sent to Rucio ends in an exception that nobody foresaw. Its text
repeats the headers, as those of HTTP libraries do.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import httpx

_send = httpx.AsyncClient.send


async def _send_or_break(
    self: httpx.AsyncClient, request: httpx.Request, **options: Any
) -> httpx.Response:
    if Path(os.environ["SECURITY_TEST_BREAK"]).exists():
        try:
            raise KeyError(f"cannot encode {request.headers.raw!r}")
        except KeyError as error:
            raise RuntimeError(f"cannot send {request.headers.raw!r}") from error
    return await _send(self, request, **options)


def _load_jupyter_server_extension(serverapp: Any) -> None:
    httpx.AsyncClient.send = _send_or_break  # type: ignore[method-assign]
