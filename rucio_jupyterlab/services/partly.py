"""Which files of a collection are there, when not all are.

The locks of the rule that brings a collection say it of each file, and so do their replicas; Rucio
takes a third of a millisecond for the one and more than a whole one for the other. Of a collection
that is too large for either it is told where each file would be, and a kernel looks there when it
uses one.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from rucio_jupyterlab.client import dids, rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rules import LockState, RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination
from rucio_jupyterlab.services.availability.model import Availability
from rucio_jupyterlab.services.locations import FileLocation, Locations, Place

# So many take Rucio some three seconds. A rule on a container has locks for all that is in it.
MOST_LOCKS = 10_000
MOST_REPLICAS = 2_000


async def at_destination(
    client: RucioClient, locations: Locations, at: Availability, destination: Destination
) -> AsyncGenerator[FileLocation, None] | None:
    """All files of the collection, those that are not there with the reason; None where nothing
    can be told in a time that somebody waits.
    """
    rule, most_available = at.rule, at.files_available
    if rule is not None:
        # The counts of a dataset are late.
        most_available = max(most_available or 0, rule.locks_ok)
    if rule is not None and _locks(rule) <= MOST_LOCKS:
        states = await _lock_states(client, rule, destination.rse)
        sample = next((did for did, state in states.items() if state == "OK"), None)
        if sample is not None:
            place = await locations.checked_place(client, Did.parse(sample), destination)
            if place is not None:
                return _by_locks(client, at.did, destination, place, states)
    if any(few is not None and few <= MOST_REPLICAS for few in (most_available, at.files_total)):
        return await _by_replicas(client, locations, at.did, destination)
    place = await locations.place(client, destination)
    return _by_names(client, at.did, destination, place) if place is not None else None


async def on_disk(
    client: RucioClient, at: Availability, here: Mapping[Did, tuple[str, int]]
) -> AsyncGenerator[FileLocation, None]:
    """All files of the collection, of which ``here`` are on the user's own disk: path and bytes."""
    missing = "It is not on this computer" + (" yet." if at.state == "replicating" else ".")
    files = dids.files(client, at.did)
    async with aclosing(files):
        async for file in files:
            path, size = here.get(file.did, (None, None))
            if path is None:
                yield FileLocation(file.did, file.size_bytes, None, None, missing)
            elif file.size_bytes not in (None, size):
                changed = f"{path} is here, but was changed: it has {size} bytes."
                yield FileLocation(file.did, file.size_bytes, None, None, changed)
            else:
                yield FileLocation(file.did, size, path, None)


def _locks(rule: RuleRecord) -> int:
    return rule.locks_ok + rule.locks_replicating + rule.locks_stuck


async def _lock_states(client: RucioClient, rule: RuleRecord, rse: str) -> dict[str, LockState]:
    """By ``scope:name``, as texts: the garbage collector need not look at those."""
    found = rules.locks(client, rule.id)
    async with aclosing(found):
        return {str(lock.did): lock.state async for lock in found if lock.rse == rse}


async def _by_locks(
    client: RucioClient,
    did: Did,
    destination: Destination,
    place: Place,
    states: Mapping[str, LockState],
) -> AsyncGenerator[FileLocation, None]:
    why = {
        "REPLICATING": f"It is on its way to {destination.rse}.",
        "STUCK": f"Its transfer to {destination.rse} is stuck.",
        None: f"It is not at {destination.rse}.",
    }
    files = dids.files(client, did)
    async with aclosing(files):
        async for file in files:
            state = states.get(str(file.did))
            if state == "OK":
                yield FileLocation(file.did, file.size_bytes, *place.location(file.did))
            else:
                yield FileLocation(file.did, file.size_bytes, None, None, why[state])


async def _by_names(
    client: RucioClient, did: Did, destination: Destination, place: Place
) -> AsyncGenerator[FileLocation, None]:
    unknown = f"Rucio cannot say quickly whether it is at {destination.rse}."
    files = dids.files(client, did)
    async with aclosing(files):
        async for file in files:
            path, pfn = place.location(file.did)
            yield FileLocation(file.did, file.size_bytes, None, pfn, unknown, path)


async def _by_replicas(
    client: RucioClient, locations: Locations, did: Did, destination: Destination
) -> AsyncGenerator[FileLocation, None]:
    """The list is fetched before it is begun with, so that what fails fails here."""
    listed = locations.listed(client, did, destination)
    async with aclosing(listed):
        here = {location.did: location async for location in listed}
    missing = f"It is not at {destination.rse}."

    async def each() -> AsyncGenerator[FileLocation, None]:
        files = dids.files(client, did)
        async with aclosing(files):
            async for file in files:
                found = here.get(file.did)
                yield found or FileLocation(file.did, file.size_bytes, None, None, missing)

    return each()
