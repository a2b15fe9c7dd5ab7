"""A few files that Rucio says are at an RSE, found at a cost that does not grow with the RSE."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime, timezone

from rucio_jupyterlab.client import dids, locks, replicas, rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.replicas import ReplicaRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import NotFound

# So many of a list are read, which may have thousands, and so many are tried.
_MOST_READ = 100
_MOST_TRIED = 10
_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


async def of_rse(client: RucioClient, rse: str, account: str, count: int) -> list[ReplicaRecord]:
    """At most ``count`` available replicas with their PFNs, of different collections.

    What the account's own rules have brought comes first, then datasets that anybody's rules hold.
    Empty where no rule has brought anything there.
    """
    found: dict[Did, ReplicaRecord] = {}
    seen: set[Did] = set()
    for listing in (
        _own(client, rse, account, "DATASET"),
        _own(client, rse, account, "FILE"),
        _anybodys(client, rse),
    ):
        async with aclosing(listing):
            async for did in listing:
                if did in seen:
                    continue
                seen.add(did)
                replica = await _first_replica(client, did, rse)
                if replica is not None:
                    found[replica.did] = replica
                if len(found) == count or len(seen) == _MOST_TRIED:
                    return list(found.values())
    return list(found.values())


async def _own(
    client: RucioClient, rse: str, account: str, did_type: rules.RuleDidType
) -> AsyncGenerator[Did, None]:
    """The newest first: what is old may have been lost or moved since, and nobody has noticed."""
    listing = rules.fulfilled(client, account, rse, did_type)
    read: list[rules.RuleRecord] = []
    async with aclosing(listing):
        async for rule in listing:
            read.append(rule)
            if len(read) == _MOST_READ:
                break
    for rule in sorted(read, key=lambda rule: rule.created_at or _LONG_AGO, reverse=True):
        yield rule.did


async def _anybodys(client: RucioClient, rse: str) -> AsyncGenerator[Did, None]:
    listing = locks.at_rse(client, rse)
    async with aclosing(listing):
        async for lock in listing:
            if lock.state == "OK":
                yield lock.did


async def _first_replica(client: RucioClient, did: Did, rse: str) -> ReplicaRecord | None:
    """Of the first file of a dataset, or of the file itself; None where there is none there."""
    try:
        async with aclosing(dids.files(client, did)) as files:
            file = await anext(files, None)
    except NotFound:  # deleted since the rule was listed
        return None
    if file is None:
        return None
    async with aclosing(replicas.list_replicas(client, [file.did], rse)) as listed:
        replica = await anext(listed, None)
    return replica if replica is not None and replica.states.get(rse) == "AVAILABLE" else None
