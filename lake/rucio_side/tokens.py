"""The end of Rucio's tokens before their time, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from rucio.common.types import InternalAccount
from rucio.db.sqla import models
from rucio.db.sqla.constants import DatabaseOperationType
from rucio.db.sqla.session import db_session
from sqlalchemy import CursorResult, update


def expire_tokens(account: str) -> int:
    """Ends all tokens of `account` that are good; gives how many there were.

    The server keeps no tokens in memory, so that this counts from the next request on. A token of
    the issuer's is left alone: Rucio would take it anew until its own end.
    """
    now = datetime.now(tz=timezone.utc).replace(tzinfo=None)
    token = models.Token
    with db_session(DatabaseOperationType.WRITE) as session:
        done = session.execute(
            update(token)
            .where(
                token.account == InternalAccount(account),
                token.expired_at > now,
                # Rucio's own tokens begin with the account's name; the issuer's are JWTs.
                token.token.startswith(f"{account}-", autoescape=True),
            )
            .values(expired_at=now - timedelta(seconds=1))
            .execution_options(synchronize_session=False)
        )
        assert isinstance(done, CursorResult)
        return done.rowcount
