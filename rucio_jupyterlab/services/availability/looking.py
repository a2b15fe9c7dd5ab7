"""Looking at many DIDs at once: each is said as soon as it is known."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord, DidType
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination, Instance
from rucio_jupyterlab.errors import ExtensionError, NotAuthenticated, NotFound
from rucio_jupyterlab.services.availability import containers, datasets, files
from rucio_jupyterlab.services.availability.deep import DeepLook
from rucio_jupyterlab.services.availability.model import Availability, best, unknown
from rucio_jupyterlab.services.availability.pending import PendingRules
from rucio_jupyterlab.services.availability.question import Question
from rucio_jupyterlab.services.concurrency import as_they_come, gather_bounded, side_by_side
from rucio_jupyterlab.services.destinations import Destinations, choose
from rucio_jupyterlab.services.mounts import Mounts

CONTAINERS_AT_ONCE = 3


class Looker:
    """Asks Rucio about DIDs of all kinds."""

    def __init__(
        self,
        destinations: Destinations,
        mounts: Mounts,
        deep: DeepLook,
        pending: PendingRules,
    ) -> None:
        self._destinations = destinations
        self._mounts = mounts
        self._deep = deep
        self._pending = pending

    async def question(self, client: RucioClient, instance: Instance) -> Question:
        """
        Raises:
            NotFound: code ``unknown_rse``: Rucio knows none of the destinations.
        """
        places = await self._known_places(client, instance)
        return Question(client, places, self._destinations, self._mounts, self._deep)

    async def look(
        self,
        client: RucioClient,
        instance: Instance,
        wanted: Sequence[Did],
        held_by: RuleRecord | None = None,
    ) -> AsyncGenerator[Availability, None]:
        """Each DID once, in the order in which they are known; containers that have no rule of
        their own come late. Trouble with some of them is said in their own entries.

        ``held_by``: the rule that holds all of the files, where that is known.

        Raises, while iterating:
            NotAuthenticated: at any time.
            ExtensionError: nothing can be found out about any.
        """
        asked = list(dict.fromkeys(wanted))
        known = await dids.types(client, asked)
        has_said = False
        for did in asked:
            if did not in known:
                has_said = True
                yield unknown(did, f"Rucio has no DID {did}.")
        question = replace(await self.question(client, instance), held_by=held_by)
        look = _Look(self._pending, instance, question, known)
        failures: dict[Did, ExtensionError] = {}

        async def guarded(
            some: AsyncGenerator[Availability, None], of: Sequence[Did]
        ) -> AsyncGenerator[Availability, None]:
            left = dict.fromkeys(of)
            try:
                async with aclosing(some):
                    async for at in some:
                        left.pop(at.did, None)
                        yield at
            except NotAuthenticated:
                raise
            except ExtensionError as error:
                failures.update(dict.fromkeys(left, error))

        together = side_by_side([guarded(some, of) for some, of in look.groups()])
        async with aclosing(together):
            async for at in together:
                has_said = True
                yield at
        for did, error in failures.items():
            if not has_said:
                raise error
            yield unknown(did, error.message, known[did].type)

    async def _known_places(self, client: RucioClient, instance: Instance) -> Sequence[Destination]:
        """The destinations that Rucio knows; one that is misspelt does not spoil the others."""
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


class _Look:
    """One look: files, datasets and each container make a group, and groups go side by side."""

    def __init__(
        self,
        pending: PendingRules,
        instance: Instance,
        question: Question,
        known: Mapping[Did, DidRecord],
    ) -> None:
        self._pending = pending
        self._instance = instance
        self._question = question
        self._by_type: dict[DidType, list[DidRecord]] = {"file": [], "dataset": [], "container": []}
        for record in known.values():
            self._by_type[record.type].append(record)
        # What no rule seems to bring waits until all rules in preparation are known: one of them
        # may be on a parent that was asked about in the same breath.
        self._rules_to_come = 0
        self._rules_known = asyncio.Event()

    def groups(self) -> list[tuple[AsyncGenerator[Availability, None], Sequence[Did]]]:
        """Each with the DIDs that it is about."""
        kinds = (
            (self._files, self._by_type["file"]),
            (self._datasets, self._by_type["dataset"]),
            (self._containers, self._by_type["container"]),
        )
        groups: list[tuple[AsyncGenerator[Availability, None], Sequence[Did]]] = [
            (work(records), [record.did for record in records])
            for work, records in kinds
            if records
        ]
        self._rules_to_come = bool(self._by_type["dataset"]) + bool(self._by_type["container"])
        if not self._rules_to_come:
            self._rules_known.set()
        return groups

    async def _files(self, records: Sequence[DidRecord]) -> AsyncGenerator[Availability, None]:
        found = files.availabilities(self._question, records)
        async with aclosing(found):
            async for some in found:
                finished = as_they_come(self._finished, some)
                async with aclosing(finished):
                    async for at in finished:
                        yield at

    async def _datasets(self, records: Sequence[DidRecord]) -> AsyncGenerator[Availability, None]:
        question = self._question
        try:
            counted = await gather_bounded(
                lambda record: datasets.counted(question.client, record), records
            )
            summaries = await datasets.summaries(question, counted)
            for summary in summaries:
                self._note(summary.rules)
        finally:
            self._rules_have_come()

        async def one(summary: datasets.Summary) -> Availability:
            at = await datasets.at_places(question, summary)
            return await self._finished(best(at.values()))

        each = as_they_come(one, summaries)
        async with aclosing(each):
            async for at in each:
                yield at

    async def _containers(self, records: Sequence[DidRecord]) -> AsyncGenerator[Availability, None]:
        question = self._question
        try:
            found = await gather_bounded(lambda record: question.rules_on(record.did), records)
            for own in found:
                self._note(own)
        finally:
            self._rules_have_come()

        async def one(known: tuple[DidRecord, Sequence[RuleRecord]]) -> Availability:
            record, own_rules = known
            try:
                at = await containers.availability(question, record, own_rules)
            except NotAuthenticated:
                raise
            except ExtensionError as error:
                return unknown(record.did, error.message, "container")
            return await self._finished(at)

        each = as_they_come(one, list(zip(records, found, strict=True)), CONTAINERS_AT_ONCE)
        async with aclosing(each):
            async for at in each:
                yield at

    def _note(self, found: Sequence[RuleRecord]) -> None:
        for rule in found:
            self._pending.note(self._instance, rule)

    def _rules_have_come(self) -> None:
        self._rules_to_come -= 1
        if self._rules_to_come <= 0:
            self._rules_known.set()

    async def _finished(self, at: Availability) -> Availability:
        if at.state in ("not_available", "partial") and at.rule is None:
            await self._rules_known.wait()
            if self._pending.has_any(self._instance):
                at = await self._pending.applied(self._question, at)
        if at.type == "file":
            return at
        return await self._at_mount(at)

    async def _at_mount(self, at: Availability) -> Availability:
        """A collection is not available where its storage is not mounted, whatever Rucio says."""
        if at.state not in ("available", "partial") or at.rse is None:
            return at
        mount_path = choose(self._instance, at.rse).mount_path
        state = await self._question.mounts.state(mount_path)
        if state == "mounted":
            return at
        trouble = "does not answer" if state == "hanging" else "is not mounted"
        return replace(
            at,
            state="unknown",
            message=f"Rucio has it at {at.rse}, but the storage at {mount_path} {trouble}.",
        )
