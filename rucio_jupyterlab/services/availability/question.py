"""What every look at availability needs: whom to ask, and about which places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rucio_jupyterlab.client import dids, rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination
from rucio_jupyterlab.errors import NotFound, UnknownDid
from rucio_jupyterlab.services.availability.deep import DeepLook
from rucio_jupyterlab.services.destinations import Destinations
from rucio_jupyterlab.services.mounts import Mounts

# Which of several rules for one place is shown: the one that says most about the data being there.
_RULE_ORDER = ("OK", "REPLICATING", "INJECT", "STUCK", "SUSPENDED", "WAITING_APPROVAL")


@dataclass(frozen=True)
class Question:
    """One question about many DIDs. ``places`` are the destinations that Rucio knows.

    ``held_by`` is set by who knows already which rule holds all files that are asked about. Parents
    and rules that many rows share are asked about once.
    """

    client: RucioClient
    places: Sequence[Destination]
    destinations: Destinations
    mounts: Mounts
    deep: DeepLook
    held_by: RuleRecord | None = None
    _rules: dict[str, RuleRecord | None] = field(default_factory=dict)
    _parents: dict[Did, list[Did]] = field(default_factory=dict)

    @property
    def rses(self) -> list[str]:
        return [place.rse for place in self.places]

    async def only_at(self, candidates: Iterable[RuleRecord], rse: str) -> list[RuleRecord]:
        """Rules that can bring data to no RSE but this one: their counts are about it."""
        return [
            rule
            for rule in candidates
            if await self.destinations.resolve(self.client, rule.rse_expression) == {rse}
        ]

    async def perhaps_at(self, candidates: Iterable[RuleRecord], rse: str) -> list[RuleRecord]:
        """Rules that can bring data to this RSE, or to others."""
        return [
            rule
            for rule in candidates
            if rse in await self.destinations.resolve(self.client, rule.rse_expression)
        ]

    async def rules_on(self, did: Did) -> list[RuleRecord]:
        """The rules on a DID; none when it has gone between two requests."""
        try:
            return await rules.for_did(self.client, did)
        except UnknownDid:
            return []

    async def rule(self, rule_id: str) -> RuleRecord | None:
        """The rule; None when it has ended between two requests."""
        if rule_id not in self._rules:
            self._rules[rule_id] = await rule_or_none(self.client, rule_id)
        return self._rules[rule_id]

    async def parents(self, did: Did) -> list[Did]:
        if did not in self._parents:
            above = await dids.parents(self.client, did)
            self._parents[did] = [record.did for record in above]
        return self._parents[did]


def pick_rule(candidates: Iterable[RuleRecord]) -> RuleRecord | None:
    """The rule that says most about the data being there; of equal ones one's own, then the one
    that lasts.
    """
    return min(
        candidates,
        key=lambda rule: (
            _RULE_ORDER.index(rule.state),
            not rule.is_mine,
            rule.expires_at is not None,
        ),
        default=None,
    )


async def rule_or_none(client: RucioClient, rule_id: str) -> RuleRecord | None:
    """The rule; None when it has ended between two requests."""
    try:
        return await rules.get(client, rule_id)
    except NotFound:
        return None
