"""The use cases: how available is it, make it available, end that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from rucio_jupyterlab.client import dids, rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination, Instance
from rucio_jupyterlab.errors import (
    Conflict,
    ExtensionError,
    NotFound,
    RucioBadAnswer,
    Unprocessable,
)
from rucio_jupyterlab.services.availability import containers, datasets, files, lifetimes
from rucio_jupyterlab.services.availability.deep import DeepLook
from rucio_jupyterlab.services.availability.model import Availability, unknown
from rucio_jupyterlab.services.availability.pending import PendingRules
from rucio_jupyterlab.services.availability.watcher import Watchers
from rucio_jupyterlab.services.concurrency import gather_bounded
from rucio_jupyterlab.services.destinations import Destinations, choose
from rucio_jupyterlab.services.mounts import Mounts
from rucio_jupyterlab.services.sessions import Sessions

log = logging.getLogger(__name__)

SECONDS_PER_DAY = 86_400
BUSY_WAITS_S = (0.3, 1.0)
RULE_COMMENT = "Made available from JupyterLab"


class AvailabilityService:
    """Answers for replica mode, at the storage that is mounted here."""

    def __init__(
        self,
        sessions: Sessions,
        destinations: Destinations,
        mounts: Mounts,
        watchers: Watchers,
    ) -> None:
        self._sessions = sessions
        self._destinations = destinations
        self._mounts = mounts
        self._watchers = watchers
        self._deep = DeepLook()
        self._pending = PendingRules()

    async def get(self, instance: Instance, wanted: Sequence[Did]) -> list[Availability]:
        """In the order asked. What cannot be found out about one DID is said in its own entry.

        Raises:
            NotAuthenticated, RucioUnreachable, RucioTimeout, …: nothing can be found out about any.
        """
        found = await self._look(instance, wanted)
        for at in found:
            if at.rule is not None and at.state in ("replicating", "stuck"):
                self._watch(instance, at, at.rule)
        return found

    async def make_available(
        self, instance: Instance, did: Did, rse: str | None, lifetime_days: int | None
    ) -> Availability:
        """Asks Rucio for a copy at the destination. That there is a rule already is fine; one that
        ends sooner than asked for is extended where Rucio allows it.

        Raises:
            BadRequest: the RSE is not mounted here.
            QuotaExceeded, Forbidden, UnknownDid, Unprocessable, …: Rucio refuses.
            Conflict: code ``rule_ended``: the rule that was there ended meanwhile.
        """
        _require_replica_mode(instance)
        destination = choose(instance, rse)
        client = await self._sessions.client(instance)
        days = lifetime_days or instance.replication_rule_lifetime_days
        lifetime_s = days * SECONDS_PER_DAY if days else None
        note = None
        try:
            await _add_rule(client, did, destination.rse, lifetime_s)
        except Conflict as error:
            if error.code != "duplicate_rule":
                raise
            note = await lifetimes.extend(client, did, destination.rse, lifetime_s)
        except Unprocessable:
            # Rucio says of an unknown RSE only that no RSE matches: say which one, if that is it.
            await self._destinations.rse(client, destination.rse)
            raise
        (at,) = await self.get(instance, [did])
        return (
            at if note is None else replace(at, message=" ".join(filter(None, (at.message, note))))
        )

    async def end(self, instance: Instance, did: Did) -> Availability:
        """Ends our rules on the DID at the destinations; what is left afterwards is the answer.

        Raises:
            NotFound: code ``no_rule``: there is none of ours.
            Forbidden: Rucio does not let this account end rules.
        """
        _require_replica_mode(instance)
        client = await self._sessions.client(instance)
        places = {destination.rse for destination in instance.destinations}
        here = [rule for rule in await rules.for_did(client, did) if rule.rse_expression in places]
        account = (await self._sessions.identity(instance)).account
        ours = [rule for rule in here if rule.account == account]
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

    async def _look(self, instance: Instance, wanted: Sequence[Did]) -> list[Availability]:
        if instance.mode != "replica":
            return [unknown(did, "Downloads are not part of this version yet.") for did in wanted]
        if not instance.destinations:
            return [unknown(did, "No storage is mounted here.") for did in wanted]
        client = await self._sessions.client(instance)
        asked = list(dict.fromkeys(wanted))
        known = await dids.types(client, asked)
        by_did = await self._by_type(client, instance, list(known.values()))
        await self._note_pending(client, by_did)
        return [by_did.get(did, unknown(did, f"Rucio has no DID {did}.")) for did in wanted]

    async def _by_type(
        self, client: RucioClient, instance: Instance, records: Sequence[DidRecord]
    ) -> dict[Did, Availability]:
        places = await self._known_places(client, instance)

        async def of_files() -> list[Availability]:
            of_type = [record for record in records if record.type == "file"]
            return await files.availabilities(
                client, of_type, places, self._destinations, self._mounts
            )

        async def of_datasets() -> list[Availability]:
            of_type = [record for record in records if record.type == "dataset"]
            of_type = await gather_bounded(lambda record: _counted(client, record), of_type)
            summaries = await datasets.summaries(client, of_type)
            found = await gather_bounded(
                lambda summary: datasets.availability(client, summary, places, self._deep),
                summaries.values(),
            )
            return [await self._at_mount(instance, at) for at in found]

        async def of_container(record: DidRecord) -> Availability:
            try:
                at = await containers.availability(client, record, places, self._deep)
            except NotFound as error:
                return unknown(record.did, error.message, "container")
            return await self._at_mount(instance, at)

        of_type = [record for record in records if record.type == "container"]
        groups = await asyncio.gather(
            of_files(), of_datasets(), gather_bounded(of_container, of_type, 4)
        )
        return {at.did: at for group in groups for at in group}

    async def _known_places(self, client: RucioClient, instance: Instance) -> Sequence[Destination]:
        """The destinations that Rucio knows; one that is misspelt does not spoil the others.

        Raises:
            NotFound: code ``unknown_rse``: it knows none of them.
        """
        known: list[Destination] = []
        problem: NotFound | None = None
        for place in instance.destinations:
            try:
                await self._destinations.rse(client, place.rse)
            except NotFound as error:
                problem = error
            else:
                known.append(place)
        if problem is not None and not known:
            raise problem
        return known

    async def _at_mount(self, instance: Instance, at: Availability) -> Availability:
        """A collection is not available where its storage is not mounted, whatever Rucio says."""
        if at.state not in ("available", "partial") or at.rse is None:
            return at
        mount_path = choose(instance, at.rse).mount_path
        state = await self._mounts.state(mount_path)
        if state == "mounted":
            return at
        trouble = "does not answer" if state == "hanging" else "is not mounted"
        return replace(
            at,
            state="unknown",
            message=f"Rucio has it at {at.rse}, but the storage at {mount_path} {trouble}.",
        )

    async def _note_pending(self, client: RucioClient, by_did: dict[Did, Availability]) -> None:
        """Marks what a parent's rule will bring as on its way, though it has no lock yet."""
        name = client.instance.name
        for at in by_did.values():
            if at.rule is not None:
                self._pending.note(name, at.rule)
        if not self._pending.has_any(name):
            return
        for did, at in by_did.items():
            if at.state in ("not_available", "partial") and at.rule is None:
                rule = await self._pending.covering(client, did)
                if rule is not None:
                    by_did[did] = replace(
                        at,
                        state="replicating",
                        rse=rule.rse_expression,
                        rule=rule,
                        message=f"Rucio is preparing the transfer of {rule.did}, which holds it.",
                    )

    def _watch(self, instance: Instance, at: Availability, rule: RuleRecord) -> None:
        async def look_at_rule(rule_id: str) -> RuleRecord | None:
            client = await self._sessions.client(instance)
            return await datasets.rule_or_none(client, rule_id)

        async def look_again(wanted: Sequence[Did]) -> list[Availability]:
            return await self._look(instance, wanted)

        self._watchers.watch(instance, at, rule, look_at_rule, look_again)


