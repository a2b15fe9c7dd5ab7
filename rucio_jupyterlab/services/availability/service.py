"""The use cases: how available is it, make it available, end that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from rucio_jupyterlab.client import rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import (
    Conflict,
    ExtensionError,
    NotFound,
    QuotaExceeded,
    RucioBadAnswer,
    Unprocessable,
)
from rucio_jupyterlab.services.availability import lifetimes, plan, refusals
from rucio_jupyterlab.services.availability.deep import DeepLook
from rucio_jupyterlab.services.availability.local import LocalAvailability
from rucio_jupyterlab.services.availability.looking import Looker
from rucio_jupyterlab.services.availability.model import Availability, unknown
from rucio_jupyterlab.services.availability.pending import PendingRules
from rucio_jupyterlab.services.availability.question import rule_or_none
from rucio_jupyterlab.services.availability.watcher import Watchers
from rucio_jupyterlab.services.destinations import Destinations, choose
from rucio_jupyterlab.services.mounts import Mounts
from rucio_jupyterlab.services.sessions import Sessions

log = logging.getLogger(__name__)

SECONDS_PER_DAY = 86_400
BUSY_WAITS_S = (0.3, 1.0)
RULE_COMMENT = "Made available from JupyterLab"


class AvailabilityService:
    """Answers for replica mode, at the storage that is mounted here; for download mode it asks
    ``local``, which answers for the user's own disk.
    """

    def __init__(
        self,
        sessions: Sessions,
        destinations: Destinations,
        mounts: Mounts,
        watchers: Watchers,
        *,
        deep: DeepLook,
        local: LocalAvailability,
    ) -> None:
        self._sessions = sessions
        self._destinations = destinations
        self._watchers = watchers
        self._deep = deep
        self._local = local
        self._pending = PendingRules()
        self._looker = Looker(destinations, mounts, self._deep, self._pending)

    async def get(self, instance: Instance, wanted: Sequence[Did]) -> list[Availability]:
        """In the order asked. What cannot be found out about one DID is said in its own entry.

        Raises:
            NotAuthenticated, RucioUnreachable, RucioTimeout, …: nothing can be found out about any.
        """
        items = self.stream(instance, wanted)
        async with aclosing(items):
            found = {at.did: at async for at in items}
        return [found[did] for did in wanted]

    async def stream(
        self, instance: Instance, wanted: Sequence[Did]
    ) -> AsyncGenerator[Availability, None]:
        """Each DID once, as soon as it is known. What moves is watched from then on.

        Raises, while iterating:
            NotAuthenticated, RucioUnreachable, RucioTimeout, …: nothing can be found out about any.
        """
        items = self._look(instance, wanted)
        async with aclosing(items):
            async for at in items:
                if at.rule is not None and at.state in ("replicating", "stuck"):
                    self._watch(instance, at, at.rule)
                yield at

    async def plan(self, instance: Instance, wanted: Sequence[Did]) -> dict[str, Any]:
        """Plan of the REST contract: what making these available means.

        Raises:
            Unprocessable, BadRequest: the instance has no storage that is mounted here.
        """
        if instance.mode == "replica":
            choose(instance, None)
        client = await self._sessions.client(instance)
        question = await self._looker.question(client, instance)
        made = await plan.make(question, wanted)
        if instance.mode == "download":
            here = await self._local.place(instance, wanted)
            return {**made, "places": [here], "lifetime_days": None}
        return {**made, "lifetime_days": instance.replication_rule_lifetime_days}

    async def make_available(
        self, instance: Instance, did: Did, rse: str | None, lifetime_days: int | None
    ) -> Availability:
        """Asks Rucio for a copy at the destination, or downloads it in download mode. That there is
        a rule already is fine; one that ends sooner than asked for is extended where Rucio allows
        it.

        Raises:
            BadRequest: the RSE is not mounted here.
            QuotaExceeded, Forbidden, UnknownDid, Unprocessable, …: Rucio refuses.
            Conflict: code ``rule_ended``: the rule that was there ended meanwhile.
        """
        if instance.mode == "download":
            return await self._local.bring(instance, did)
        destination = choose(instance, rse)
        client = await self._sessions.client(instance)
        days = lifetime_days or instance.replication_rule_lifetime_days
        lifetime_s = days * SECONDS_PER_DAY if days else None
        note = None
        made: str | None = None
        try:
            made = await _add_rule(client, did, destination.rse, lifetime_s)
        except Conflict as error:
            if error.code != "duplicate_rule":
                raise
            note = await lifetimes.extend(client, did, destination.rse, lifetime_s)
        except QuotaExceeded as error:
            question = await self._looker.question(client, instance)
            raise await refusals.with_figures(question, error, did, destination.rse) from error
        except (Unprocessable, NotFound) as error:
            # Rucio says of an unknown RSE only that no RSE matches: say which one, if that is it.
            await self._destinations.rse(client, destination.rse)
            raise refusals.naming(error, destination.rse) from error
        # What was counted a moment ago stays true: a rule moves nothing before it answers.
        (at,) = await self.get(instance, [did])
        if made is not None:
            if at.rule is None:
                at = await self._in_preparation(client, instance, at, made)
            note = lifetimes.cut(at.rule, lifetime_s)
        return (
            at if note is None else replace(at, message=" ".join(filter(None, (at.message, note))))
        )

    async def _in_preparation(
        self, client: RucioClient, instance: Instance, at: Availability, rule_id: str
    ) -> Availability:
        """With the rule just made, of which nothing shows in any lock yet."""
        rule = await rule_or_none(client, rule_id)
        if rule is None or rule.state not in ("INJECT", "WAITING_APPROVAL"):
            return at
        self._pending.note(instance, rule)
        (at,) = await self.get(instance, [at.did])
        return at if at.rule is not None else replace(at, rule=rule)

    async def end(self, instance: Instance, did: Did) -> Availability:
        """Ends our rules on the DID at the destinations; in download mode, deletes the local copy.
        What is left afterwards is the answer.

        Raises:
            NotFound: code ``no_rule``: there is none of ours; ``no_copy``.
            Forbidden: Rucio does not let this account end rules.
        """
        if instance.mode == "download":
            return await self._local.delete(instance, did)
        client = await self._sessions.client(instance)
        places = {destination.rse for destination in instance.destinations}
        here = [rule for rule in await rules.for_did(client, did) if rule.rse_expression in places]
        ours = [rule for rule in here if rule.is_mine]
        if not ours:
            raise NotFound(
                f"None of your rules keeps {did} here.",
                code="no_rule",
                hint=_whose(here) or "A rule on a dataset or container above it may.",
            )
        for rule in ours:
            await rules.delete(client, rule.id)
        self._deep.forget(client, did)
        return (await self.get(instance, [did]))[0]

    async def rule_changed(self, instance: Instance, rule: RuleRecord) -> None:
        """Somebody has done something to the rule here: what is shown of it is told anew, now."""
        client = await self._sessions.client(instance)
        self._pending.note(instance, rule)
        self._deep.forget(client, rule.did)
        wanted = dict.fromkeys((rule.did, *self._watchers.waiting_for(instance.name, rule.id)))
        try:
            found = await self.get(instance, list(wanted))
        except ExtensionError as error:
            # What was done is done. The next question finds out how it is.
            log.info("Rule %s changed, and could not be looked at: %s", rule.id, error.message)
            return
        self._watchers.tell(instance, found)

    async def _look(
        self, instance: Instance, wanted: Sequence[Did], held_by: RuleRecord | None = None
    ) -> AsyncGenerator[Availability, None]:
        if instance.mode == "download":
            here = self._local.stream(instance, wanted)
            async with aclosing(here):
                async for at in here:
                    yield at
            return
        if not instance.destinations:
            for did in dict.fromkeys(wanted):
                yield unknown(did, "No storage is mounted here.")
            return
        client = await self._sessions.client(instance)
        found = self._looker.look(client, instance, wanted, held_by)
        async with aclosing(found):
            async for at in found:
                yield await self._local.with_local(instance, at) if instance.can_download else at

    def _watch(self, instance: Instance, at: Availability, rule: RuleRecord) -> None:
        async def look_at_rule(rule_id: str) -> RuleRecord | None:
            client = await self._sessions.client(instance)
            rule = await rule_or_none(client, rule_id)
            if rule is not None:
                self._pending.note(instance, rule)
            return rule

        async def look_again(
            wanted: Sequence[Did], held_by: RuleRecord | None
        ) -> list[Availability]:
            items = self._look(instance, wanted, held_by)
            async with aclosing(items):
                return [at async for at in items]

        self._watchers.watch(instance, at, rule, look_at_rule, look_again)


async def _add_rule(client: RucioClient, did: Did, rse: str, lifetime_s: int | None) -> str:
    """The new rule's id. Tries again when Rucio's database was busy: a second rule would be
    refused.
    """
    for wait_s in BUSY_WAITS_S:
        try:
            return await rules.add(client, did, rse, lifetime_s, comment=RULE_COMMENT)
        except RucioBadAnswer as error:
            if error.code != "rucio_busy":
                raise
            await asyncio.sleep(wait_s)
    return await rules.add(client, did, rse, lifetime_s, comment=RULE_COMMENT)


def _whose(others: Sequence[RuleRecord]) -> str | None:
    accounts = sorted({rule.account for rule in others})
    return f"The rule belongs to {', '.join(accounts)}." if accounts else None
