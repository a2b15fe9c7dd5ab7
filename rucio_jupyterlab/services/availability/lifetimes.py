"""A rule that is there already may end sooner than what is asked for now."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from rucio_jupyterlab.client import accounts, rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import Conflict, Forbidden, Unprocessable

# Whoever clicks a second time means no more than what the first click brought.
TOLERANCE = timedelta(hours=1, minutes=5)


async def extend(client: RucioClient, did: Did, rse: str, lifetime_s: int | None) -> str | None:
    """Lets our rule at ``rse`` last ``lifetime_s`` seconds from now (None: for ever), if it ends
    sooner: one that was deleted at Rucio is there for up to an hour more.

    Returns:
        None when it lasts; else the sentence that says when it ends.

    Raises:
        Conflict: code ``rule_ended``: it ended just now.
    """
    owner = client.account or (await accounts.whoami(client)).account
    ours = (
        rule
        for rule in await rules.for_did(client, did)
        if rule.account == owner and rule.rse_expression == rse
    )
    rule = next(ours, None)
    if rule is None:
        raise Conflict(
            f"The rule that kept {did} at {rse} has ended just now.",
            code="rule_ended",
            hint="Make it available again.",
        )
    if rule.expires_at is None or _lasts(rule.expires_at, lifetime_s):
        return None
    try:
        await rules.set_lifetime(client, rule.id, lifetime_s)
    except (Forbidden, Conflict, Unprocessable):
        return (
            f"Your rule that keeps it at {rse} ends on {rule.expires_at:%d %B %Y at %H:%M} UTC, "
            "and Rucio does not let it be extended. Make it available again after that."
        )
    return None


def cut(rule: RuleRecord | None, lifetime_s: int | None) -> str | None:
    """The sentence that says when the new rule ends, where Rucio lets it live less than asked for:
    ATLAS's policy does so without a word (``get_scratch_policy`` in its core).
    """
    if rule is None or not rule.is_mine or rule.expires_at is None:
        return None
    if _lasts(rule.expires_at, lifetime_s):
        return None
    return (
        f"Rucio keeps it at {rule.rse_expression} for a shorter time than asked for: "
        f"until {rule.expires_at:%d %B %Y at %H:%M} UTC."
    )


def _lasts(expires_at: datetime, lifetime_s: int | None) -> bool:
    if lifetime_s is None:
        return False
    wanted = datetime.now(timezone.utc) + timedelta(seconds=lifetime_s)
    return expires_at >= wanted - TOLERANCE
