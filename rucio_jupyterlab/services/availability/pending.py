"""Rules that Rucio has accepted but not prepared: no lock of a file shows them yet."""

from __future__ import annotations

from dataclasses import replace

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.services.availability.model import Availability
from rucio_jupyterlab.services.availability.question import Question

LEVELS_UP = 10
MOST_REMEMBERED = 200


class PendingRules:
    """Remembers rules seen in preparation: only while there are any are parents asked about."""

    def __init__(self) -> None:
        self._by_did: dict[Instance, dict[Did, RuleRecord]] = {}

    def note(self, instance: Instance, rule: RuleRecord) -> None:
        """A rule was seen: remember it, or forget it once it is prepared."""
        known = self._by_did.setdefault(instance, {})
        if rule.state == "INJECT":
            known[rule.did] = rule
            while len(known) > MOST_REMEMBERED:
                del known[next(iter(known))]
        elif rule.did in known and known[rule.did].id == rule.id:
            del known[rule.did]

    def has_any(self, instance: Instance) -> bool:
        return bool(self._by_did.get(instance))

    async def applied(self, question: Question, at: Availability) -> Availability:
        """``at``, on its way where a rule in preparation, on it or above it, will bring it here."""
        for rule in await self._covering(question, at.did):
            for rse in question.rses:
                if await question.perhaps_at([rule], rse):
                    what = "it" if rule.did == at.did else f"{rule.did}, which holds it"
                    return replace(
                        at,
                        state="replicating",
                        rse=rse,
                        rule=rule,
                        message=f"Rucio is preparing the transfer of {what}.",
                    )
        return at

    async def _covering(self, question: Question, did: Did) -> list[RuleRecord]:
        """Rules that are in preparation still."""
        known = self._by_did.get(question.client.instance, {})
        level, seen, found = [did], {did}, []
        for _ in range(LEVELS_UP):
            for parent in level:
                if parent in known:
                    rule = await self._if_still(question, known[parent])
                    if rule is not None:
                        found.append(rule)
            if found or not known:
                break
            above = [parent for child in level for parent in await question.parents(child)]
            level = [parent for parent in dict.fromkeys(above) if parent not in seen]
            seen.update(level)
            if not level:
                break
        return found

    async def _if_still(self, question: Question, rule: RuleRecord) -> RuleRecord | None:
        instance = question.client.instance
        now = await question.rule(rule.id)
        if now is None:
            self._by_did[instance].pop(rule.did, None)
            return None
        self.note(instance, now)
        return now if now.state == "INJECT" else None
