"""Single sign-on: an access token that somebody else provides and renews."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Mapping
from datetime import datetime, timezone

import httpx

from rucio_jupyterlab.client import faults
from rucio_jupyterlab.client.auth.answers import require_accepted
from rucio_jupyterlab.client.auth.authenticator import Standing, Token
from rucio_jupyterlab.client.auth.headers import header_bytes
from rucio_jupyterlab.client.auth.oidc_source import OidcSource
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import NotAuthenticated

HINT = (
    "It may be for another service (audience), or its owner has no account in Rucio. "
    "A fresh one is tried by itself."
)


VALIDATE_AGAIN_AFTER_S = 0.3


class OidcAuthenticator:
    """The token is what Rucio takes as its own; the login asks whose it is to Rucio.

    ``account``: the one that it has to be.
    """

    def __init__(
        self, instance: Instance, environ: Mapping[str, str], account: str | None = None
    ) -> None:
        self._instance = instance
        self._source = OidcSource(instance, environ)
        self._account = account
        self._headers = {b"X-Rucio-Account": header_bytes(account, "account")} if account else {}

    def __repr__(self) -> str:
        return f"<OidcAuthenticator {self.describe()}>"

    def describe(self) -> str:
        return f"a provided token at {self._instance.name}"

    async def look(self) -> Standing:
        return (await self._source.read()).standing

    async def login(self, http: httpx.AsyncClient) -> Token:
        """As ``Authenticator.login``. Rucio chooses the account of a token whose owner has several.

        Raises:
            NotAuthenticated: code ``other_account`` where that is not the one that was asked for.
        """
        provided = await self._source.read()
        provided.standing.require_usable()
        answer = await self._validate(http, provided.token)
        if answer.status_code != 200:
            # Rucio writes down each token that it has not seen. Where two show it the same one at
            # once, another tab or the user's terminal, it refuses it to one of them.
            await asyncio.sleep(VALIDATE_AGAIN_AFTER_S)
            answer = await self._validate(http, provided.token)
        require_accepted(answer, self._instance, None, what="the token that is provided", hint=HINT)
        account, ends_at = validated(answer, self._instance)
        if self._account and account != self._account:
            raise NotAuthenticated(
                f"{self._instance.display_name} takes the token that is provided as that of the "
                f"account {account}, not {self._account}.",
                code="other_account",
                hint="The operator of Rucio can make another account of yours the default one.",
            )
        # The token cannot be renewed by asking Rucio: it is read again before each use instead.
        return Token(provided.token, ends_at or provided.standing.expires_at, account)

    async def _validate(self, http: httpx.AsyncClient, token: str) -> httpx.Response:
        url = f"{self._instance.rucio_auth_url}/auth/validate"
        headers = {b"X-Rucio-Auth-Token": token.encode(), **self._headers}
        try:
            return await http.get(url, headers=list(headers.items()))
        except httpx.HTTPError as error:
            raise faults.from_transport(error, self._instance, url) from None


def validated(answer: httpx.Response, instance: Instance) -> tuple[str, datetime | None]:
    """Account and end (UTC) in the answer of ``/auth/validate``.

    It is the text of a Python dictionary, ``{'account': …, 'lifetime': datetime.datetime(…)}``:
    https://github.com/rucio/rucio/blob/master/lib/rucio/web/rest/flaskapi/v1/auth.py (Validate).

    Raises:
        RucioBadAnswer: it is something else.
    """
    try:
        tree = ast.parse(answer.text.strip(), mode="eval").body
        if not isinstance(tree, ast.Dict):
            raise TypeError
        found = {
            ast.literal_eval(key): value
            for key, value in zip(tree.keys, tree.values, strict=True)
            if key is not None
        }
        account = ast.literal_eval(found["account"])
        if not isinstance(account, str):
            raise TypeError
        return account, _moment(found.get("lifetime"))
    except (ValueError, TypeError, KeyError, SyntaxError, RecursionError, MemoryError):
        raise faults.not_understood(instance, "something else than whose token it is") from None


def _moment(node: ast.expr | None) -> datetime | None:
    """``datetime.datetime(2026, 1, 31, 12, 0)``, which is UTC."""
    if not isinstance(node, ast.Call):
        return None
    year, month, day, *clock = (int(ast.literal_eval(part)) for part in node.args)
    hour, minute, second = (*clock, 0, 0, 0)[:3]
    return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
