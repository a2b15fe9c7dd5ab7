"""Single files: from their replicas, the rules that hold them, and a look at the mount."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

from rucio_jupyterlab.client import replicas, rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord
from rucio_jupyterlab.client.replicas import ReplicaRecord
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination
from rucio_jupyterlab.errors import UnknownDid
from rucio_jupyterlab.services.availability.datasets import pick_rule
from rucio_jupyterlab.services.availability.model import Availability, best, unknown, why_stuck
from rucio_jupyterlab.services.concurrency import gather_bounded
from rucio_jupyterlab.services.destinations import Destinations
from rucio_jupyterlab.services.mounts import MountHangs, Mounts


async def availabilities(
    client: RucioClient,
    records: Sequence[DidRecord],
    places: Sequence[Destination],
    destinations: Destinations,
    mounts: Mounts,
) -> list[Availability]:
    """One request for the replicas of all files, and one for the rules of each."""
    if not records:
        return []
    found, rules_of = await asyncio.gather(
        _replicas(client, [record.did for record in records], places),
        gather_bounded(lambda record: _rules(client, record.did), records),
    )
    result: list[Availability] = []
    for record, held_by in zip(records, rules_of, strict=True):
        replica = found.get(record.did)
        if replica is None and held_by is None:
            result.append(unknown(record.did, "Rucio does not know this file any more.", "file"))
            continue
        at = [_at(record, place, replica, held_by or []) for place in places]
        result.append(best(at))
    return await _with_paths(
        client,
        result,
        replicas_of=found,
        places=places,
        destinations=destinations,
        mounts=mounts,
    )


async def _replicas(
    client: RucioClient, dids: Sequence[Did], places: Sequence[Destination]
) -> dict[Did, ReplicaRecord]:
    records = replicas.list_replicas(
        client,
        dids,
        "|".join(place.rse for place in places),
        all_states=True,
        site=client.instance.site_name,
    )
    async with aclosing(records):
        return {record.did: record async for record in records}


async def _rules(client: RucioClient, did: Did) -> list[RuleRecord] | None:
    try:
        return await rules.associated_with_file(client, did)
    except UnknownDid:
        return None


def _at(
    record: DidRecord,
    place: Destination,
    replica: ReplicaRecord | None,
    held_by: Sequence[RuleRecord],
) -> Availability:
    rse = place.rse
    state = replica.states.get(rse) if replica is not None else None
    # Rules whose expression is no plain name may concern this RSE too: they count when the file's
    # replica here is on its way, and only after those that name it.
    candidates = [rule for rule in held_by if rule.rse_expression == rse]
    if not candidates and state is not None:
        candidates = [rule for rule in held_by if not _names_another(rule, rse)]
    rule = pick_rule([item for item in candidates if item.did == record.did] or candidates)
    size = (
        record.size_bytes
        if record.size_bytes is not None
        else (replica.size_bytes if replica else None)
    )
    at = Availability(
        record.did,
        "file",
        "not_available",
        rse=rse,
        rule=rule,
        files_total=1,
        files_available=0,
        files_replicating=0,
        files_stuck=0,
        bytes_total=size,
        bytes_available=0,
    )
    if state == "AVAILABLE":
        return replace(at, state="available", files_available=1, bytes_available=size)
    if state == "BAD":
        at = replace(at, message=f"The copy at {rse} is damaged.")
    if rule is None:
        return at
    if rule.state == "WAITING_APPROVAL":
        return replace(at, message="The transfer waits for somebody to approve it.")
    is_stuck = rule.state == "SUSPENDED" or (rule.state == "STUCK" and state != "COPYING")
    if is_stuck:
        return replace(at, state="stuck", files_stuck=1, message=why_stuck(rule))
    if rule.state == "OK" and state is None:
        # The rule has come to rest without this file: it does not hold it here.
        return at
    return replace(at, state="replicating", files_replicating=1)


def _names_another(rule: RuleRecord, rse: str) -> bool:
    """Whether the rule's expression is plainly some other RSE's name."""
    return rule.rse_expression != rse and not set(rule.rse_expression) & set("=&|\\()<>*")


async def _with_paths(
    client: RucioClient,
    found: list[Availability],
    *,
    replicas_of: dict[Did, ReplicaRecord],
    places: Sequence[Destination],
    destinations: Destinations,
    mounts: Mounts,
) -> list[Availability]:
    """Adds the paths of what Rucio calls available, and looks whether they are there."""
    by_rse = {place.rse: place for place in places}
    result = list(found)
    for place in places:
        there: list[tuple[int, str]] = []
        for index, at in enumerate(found):
            if at.state != "available" or at.rse is None or by_rse[at.rse] is not place:
                continue
            pfns = replicas_of[at.did].pfns.get(place.rse, ())
            path, pfn = await destinations.path(client, place, pfns)
            if path is None:
                result[index] = replace(
                    at,
                    state="unknown",
                    message=(
                        f"Rucio has it at {place.rse}, but where it is below {place.mount_path} "
                        "cannot be told from its address."
                    ),
                )
            else:
                result[index] = replace(at, path=path, pfn=pfn)
                there.append((index, path))
        try:
            exists = await mounts.existing(place.mount_path, [path for _, path in there])
        except MountHangs:
            for index, _ in there:
                result[index] = _not_seen(
                    result[index],
                    f"Rucio has it at {place.rse}, but the storage mounted at {place.mount_path} "
                    "does not answer.",
                )
            continue
        for (index, path), is_there in zip(there, exists, strict=True):
            if not is_there:
                result[index] = _not_seen(
                    result[index], f"Rucio has it at {place.rse}, but {path} does not exist here."
                )
    return result


def _not_seen(at: Availability, message: str) -> Availability:
    return replace(at, state="unknown", path=None, message=message)
