"""DIDs: search, look at, open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from rucio_jupyterlab.client.did import Did, quoted
from rucio_jupyterlab.client.filters import Filters, as_rucio_literal
from rucio_jupyterlab.client.parsing import did_of, enum_name, optional_int
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import (
    BadRequest,
    RucioBadAnswer,
    UnknownDid,
    UnknownScope,
    Unprocessable,
)

DidType = Literal["container", "dataset", "file"]
SearchType = Literal["all", "collection", "container", "dataset", "file"]

# One request of this many DIDs is some 60 kB, and ten database queries for Rucio.
BULK_DIDS = 500

# For a request about many Rucio makes a temporary table, which takes its database longer than this
# many requests about one.
FEW_DIDS = 3

_ONE_BY_ONE_AT_ONCE = 8

_TYPES: Mapping[str, DidType] = {
    **{name: "container" for name in ("CONTAINER", "DIDType.CONTAINER", "C")},
    **{name: "dataset" for name in ("DATASET", "DIDType.DATASET", "D")},
    **{name: "file" for name in ("FILE", "DIDType.FILE", "F")},
}


class DidRecord(NamedTuple):
    """``size_bytes`` and ``length`` (files below) are None where Rucio does not say."""

    did: Did
    type: DidType
    size_bytes: int | None
    length: int | None


class FileRecord(NamedTuple):
    """A file of a collection. ``adler32`` has eight hexadecimal digits."""

    did: Did
    size_bytes: int | None
    adler32: str | None


def search(
    client: RucioClient,
    scope: str,
    name: str = "*",
    *,
    type: SearchType = "collection",
    filters: Filters | None = None,
    recursive: bool = False,
    limit: int | None = None,
) -> AsyncGenerator[DidRecord, None]:
    """What matches, in Rucio's order. In ``name``, ``*`` stands for anything; for Rucio so does
    ``%``.

    ``filters`` are metadata conditions in Rucio's form (``{"run_number.gt": 5}``), several mappings
    are alternatives. An unknown scope gives nothing: Rucio does not tell it from an empty one.

    Raises:
        UnknownScope: a scope with a slash, which Rucio's search cannot address.
        BadRequest: code ``invalid_filter``, also while iterating.
    """
    if "/" in scope:
        raise UnknownScope(
            f"Rucio cannot search the scope “{scope}”.", hint="A scope cannot hold a slash here."
        )
    return client.stream(
        "GET",
        f"/dids/{quoted(scope)}/dids/search",
        params={
            "type": type,
            "filters": as_rucio_literal(filters, name),
            "recursive": recursive or None,
            "limit": limit,
            # Type and size come only with it.
            "long": True,
        },
        parse=_found,
    )


async def get(client: RucioClient, did: Did, *, dynamic: bool = False) -> DidRecord:
    """Type, size and length. A collection that is still open has neither size nor length, unless
    ``dynamic``, which lets Rucio count its files.

    Raises:
        UnknownDid: Rucio has no such DID.
    """
    return await client.get(
        f"/dids/{did.url_path}",
        params={"dynamic_depth": "FILE"} if dynamic else None,
        parse=lambda found: DidRecord(
            did,
            did_type(found["type"]),
            optional_int(found["bytes"]),
            optional_int(found["length"]),
        ),
    )


async def metadata(client: RucioClient, did: Did, plugin: str = "ALL") -> dict[str, Any]:
    """All that Rucio and its metadata plugins know of a DID, by key; times as Rucio writes them.

    Raises:
        UnknownDid: Rucio has no such DID.
    """
    return await client.get(f"/dids/{did.url_path}/meta", params={"plugin": plugin}, parse=dict)


async def bulk_metadata(
    client: RucioClient, dids: Sequence[Did], plugin: str = "DID_COLUMN"
) -> dict[Did, dict[str, Any]]:
    """Many DIDs in one request for each 500; those that Rucio does not know are left out."""
    found: dict[Did, dict[str, Any]] = {}
    for start in range(0, len(dids), BULK_DIDS):
        some = dids[start : start + BULK_DIDS]
        try:
            pairs = await client.list(
                "POST",
                "/dids/bulkmeta",
                json={"dids": as_json(some), "plugin": plugin},
                parse=lambda line: (did_of(line), dict(line)),
            )
        except (BadRequest, Unprocessable, RucioBadAnswer) as error:
            if error.rucio is None:
                raise
            # One name that the schema of this Rucio does not allow makes it refuse them all.
            found.update(await _one_by_one(client, some, plugin))
        else:
            found.update(pairs)
    return found


async def types(client: RucioClient, dids: Sequence[Did]) -> dict[Did, DidRecord]:
    """Type, size and length of DIDs; those that Rucio does not know are left out."""
    if len(dids) <= FEW_DIDS:
        found = await asyncio.gather(*(_if_known(client, did) for did in dids))
        return {record.did: record for record in found if record is not None}
    return {
        did: DidRecord(
            did,
            did_type(known["did_type"]),
            optional_int(known.get("bytes")),
            1 if did_type(known["did_type"]) == "file" else optional_int(known.get("length")),
        )
        for did, known in (await bulk_metadata(client, dids)).items()
    }


def content(client: RucioClient, did: Did) -> AsyncGenerator[DidRecord, None]:
    """The children, one level; of a file, nothing. Rucio says sizes of files only.

    Raises, while iterating:
        UnknownDid: Rucio has no such DID.
    """
    return client.stream("GET", f"/dids/{did.url_path}/dids", parse=_child)


def files(client: RucioClient, did: Did) -> AsyncGenerator[FileRecord, None]:
    """All files below, at any depth; of a file, itself. A file in two datasets comes once.

    Raises, while iterating:
        UnknownDid: Rucio has no such DID.
    """
    # Texts and not DIDs: the garbage collector would look at 100,000 of those again and again.
    seen: set[str] = set()

    def parse(line: Mapping[str, Any]) -> FileRecord | None:
        file = Did(line["scope"], line["name"])
        key = str(file)
        if key in seen:
            return None
        seen.add(key)
        return FileRecord(file, line["bytes"], line["adler32"])

    return client.stream("GET", f"/dids/{did.url_path}/files", parse=parse)


async def parents(client: RucioClient, did: Did) -> list[DidRecord]:
    """The collections that hold it, one level up. Nothing for a DID that Rucio does not know."""
    return await client.list(
        "GET",
        f"/dids/{did.url_path}/parents",
        parse=lambda line: DidRecord(did_of(line), did_type(line["type"]), None, None),
    )


def did_type(value: object) -> DidType:
    """Of ``DATASET`` and of ``DIDType.DATASET``, as Rucio before 35 wrote it."""
    return _TYPES[enum_name(value)]


def _found(line: Mapping[str, Any]) -> DidRecord:
    return DidRecord(
        Did(line["scope"], line["name"]), _TYPES[line["did_type"]], line["bytes"], line["length"]
    )


def _child(line: Mapping[str, Any]) -> DidRecord:
    type_ = did_type(line["type"])
    return DidRecord(did_of(line), type_, line["bytes"], 1 if type_ == "file" else None)


def as_json(dids: Sequence[Did]) -> list[dict[str, str]]:
    return [{"scope": did.scope, "name": did.name} for did in dids]


async def _if_known(client: RucioClient, did: Did) -> DidRecord | None:
    try:
        record = await get(client, did)
    except (UnknownDid, Unprocessable, BadRequest):
        return None
    return record._replace(length=1) if record.type == "file" else record


async def _one_by_one(
    client: RucioClient, dids: Sequence[Did], plugin: str
) -> dict[Did, dict[str, Any]]:
    room = asyncio.Semaphore(_ONE_BY_ONE_AT_ONCE)

    async def one(did: Did) -> tuple[Did, dict[str, Any]] | None:
        async with room:
            try:
                return did, await metadata(client, did, plugin)
            except (UnknownDid, Unprocessable, BadRequest):
                return None

    return dict(answer for answer in await asyncio.gather(*map(one, dids)) if answer)
