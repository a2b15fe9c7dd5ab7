"""Checks that nobody reaches a handler of the extension without Jupyter's leave.

Starts a Jupyter server that lets handlers decide for themselves whom to let in, and an authorizer
that allows nothing. Every method of every handler then has to refuse a stranger without asking the
authorizer, and to ask it about the resource ``rucio`` for somebody who is signed in.

    python scripts/check_auth.py     # names the handlers that are open, and exits with 1
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from jupyter_server.auth.authorizer import Authorizer
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import JupyterServerAuthWarning
from tornado.httpclient import AsyncHTTPClient
from tornado.web import RequestHandler
from traitlets.config import Config

from rucio_jupyterlab.handlers.base import AUTH_RESOURCE, RucioHandler
from rucio_jupyterlab.handlers.routes import PREFIX, ROUTES
from rucio_jupyterlab.handlers.routes import routes as patterns

METHODS = ("get", "head", "post", "put", "patch", "delete")
ACTIONS = {"get": "read", "head": "read"}


class RefuseAll(Authorizer):
    """Allows nothing, and remembers what it was asked."""

    asked: ClassVar[list[tuple[str, str]]] = []

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        self.asked.append((action, resource))
        return False


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="rucio-auth-") as folder:
        for kind in ("CONFIG", "DATA", "RUNTIME"):
            os.environ[f"JUPYTER_{kind}_DIR"] = str(Path(folder) / kind.lower())
        os.environ["JUPYTER_NO_CONFIG"] = "1"
        problems, count = asyncio.run(check(Path(folder)))
    for problem in problems:
        print(problem)
    if not problems:
        print(f"All {count} methods of the handlers ask who one is and what one may do.")
    return 1 if problems else 0


async def check(folder: Path) -> tuple[list[str], int]:
    """What is open, and how many methods were looked at."""
    addresses: dict[str, type[RucioHandler]] = {**ROUTES, "nothing/here": patterns()[-1][1]}
    forgotten = {handler for _, handler in patterns()} - set(addresses.values())
    problems = [f"{handler.__name__} has no address to be checked at" for handler in forgotten]
    count = 0
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", JupyterServerAuthWarning)
        async with server(folder, lets_everybody_in=False):
            pass
    problems += [
        line.removeprefix("- ") + " has no @authenticated"
        for warning in caught
        if issubclass(warning.category, JupyterServerAuthWarning)
        for line in str(warning.message).splitlines()
        if PREFIX in line
    ]
    async with server(folder, lets_everybody_in=True) as (url, token):
        for path, handler in addresses.items():
            for method in METHODS:
                if not answers(handler, method):
                    continue
                count += 1
                address = f"{url}{PREFIX}/{re.sub('{[a-z]+}', 'any', path)}"
                problem = await open_door(method, address, token)
                if problem is not None:
                    problems.append(f"{handler.__name__}.{method} {problem}")
    return problems, count


def answers(handler: type[RucioHandler], method: str) -> bool:
    """Whether the handler has the method, from wherever: what is inherited is as open."""
    return getattr(handler, method) is not getattr(RequestHandler, method)


async def open_door(method: str, address: str, token: str) -> str | None:
    """What is wrong with one method of one handler."""
    client = AsyncHTTPClient()

    async def ask(headers: dict[str, str]) -> int:
        RefuseAll.asked.clear()
        answer = await client.fetch(
            address,
            method=method.upper(),
            headers=headers,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            raise_error=False,
        )
        return int(answer.code)

    # Both XSRF cookie and header, so that it is not the missing XSRF token that keeps a stranger
    # out.
    xsrf = {"Cookie": "_xsrf=x", "X-XSRFToken": "x"}
    if await ask(xsrf) != 403 or RefuseAll.asked:
        return "does not ask who one is before it asks what one may do"
    status = await ask({"Authorization": f"token {token}"})
    expected = (ACTIONS.get(method, "write"), AUTH_RESOURCE)
    if status != 403 or RefuseAll.asked != [expected]:
        return f"does not ask what one may do: @authorized is missing (asked {RefuseAll.asked})"
    return None


@asynccontextmanager
async def server(folder: Path, *, lets_everybody_in: bool) -> AsyncIterator[tuple[str, str]]:
    """A Jupyter server with the extension; its URL and its token."""
    token = secrets.token_hex(16)
    config = Config()
    config.ServerApp.jpserver_extensions = {"rucio_jupyterlab": True}
    config.ServerApp.authorizer_class = RefuseAll
    # True is the default today: handlers without a decorator are open to everybody.
    config.ServerApp.allow_unauthenticated_access = lets_everybody_in
    config.ServerApp.root_dir = str(folder)
    config.ServerApp.ip = "127.0.0.1"
    config.ServerApp.port = 0
    config.ServerApp.allow_root = True
    config.ServerApp.open_browser = False
    config.ServerApp.log_level = "CRITICAL"
    config.IdentityProvider.token = token
    app = ServerApp(config=config)
    # Signals are the script's own business.
    app.init_signal = lambda: None
    app.initialize(argv=[])
    try:
        yield f"http://127.0.0.1:{app.port}/", token
    finally:
        await app._cleanup()


if __name__ == "__main__":
    sys.exit(main())
