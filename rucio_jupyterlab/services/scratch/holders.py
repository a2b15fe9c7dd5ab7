"""Who still needs a file on a scratch storage: Rucio, or an upload of this user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rucio_jupyterlab.client import replicas, rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rses import RseProtocol
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination, Instance
from rucio_jupyterlab.errors import BadRequest, RucioBadAnswer, UnknownDid, Unprocessable
from rucio_jupyterlab.jobs.manager import Jobs
from rucio_jupyterlab.paths.mount import PathOutsideMount
from rucio_jupyterlab.paths.scratch import path_to_pfn

MOST_ITEMS = 100_000
_REFUSALS = (BadRequest, Unprocessable, RucioBadAnswer)


class CannotAsk(Exception):
    """Rucio cannot be asked about a path: it would not be known under any PFN."""


class Catalogue:
    """What Rucio has on one mounted scratch storage. ``place`` is a settled one."""

    def __init__(
        self, client: RucioClient, place: Destination, protocols: Sequence[RseProtocol]
    ) -> None:
        self._client = client
        self._place = place
        self._protocols = protocols

    def pfns(self, path: str) -> list[str]:
        """By which Rucio could know it, one for each protocol.

        Raises:
            CannotAsk: there is none.
        """
        found = []
        for protocol in self._protocols:
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
        if not found:
            raise CannotAsk
        return found

    async def dids(self, paths: Sequence[str]) -> dict[str, Did]:
        """Of those that Rucio has a replica of, in whatever state.

        Raises:
            CannotAsk: one of them cannot have a PFN.
            ExtensionError: Rucio cannot be asked, or does not understand one of them.
        """
        found: dict[str, Did] = {}
        # Rucio takes those of one protocol in one request; they come in the same order for each.
        by_path = {path: self.pfns(path) for path in paths}
        for number in range(max(map(len, by_path.values()), default=0)):
            asked = {pfns[number]: path for path, pfns in by_path.items() if number < len(pfns)}
            known = await replicas.dids_of_pfns(self._client, list(asked))
            if known.keys() <= asked.keys():
                found.update((asked[pfn], did) for pfn, did in known.items())
                continue
            # Written otherwise than asked: only alone is it clear which it is.
            for pfn, path in asked.items():
                for did in (await replicas.dids_of_pfns(self._client, [pfn])).values():
                    found[path] = did
        return found

    async def is_moving(self, did: Did) -> bool:
        """Whether a rule still waits for a copy of it."""
        try:
            return any(rule.state != "OK" for rule in await rules.for_did(self._client, did))
        except UnknownDid:
            return False


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


def is_refusal(error: Exception) -> bool:
    """Whether it may be about one of several files, and not about Rucio itself."""
    return isinstance(error, _REFUSALS)
