"""A Rucio token: in memory only, renewed once for all who wait."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import httpx

from rucio_jupyterlab.client.auth.authenticator import Authenticator, Standing, Token
from rucio_jupyterlab.errors import (
    NotAuthenticated,
    RucioBadAnswer,
    RucioTimeout,
    RucioUnreachable,
    UnusableCredentials,
)

# Renewed this long before its end, so that no request travels with one that ends on the way.
RENEW_BEFORE_END_S = 60.0

RENEW_AGAIN_AFTER_S = 10.0

# Refused credentials are not tried again before this: some sites lock an account after a few.
HOLD_AFTER_REFUSAL_S = 15.0


class TokenSource:
    """The one place that logs in. However many wait for a token, Rucio is asked once.

    Before each use it looks whether the credentials have been replaced or are over: a proxy or a
    provided token that is renewed on disk is used from the next request on.
    """

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator
        self._token: Token | None = None
        self._mark = ""
        self._renew_at = float("inf")
        self._login: asyncio.Task[Token] | None = None
        self._refusal: NotAuthenticated | None = None
        self._refused_mark = ""
        self._refused_at = 0.0

    @property
    def token(self) -> Token | None:
        """The one in hand, which may be over."""
        return self._token

    async def standing(self) -> Standing:
        """How the credentials stand, what Rucio has said of them included. Asks it nothing."""
        standing = await self._authenticator.look()
        if standing.problem is None and self._is_refused(standing):
            return _refused(standing, self._refusal)
        return standing

    async def get(self, http: httpx.AsyncClient) -> Token:
        """A token that should be good.

        Raises:
            NotAuthenticated: code ``not_authenticated``, whatever is wrong with the credentials:
                to who wants data it is one thing. ``standing`` has the particular code.
            ExtensionError: as ``Authenticator.login``.
        """
        try:
            return await self._get(http)
        except UnusableCredentials as problem:
            raise _plain(problem) from None

    async def _get(self, http: httpx.AsyncClient) -> Token:
        standing = await self._authenticator.look()
        standing.require_usable()
        if (
            self._token is not None
            and standing.mark == self._mark
            and time.monotonic() < self._renew_at
        ):
            return self._token
        try:
            return await self._renew(http, self._token)
        except (RucioUnreachable, RucioTimeout, RucioBadAnswer):
            # Rucio's sign-in is down, and the old token may still do: its end is told by a 401.
            if self._token is None:
                raise
            self._renew_at = time.monotonic() + RENEW_AGAIN_AFTER_S
            return self._token

    async def renew(self, http: httpx.AsyncClient, *, stale: Token | None) -> Token:
        """A token other than ``stale``, which Rucio has refused or which is about to end.

        Who comes with an older token than the one in hand gets that one and causes no login.

        Raises: as ``get``.
        """
        try:
            return await self._renew(http, stale)
        except UnusableCredentials as problem:
            raise _plain(problem) from None

    async def _renew(self, http: httpx.AsyncClient, stale: Token | None) -> Token:
        if self._token is not None and self._token is not stale:
            return self._token
        if self._refusal is not None and time.monotonic() < self._refused_at + HOLD_AFTER_REFUSAL_S:
            standing = await self._authenticator.look()
            if self._is_refused(standing):
                raise _again(self._refusal)
        return await self.login(http)

    async def login(self, http: httpx.AsyncClient) -> Token:
        """Joins the login that is under way, or begins one."""
        if self._login is None:
            self._login = asyncio.create_task(self._log_in(http))
            self._login.add_done_callback(self._ended)
        # Shielded: one request that is given up must not take the login from the others.
        return await asyncio.shield(self._login)

    def refused(self, error: NotAuthenticated) -> None:
        """Rucio does not accept the token that it has just issued."""
        self._note_refusal(error, self._mark)

    async def aclose(self) -> None:
        login = self._login
        if login is not None:
            login.cancel()
            await asyncio.wait([login])

    async def _log_in(self, http: httpx.AsyncClient) -> Token:
        standing = await self._authenticator.look()
        try:
            token = await self._authenticator.login(http)
        except UnusableCredentials:
            self._token = None
            raise
        except NotAuthenticated as error:
            self._note_refusal(error, standing.mark)
            self._token = None
            raise
        self._refusal = None
        self._token, self._mark = token, standing.mark
        self._renew_at = _renewal_time(token)
        return token

    def _note_refusal(self, error: NotAuthenticated, mark: str) -> None:
        self._refusal, self._refused_mark = error, mark
        self._refused_at = time.monotonic()

    def _is_refused(self, standing: Standing) -> bool:
        """Whether Rucio's refusal was about these, and not about what they have replaced."""
        return self._refusal is not None and standing.mark == self._refused_mark

    def _ended(self, login: asyncio.Task[Token]) -> None:
        self._login = None
        if not login.cancelled():
            login.exception()  # seen, even where nobody waits any longer


def _renewal_time(token: Token) -> float:
    """On the monotonic clock. A lifetime too short to renew ahead of is left to Rucio's 401."""
    if token.lifetime_s is None or token.lifetime_s < 2.0:
        return float("inf")
    return time.monotonic() + max(token.lifetime_s - RENEW_BEFORE_END_S, token.lifetime_s / 2)


def _again(error: NotAuthenticated) -> NotAuthenticated:
    """A fresh one: an exception raised twice gathers the tracebacks of both."""
    return type(error)(error.message, code=error.code, hint=error.hint, rucio=error.rucio)


def _plain(problem: UnusableCredentials) -> NotAuthenticated:
    return NotAuthenticated(problem.message, hint=problem.hint, rucio=problem.rucio)


def _refused(standing: Standing, refusal: NotAuthenticated | None) -> Standing:
    if refusal is None:
        return standing
    problem = UnusableCredentials(
        refusal.message, code="credentials_refused", hint=refusal.hint, rucio=refusal.rucio
    )
    return replace(standing, problem=problem)
