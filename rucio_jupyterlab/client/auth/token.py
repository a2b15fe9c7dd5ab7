"""A Rucio token: in memory only, renewed once for all who wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import httpx


@dataclass(frozen=True)
class Token:
    """``expires_at`` is aware (UTC) or None where Rucio did not say; ``account`` is Rucio's account."""

    value: str = field(repr=False)
    expires_at: datetime | None = None
    account: str | None = None


class Authenticator(Protocol):
    """A way into Rucio."""

    async def login(self, http: httpx.AsyncClient) -> Token:
        """Asks Rucio for a fresh token.

        Raises:
            NotAuthenticated: Rucio does not accept these credentials.
            RucioUnreachable, RucioTimeout, RucioBadAnswer: it could not be asked.
        """
        ...

    def describe(self) -> str:
        """What a log or an error may say of these credentials: never a secret."""
        ...
