"""Rules themselves: look at one, change it, end it, and which of its files are stuck and why."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from rucio_jupyterlab.client import accounts, rules
from rucio_jupyterlab.client.rules import LockState, RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import Conflict, Forbidden
from rucio_jupyterlab.services import rules_files
from rucio_jupyterlab.services.availability.service import SECONDS_PER_DAY, AvailabilityService
from rucio_jupyterlab.services.rules_files import RuleFile
from rucio_jupyterlab.services.sessions import Sessions

MOST_MOVING = 1000


@dataclass(frozen=True)
class Change:
    """``lifetime_days`` counts from now, None: for ever; it matters only with ``has_lifetime``."""

    has_lifetime: bool = False
    lifetime_days: int | None = None
    retry: bool = False


class Rules:
    """What may be done with replication rules besides making them."""

    def __init__(self, sessions: Sessions, availability: AvailabilityService) -> None:
        self._sessions = sessions
        self._availability = availability

    async def get(self, instance: Instance, rule_id: str) -> RuleRecord:
        """
        Raises:
            NotFound: code ``unknown_rule``: it never was, or it has ended.
        """
        return await rules.get(await self._sessions.client(instance), rule_id)

    async def moving(self, instance: Instance) -> list[RuleRecord]:
        """The account's own that are not at rest, the newest first; at most ``MOST_MOVING``, beyond
        which somebody moves data by other means than this.
        """
        client = await self._sessions.client(instance)
        account = client.account or (await accounts.whoami(client)).account
        found: list[RuleRecord] = []
        unfinished = rules.unfinished(client, account)
        async with aclosing(unfinished):
            async for rule in unfinished:
                found.append(rule)
                if len(found) > MOST_MOVING:
                    break
        # One that came to rest between two of Rucio's answers may stand in both.
        by_id = {rule.id: rule for rule in found}
        return sorted(by_id.values(), key=_age)

    async def change(self, instance: Instance, rule_id: str, change: Change) -> RuleRecord:
        """The rule as it is afterwards. Who watches it is told.

        Raises:
            Forbidden: Rucio does not let this account do it; the hint says whom to ask.
            Conflict: code ``not_stuck``: there is nothing to try again.
            NotFound: code ``unknown_rule``.
        """
        client = await self._sessions.client(instance)
        rule = await rules.get(client, rule_id)
        if change.retry and rule.state not in ("STUCK", "SUSPENDED"):
            raise Conflict(
                "This rule is not stuck: there is nothing to try again.",
                code="not_stuck",
                hint="Refresh to see the present state.",
            )
        try:
            if change.has_lifetime:
                days = change.lifetime_days
                lifetime_s = None if days is None else days * SECONDS_PER_DAY
                await rules.set_lifetime(client, rule_id, lifetime_s)
            if change.retry:
                await rules.retry(client, rule)
        except Forbidden as error:
            raise _refused(instance, rule, error, change) from error
        return await self._changed(client, instance, rule_id)

    async def end(self, instance: Instance, rule_id: str) -> RuleRecord:
        """The rule as it is afterwards: Rucio lets it end within the hour. Who watches it is told.

        Raises:
            Forbidden: Rucio does not let this account do it; the hint says whom to ask.
            Unprocessable: it is locked.
            NotFound: code ``unknown_rule``.
        """
        client = await self._sessions.client(instance)
        rule = await rules.get(client, rule_id)
        try:
            await rules.delete(client, rule_id)
        except Forbidden as error:
            raise _refused(instance, rule, error, None) from error
        return await self._changed(client, instance, rule_id)

    async def files(
        self, instance: Instance, rule_id: str, state: LockState | None
    ) -> AsyncGenerator[RuleFile, None]:
        """
        Raises, while iterating:
            NotFound: code ``unknown_rule``.
        """
        client = await self._sessions.client(instance)
        found = rules_files.of_rule(client, await rules.get(client, rule_id), state)
        async with aclosing(found):
            async for file in found:
                yield file

    async def _changed(self, client: RucioClient, instance: Instance, rule_id: str) -> RuleRecord:
        rule = await rules.get(client, rule_id)
        await self._availability.rule_changed(instance, rule)
        return rule


def _refused(
    instance: Instance, rule: RuleRecord, error: Forbidden, change: Change | None
) -> Forbidden:
    """What to do instead, and whom to ask."""
    who = f"the administrators of {instance.display_name}"
    if not rule.is_mine:
        who = f"{rule.account}, whose rule it is, or {who}"
    if change is None:
        what = "end this rule"
        instead = (
            f"It ends by itself on {rule.expires_at:%d %B %Y}. " if rule.expires_at else ""
        ) + f"Ask {who} to end it."
    elif change.retry:
        what = "have this transfer tried again"
        instead = f"Rucio tries again by itself from time to time. Ask {who} if it stays stuck."
        if rule.state == "SUSPENDED":
            instead = f"Rucio does not try again by itself any more. Ask {who}."
    else:
        what = "change how long this rule lasts"
        instead = f"Ask {who}, or make the data available again once the rule has ended."
    return Forbidden(
        f"Rucio does not let your account {what}.",
        code=error.code,
        hint=instead,
        rucio=error.rucio,
    )


def _age(rule: RuleRecord) -> tuple[float, str]:
    """Sorts the newest first."""
    return -(rule.created_at.timestamp() if rule.created_at else 0.0), rule.id
