"""What all ways into Rucio have in common."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import httpx

from rucio_jupyterlab.errors import UnusableCredentials


@dataclass(frozen=True)
class Token:
    """``expires_at`` is aware (UTC), or None where Rucio did not say; ``account`` is Rucio's
    account.

    ``lifetime_s`` is measured by Rucio's own clock, since the one here may be wrong; None where
    the token should not be renewed ahead of its end.
    """

    value: str = field(repr=False)
    expires_at: datetime | None = None
    account: str | None = None
    lifetime_s: float | None = None


@dataclass(frozen=True)
class Standing:
    """How credentials stand, as far as it is seen without asking Rucio.

    ``identity`` is whom they name (a user name, a DN, a token's subject), ``expires_at`` their own
    end (UTC; None where there is none, or it is not known), ``problem`` why they do not do now,
    ``where`` the place that they come from. ``issuer`` is who vouches for a token.
    ``mark`` is another one once they have been replaced, and tells nothing of them.
    """

    identity: str | None = None
    expires_at: datetime | None = None
    problem: UnusableCredentials | None = None
    where: str | None = None
    issuer: str | None = None
    mark: str = ""

    def require_usable(self) -> None:
        """
        Raises:
            UnusableCredentials: there is a problem.
        """
        if self.problem is not None:
            # A fresh one: an exception raised twice gathers the tracebacks of both.
            problem = self.problem
            raise UnusableCredentials(
                problem.message, code=problem.code, hint=problem.hint, rucio=problem.rucio
            )


class Authenticator(Protocol):
    """A way into Rucio. Its ``repr`` and ``describe`` may be logged: they hold no secret."""

    async def look(self) -> Standing:
        """How the credentials stand now. Reads what has changed on disk, and never raises."""
        ...

    async def login(self, http: httpx.AsyncClient) -> Token:
        """Asks Rucio for a fresh token.

        Raises:
            UnusableCredentials: they do not do, and Rucio was not asked.
            NotAuthenticated: Rucio does not accept these credentials.
            BadRequest: code ``account_required`` where the identity has several accounts.
            RucioUnreachable, RucioTimeout, RucioBadAnswer: it could not be asked.
        """
        ...

    def describe(self) -> str:
        """What a log or an error may say of these credentials: never a secret."""
        ...
