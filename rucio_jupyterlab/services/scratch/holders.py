"""Who still needs a file on a scratch storage: Rucio, or an upload of this user's.

Rucio does not say what it has at a PFN: the route for that (``/replicas/dids``) works for SRM alone
in 41.5. So it is asked the other way round, for the replicas at the storage of all DIDs that can be
meant: those of rules there, of this account's rules that still wait for a copy, of this user's
uploads, and those in any scope whose names end like a file's.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from rucio_jupyterlab.client import accounts, dids, replicas, rules, scopes
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rses import RseRecord
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination, Instance
from rucio_jupyterlab.errors import UnknownDid
from rucio_jupyterlab.jobs.manager import Jobs
from rucio_jupyterlab.paths.mount import PathOutsideMount
from rucio_jupyterlab.paths.scratch import path_to_pfn
from rucio_jupyterlab.services.destinations import path_below_mount

MOST_ITEMS = 100_000
SEARCHES_AT_ONCE = 6
# Of one search: they stand in its address.
NAMES_AT_ONCE = 20
_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Held:
    """What Rucio has at the storage, by PFN and by path; ``names`` are those of files of which it
    does not say where they are, or will be, and their DIDs.
    """

    by_pfn: dict[str, Did] = field(default_factory=dict)
    by_path: dict[str, Did] = field(default_factory=dict)
    names: dict[str, Did] = field(default_factory=dict)


class Catalogue:
    """What Rucio has on one mounted scratch storage. ``place`` is a settled one."""

    def __init__(self, client: RucioClient, place: Destination, record: RseRecord) -> None:
        self._client = client
        self._place = place
        self._record = record

    def pfns(self, path: str) -> list[str]:
        """By which Rucio could know it, one for each protocol; none where it cannot."""
        found = []
        for protocol in self._record.protocols:
            try:
                pfn = path_to_pfn(
                    path,
                    mount_path=self._place.mount_path,
                    path_begins_at=self._place.path_begins_at,
                    protocol=protocol,
                )
            except PathOutsideMount:
                continue
            found.append(pfn)
        return found

    async def held(self, names: Collection[str], made: Iterable[Did]) -> Held:
        """``names`` are those of files that may have to go, ``made`` what uploads made.

        Raises:
            ExtensionError: Rucio cannot be asked.
        """
        account = self._client.account or (await accounts.whoami(self._client)).account
        asked = set(made)
        asked |= await _dids(rules.at_expression(self._client, self._place.rse))
        asked |= await _dids(rules.unfinished(self._client, account, "FILE"))
        asked |= await self._named(names)
        held = Held()
        listed = sorted(asked)
        for start in range(0, len(listed), dids.BULK_DIDS):
            await self._look(listed[start : start + dids.BULK_DIDS], held)
        return held

    async def is_moving(self, did: Did) -> bool:
        """Whether a rule still waits for a copy of it."""
        try:
            return any(rule.state != "OK" for rule in await rules.for_did(self._client, did))
        except UnknownDid:
            return False

    async def _named(self, names: Collection[str]) -> set[Did]:
        """Files whose names end like one of ``names``, with any prefix and whatever stands for
        characters that Rucio does not take.
        """
        # Scopes with a slash cannot be searched; a rule, or the upload itself, still tells.
        known = [scope for scope in await scopes.list_scopes(self._client) if "/" not in scope]
        patterns = sorted({"*" + _PLAIN.sub("*", name).lstrip("*") for name in names})
        pieces = [
            patterns[start : start + NAMES_AT_ONCE]
            for start in range(0, len(patterns), NAMES_AT_ONCE)
        ]
        room = asyncio.Semaphore(SEARCHES_AT_ONCE)

        async def search(scope: str, some: Sequence[str]) -> set[Did]:
            async with room:
                found = dids.files_named(self._client, scope, some)
                async with aclosing(found):
                    return {did async for did in found}

        each = await asyncio.gather(*(search(scope, some) for some in pieces for scope in known))
        return set().union(*each)

    async def _look(self, asked: Sequence[Did], held: Held) -> None:
        rse = self._place.rse
        found = replicas.list_replicas(self._client, asked, rse, all_states=True)
        async with aclosing(found):
            async for replica in found:
                if rse not in replica.states:
                    continue
                pfns = replica.pfns.get(rse, ())
                if not pfns:
                    held.names[replica.did.name.rpartition("/")[2]] = replica.did
                for pfn in pfns:
                    held.by_pfn[pfn] = replica.did
                    path = path_below_mount(self._place, self._record, pfn)
                    if path is not None:
                        held.by_path[path] = replica.did


class Uploading:
    """What uploads from here have to do with paths: those under way, and which DIDs others made."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    async def active(self, instance: Instance) -> set[str]:
        """Paths of which an upload still needs the file."""
        paths: set[str] = set()
        for job in await self._jobs.list(
            states=("queued", "running"), kinds=("upload",), instance=instance.name
        ):
            payload = await self._jobs.payload(job.id)
            paths.update(str(file["path"]) for file in payload.get("files", ()))
        return paths

    async def made(self, instance: Instance) -> Mapping[str, Did]:
        """The DIDs that became of paths, as far as the history goes back; the latest counts."""
        found: dict[str, Did] = {}
        jobs = await self._jobs.list(kinds=("upload",), instance=instance.name)
        for job in reversed(jobs):
            for item in await self._jobs.items(job.id, MOST_ITEMS):
                if item.path is not None and item.did is not None:
                    found[item.path] = Did.parse(item.did)
        return found


async def _dids(found: AsyncGenerator[RuleRecord, None]) -> set[Did]:
    async with aclosing(found):
        return {rule.did async for rule in found}
