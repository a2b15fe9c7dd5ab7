"""Rules that Rucio has accepted but not prepared: no lock of a file shows them yet."""

from __future__ import annotations

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.services.availability import datasets

LEVELS_UP = 3
MOST_REMEMBERED = 200


class PendingRules:
    """Remembers rules seen in preparation: only while there are any are parents asked about."""

    def __init__(self) -> None:
        self._by_did: dict[str, dict[Did, RuleRecord]] = {}

    def note(self, instance: str, rule: RuleRecord) -> None:
        """A rule was seen: remember it, or forget it once it is prepared."""
        known = self._by_did.setdefault(instance, {})
        if rule.state == "INJECT":
            known[rule.did] = rule
            while len(known) > MOST_REMEMBERED:
                del known[next(iter(known))]
        else:
            known.pop(rule.did, None)

    def has_any(self, instance: str) -> bool:
        return bool(self._by_did.get(instance))

    async def covering(self, client: RucioClient, did: Did) -> RuleRecord | None:
        """A rule in preparation on something that holds ``did``."""
        known = self._by_did.get(client.instance.name, {})
        level = [did]
        for _ in range(LEVELS_UP):
            above: list[Did] = []
            for child in level:
                above += [parent.did for parent in await dids.parents(client, child)]
            for parent in above:
                if parent in known:
                    return await self._if_still(client, known[parent])
            level = above
        return None

    async def _if_still(self, client: RucioClient, rule: RuleRecord) -> RuleRecord | None:
        now = await datasets.rule_or_none(client, rule.id)
        self.note(client.instance.name, now or rule)
        if now is None:
            self._by_did[client.instance.name].pop(rule.did, None)
        return now if now is not None and now.state == "INJECT" else None
