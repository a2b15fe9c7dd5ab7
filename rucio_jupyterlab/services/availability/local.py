"""Download mode: how much of a DID is on the user's own disk, and what is on its way there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import UnknownDid
from rucio_jupyterlab.jobs.model import Job
from rucio_jupyterlab.services.availability.merging import total
from rucio_jupyterlab.services.availability.model import Availability, empty, unknown
from rucio_jupyterlab.services.concurrency import gather_bounded
from rucio_jupyterlab.services.copies.model import Found, LocalCopy
from rucio_jupyterlab.services.copies.service import Copies
from rucio_jupyterlab.services.downloads import Downloads
from rucio_jupyterlab.services.sessions import Sessions


class LocalAvailability:
    """From the disk and from Rucio's summaries: no list of files is asked for."""

    def __init__(self, sessions: Sessions, copies: Copies, downloads: Downloads) -> None:
        self._sessions = sessions
        self._copies = copies
        self._downloads = downloads

    async def stream(
        self, instance: Instance, wanted: Sequence[Did]
    ) -> AsyncGenerator[Availability, None]:
        """Each DID once. Raises, while iterating, what keeps Rucio from being asked."""
        client = await self._sessions.client(instance)
        asked = list(dict.fromkeys(wanted))
        known = await dids.types(client, asked)
        found = await self._copies.find(instance, asked)
        jobs = await self._downloads.of(instance)
        above = await self._moving_parents(client, known, found, jobs)
        for did in asked:
            record = known.get(did)
            if record is None:
                yield unknown(did, f"Rucio has no DID {did}.")
            elif record.type == "file":
                yield self._file(record, found, jobs.get(str(did)) or above.get(did))
            else:
                yield await self._collection(client, record, found, jobs.get(str(did)))

    async def bring(self, instance: Instance, did: Did) -> Availability:
        """Downloads what is missing of it. That it is here already, or on its way, is fine.

        Raises:
            UnknownDid, NotAuthenticated, RucioUnreachable, …
        """
        at = await self._one(instance, did)
        if at.state not in ("available", "replicating", "empty"):
            await self._downloads.start(instance, [did])
            at = await self._one(instance, did)
        return at

    async def delete(self, instance: Instance, did: Did) -> Availability:
        """
        Raises:
            NotFound: code ``no_copy``. Conflict: code ``copy_in_use``.
        """
        await self._downloads.delete_copy(instance, did)
        return await self._one(instance, did)

    async def _one(self, instance: Instance, did: Did) -> Availability:
        items = self.stream(instance, [did])
        async with aclosing(items):
            return await anext(items)

    async def with_local(self, instance: Instance, at: Availability) -> Availability:
        """In an instance that offers both: what is known at the mount, and the local copy."""
        found = await self._copies.find(instance, [at.did])
        job = (await self._downloads.of(instance)).get(str(at.did))
        return replace(
            at,
            local=self._copies.local(_copy(found, at.did)),
            job_id=job.id if job is not None else None,
        )

    async def place(self, instance: Instance, wanted: Sequence[Did]) -> dict[str, Any]:
        """The one place of a Plan of the REST contract: the user's own disk."""
        items = [at async for at in self.stream(instance, wanted)]
        states = {at.state for at in items}
        return {
            "rse": None,
            "mount_path": str(self._copies.root(instance)),
            "mounted": True,
            "bytes_used": None,
            "bytes_limit": None,
            "has_quota": True,
            "bytes_left": await self._copies.free_bytes(instance),
            "state": states.pop() if len(states) == 1 else "partial",
            "files_missing": total(_left(at.files_total, at.files_available) for at in items),
            "bytes_missing": total(_left(at.bytes_total, at.bytes_available) for at in items),
        }

    def _file(self, record: DidRecord, found: Found, job: Job | None) -> Availability:
        at = Availability(
            record.did,
            "file",
            "not_available",
            files_total=1,
            files_available=0,
            bytes_total=record.size_bytes,
            bytes_available=0,
            local=self._copies.local(_copy(found, record.did)),
            job_id=job.id if job is not None else None,
        )
        here = found.files.get(record.did)
        if here is not None:
            path, size = here
            if record.size_bytes in (None, size):
                return replace(
                    at, state="available", files_available=1, bytes_available=size, path=path
                )
            at = replace(at, message=f"{path} is here, but was changed: it has {size} bytes.")
        if job is None:
            return at
        return replace(
            at,
            state="replicating",
            files_replicating=1,
            bytes_available=job.bytes_done if job.dids == (str(record.did),) else 0,
            eta_s=job.eta_s,
        )

    async def _collection(
        self, client: RucioClient, record: DidRecord, found: Found, job: Job | None
    ) -> Availability:
        copy = found.copies.get(record.did)
        length, size = record.length, record.size_bytes
        if (length is None or size is None) and (copy is not None or job is not None):
            # An open one is counted by Rucio; only where it matters.
            length, size = await _counted(client, record)
        if length == 0:
            return empty(record.did, record.type)
        at = Availability(
            record.did,
            record.type,
            "not_available",
            files_total=length,
            files_available=0,
            bytes_total=size,
            bytes_available=0,
            local=self._copies.local(copy),
            job_id=job.id if job is not None else None,
        )
        if copy is not None:
            at = replace(at, files_available=copy.files, bytes_available=copy.size_bytes)
            if copy.has_all_of(length, size):
                # Of files that are in it twice Rucio counts each; here they are once.
                at = replace(at, state="available", files_total=copy.files)
            elif copy.files:
                at = replace(at, state="partial", message=_why_partial(copy, length))
        if job is None:
            return at
        return replace(
            at,
            state="replicating",
            files_total=job.files_total or length,
            files_available=job.files_done,
            bytes_total=job.bytes_total or size,
            bytes_available=job.bytes_done,
            eta_s=job.eta_s,
            message=job.message,
        )

    async def _moving_parents(
        self,
        client: RucioClient,
        known: Mapping[Did, DidRecord],
        found: Found,
        jobs: Mapping[str, Job],
    ) -> dict[Did, Job]:
        """For files that are not here: the download of a collection that they are in."""
        if not jobs:
            return {}
        missing = [
            record.did
            for record in known.values()
            if record.type == "file" and record.did not in found.files
        ]

        async def job_above(did: Did) -> tuple[Did, Job | None]:
            above = [record.did for record in await dids.parents(client, did)]
            for parent in above:
                if str(parent) in jobs:
                    return did, jobs[str(parent)]
            further = await gather_bounded(lambda parent: dids.parents(client, parent), above)
            names = (str(record.did) for records in further for record in records)
            return did, next((jobs[name] for name in names if name in jobs), None)

        pairs = await gather_bounded(job_above, missing)
        return {did: job for did, job in pairs if job is not None}


async def _counted(client: RucioClient, record: DidRecord) -> tuple[int | None, int | None]:
    try:
        counted = await dids.get(client, record.did, dynamic=True)
    except UnknownDid:
        return record.length, record.size_bytes
    return counted.length, counted.size_bytes


def _copy(found: Found, did: Did) -> LocalCopy | None:
    return found.copies.get(did)


def _why_partial(copy: LocalCopy, length: int | None) -> str:
    if copy.is_complete:
        return "It has changed in Rucio since it was downloaded. Download it again to get the rest."
    of = f" of {length}" if length is not None else ""
    return f"{copy.files}{of} files are on this computer."


def _left(total_: int | None, there: int | None) -> int | None:
    return None if total_ is None else max(total_ - (there or 0), 0)
