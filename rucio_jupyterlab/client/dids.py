"""DIDs: search, look at, open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, Literal, NamedTuple, TypeVar

from rucio_jupyterlab.client.did import Did, quoted
from rucio_jupyterlab.client.filters import Group, as_rucio_literal, names_as_rucio_literal
from rucio_jupyterlab.client.parsing import did_of, enum_name, optional_int
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import (
    BadRequest,
    RucioBadAnswer,
    UnknownDid,
    UnknownScope,
    Unprocessable,
)

T = TypeVar("T")

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
    filters: Sequence[Group] = (),
    limit: int | None = None,
) -> AsyncGenerator[DidRecord, None]:
    """What matches, in Rucio's order. In ``name``, ``*`` stands for anything.

    ``filters`` are alternatives of conditions on columns (``filters.parse``). An unknown scope
    gives nothing: Rucio does not tell it from an empty one.

    Raises:
        UnknownScope: a scope with a slash, which Rucio's search cannot address.
        BadRequest, Unprocessable, RucioBadAnswer: Rucio fails on the conditions, while iterating.
    """
    return _search(client, scope, name, filters, {"type": type, "limit": limit}, parse=_found)


def files_named(client: RucioClient, scope: str, names: Sequence[str]) -> AsyncGenerator[Did, None]:
    """Files of a scope that have one of these names, in which ``*`` stands for anything. They go
    into the address: some tens at a time.
    """
    return client.stream(
        "GET",
        f"/dids/{quoted(scope)}/dids/search",
        params={"type": "file", "filters": names_as_rucio_literal(names)},
        parse=lambda name: Did(scope, str(name)),
    )


def search_json(
    client: RucioClient, scope: str, name: str, filters: Sequence[Group]
) -> AsyncGenerator[Did, None]:
    """As ``search``, by conditions on JSON metadata. Of what it finds Rucio says the name only,
    and it finds DIDs of every type.
    """
    return _search(client, scope, name, filters, {"type": "all"}, parse=did_of)


def _search(
    client: RucioClient,
    scope: str,
    name: str,
    filters: Sequence[Group],
    params: Mapping[str, str | int | None],
    *,
    parse: Callable[[Any], T],
) -> AsyncGenerator[T, None]:
    if "/" in scope:
        raise UnknownScope(
            f"Rucio cannot search the scope “{scope}”.", hint="A scope cannot hold a slash here."
        )
    return client.stream(
        "GET",
        f"/dids/{quoted(scope)}/dids/search",
        # Type and size come only with the long form.
        params={**params, "filters": as_rucio_literal(filters, name), "long": True},
        parse=parse,
    )


async def get(client: RucioClient, did: Did, *, dynamic: bool = False) -> DidRecord:
    """Type, size and length. A collection that is still open has neither size nor length, unless
    ``dynamic``, which lets Rucio count its files.

    Raises:
        UnknownDid: Rucio has no such DID.
    """
    async with _unknown_in_any_script(client, did):
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
    async with _unknown_in_any_script(client, did):
        return await client.get(f"/dids/{did.url_path}/meta", params={"plugin": plugin}, parse=dict)


async def bulk_metadata(
    client: RucioClient,
    dids: Sequence[Did],
    plugin: str = "DID_COLUMN",
    *,
    may_split: bool = True,
) -> dict[Did, dict[str, Any]]:
    """Many DIDs in one request for each 500; those that Rucio does not know are left out, and so
    are those whose names its schema does not allow.

    Raises:
        Unprocessable: unless ``may_split``, the schema does not allow one of the names.
    """
    found: dict[Did, dict[str, Any]] = {}
    for start in range(0, len(dids), BULK_DIDS):
        some = dids[start : start + BULK_DIDS]
        if may_split and (others := [did for did in some if not _is_latin(did)]):
            # Asked about many, it breaks at these, and it breaks in one piece.
            found.update(await _one_by_one(client, others, plugin))
            some = [did for did in some if _is_latin(did)]
        if not some:
            continue
        try:
            pairs = await client.list(
                "POST",
                "/dids/bulkmeta",
                json={"dids": as_json(some), "plugin": plugin},
                parse=lambda line: (did_of(line), dict(line)),
            )
        except (BadRequest, Unprocessable, RucioBadAnswer) as error:
            if not may_split or error.rucio is None or error.code == "unsupported_operation":
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
        did: record_of(did, known) for did, known in (await bulk_metadata(client, dids)).items()
    }


def record_of(did: Did, columns: Mapping[str, Any]) -> DidRecord:
    """From the columns that ``bulk_metadata`` gives."""
    type_ = did_type(columns["did_type"])
    length = 1 if type_ == "file" else optional_int(columns.get("length"))
    return DidRecord(did, type_, optional_int(columns.get("bytes")), length)


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
    """``each_parent``, gathered."""
    found = each_parent(client, did)
    async with aclosing(found):
        return [record async for record in found]


def each_parent(client: RucioClient, did: Did) -> AsyncGenerator[DidRecord, None]:
    """The collections that hold it, one level up. Nothing for a DID that Rucio does not know."""
    return client.stream(
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


@asynccontextmanager
async def _unknown_in_any_script(client: RucioClient, did: Did) -> AsyncIterator[None]:
    """Rucio writes its errors into a header as well, which holds Latin-1 and no more. So of a DID
    whose name has other letters it cannot say that there is none, and breaks.
    """
    try:
        yield
    except RucioBadAnswer as error:
        if _is_latin(did) or await _is_found(client, did):
            raise
        raise UnknownDid(f"Rucio has no data identifier {did}.", rucio=error.rucio) from error


async def _is_found(client: RucioClient, did: Did) -> bool:
    found = search(client, did.scope, did.name, type="all", limit=1)
    async with aclosing(found):
        return any([record.did == did async for record in found])


def _is_latin(did: Did) -> bool:
    try:
        str(did).encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


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