async def _add_rule(client: RucioClient, did: Did, rse: str, lifetime_s: int | None) -> None:
    """Adds a rule; again when Rucio's database was busy, since a rule is refused a second time."""
    for wait_s in (*BUSY_WAITS_S, None):
        try:
            await rules.add(client, did, rse, lifetime_s, comment=RULE_COMMENT)
        except RucioBadAnswer as error:
            if error.code != "rucio_busy" or wait_s is None:
                raise
            await asyncio.sleep(wait_s)
        else:
            return


async def _counted(client: RucioClient, record: DidRecord) -> DidRecord:
    """Rucio counts an open dataset's files late; a request to it alone counts them now."""
    if record.length is not None:
        return record
    try:
        return await dids.get(client, record.did, dynamic=True)
    except ExtensionError:
        # Without the count all else can still be said.
        log.debug("The files of %s could not be counted", record.did)
        return record


def _require_replica_mode(instance: Instance) -> None:
    if instance.mode != "replica":
        raise Unprocessable(
            f"“{instance.display_name}” downloads files, which is not part of this version yet.",
            code="mode_unavailable",
            hint="An instance in replica mode can make data available.",
        )


def _whose(others: Sequence[RuleRecord]) -> str | None:
    accounts = sorted({rule.account for rule in others})
    return f"The rule belongs to {', '.join(accounts)}." if accounts else None
