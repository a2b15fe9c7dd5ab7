"""Rucio as a tree: scopes, what is in them, and what is in its collections.

One address costs a few requests, whatever the size of the scope or the collection that it names:
whether a file is in a dataset is asked of the file, which is in few, and not of the dataset.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from rucio_jupyterlab.client import dids, entries
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord
from rucio_jupyterlab.client.entries import Entry
from rucio_jupyterlab.client.scopes import list_scopes
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest, UnknownDid, UnknownScope
from rucio_jupyterlab.filesystem import address
from rucio_jupyterlab.filesystem.address import PROTOCOL, Address
from rucio_jupyterlab.services import Services

Info = dict[str, Any]
T = TypeVar("T")


class Tree:
    """The tree of one instance. What it gives are fsspec's ``info`` dictionaries."""

    def __init__(self, services: Services, instance: Instance) -> None:
        self._services = services
        self._instance = instance

    async def info(self, text: str) -> Info:
        """
        Raises:
            InvalidDid: this is no address.
            UnknownScope, UnknownDid: there is nothing of that name.
            BadRequest: code ``ambiguous_address``: there are two things that it can mean.
        """
        if text == address.ROOT:
            return _folder(text)
        wanted = Address.parse(text)
        client = await self._client()
        if not wanted.parts:
            return _folder(text, scope=await self._scope(client, wanted))
        return described(text, await self._entry(client, wanted))

    async def children(self, text: str) -> AsyncGenerator[Info, None]:
        """What is in a scope or a collection, one level; of a file, itself.

        Raises, while iterating: as ``info``.
        """
        client = await self._client()
        if text == address.ROOT:
            for scope in await list_scopes(client):
                yield _folder(address.of_scope(scope), scope=scope)
            return
        wanted = Address.parse(text)
        if not wanted.parts:
            scope = await self._scope(client, wanted)
            in_scope = dids.search(client, scope, type="all")
            async with aclosing(in_scope):
                async for record in in_scope:
                    yield described(address.of_did(record.did), Entry.of_record(record))
            return
        entry = await self._entry(client, wanted)
        if entry.type == "file":
            yield described(text, entry)
            return
        in_collection = entries.children(client, entry.did)
        async with aclosing(in_collection):
            async for child in in_collection:
                yield described(address.below(text, entry.did, child.did), child)

    async def matching(self, scopes: str, names: str) -> AsyncGenerator[Info, None]:
        """The DIDs of which a pattern of the shell's may hold, by its scope and its name.

        More than fit are given: Rucio knows only ``*``, and only where the operator lets it be
        searched by. Otherwise all of a scope is listed.
        """
        client = await self._client()
        if address.MAGIC.search(scopes):
            known = await list_scopes(client)
            wanted = [scope for scope in known if fnmatchcase(scope, scopes)]
        else:
            wanted = [await self._scope(client, Address(scopes, scopes, ()))]
        beginning = address.readings(address.MAGIC.split(names)[0])
        may_search = self._instance.wildcard_enabled
        for scope in wanted:
            for begin in beginning if may_search else [""]:
                found = dids.search(client, scope, f"{begin}*", type="all")
                async with aclosing(found):
                    async for record in found:
                        yield described(address.of_did(record.did), Entry.of_record(record))

    async def _client(self) -> RucioClient:
        return await self._services.sessions.client(self._instance)

    async def _scope(self, client: RucioClient, wanted: Address) -> str:
        known = await list_scopes(client)
        found = [scope for scope in wanted.scopes if scope in known]
        if not found:
            raise UnknownScope(f"There is no scope “{wanted.scope}” in this Rucio.")
        return _only(wanted, found)

    async def _entry(self, client: RucioClient, wanted: Address) -> Entry:
        """The DID as a whole wins; otherwise the longest beginning that is a collection with the
        rest in it.
        """
        count = len(wanted.parts)
        whole = wanted.beginnings(count)
        if count == 1 and len(whole) == 1:
            return await entries.get(client, whole[0])
        beginnings = {of: wanted.beginnings(of) for of in range(count, 0, -1)}
        known = await _known(client, beginnings.values())
        if found := [did for did in whole if did in known]:
            return await entries.get(client, _only(wanted, found))
        for of in range(count - 1, 0, -1):
            collections = [did for did in beginnings[of] if _is_collection(known.get(did))]
            inside = [
                did
                for collection in collections
                for did in await self._inside(client, wanted, collection, wanted.parts[of:])
            ]
            if inside:
                return await entries.get(client, _only(wanted, inside))
        raise UnknownDid(
            f"There is nothing in Rucio that {PROTOCOL}://{wanted.text} can mean.",
            hint="A file of a collection is named with its scope, as in "
            f"{PROTOCOL}://scope:dataset/scope:file, where that is another one.",
        )

    async def _inside(
        self, client: RucioClient, wanted: Address, collection: Did, parts: tuple[str, ...]
    ) -> list[Did]:
        """What ``parts`` mean below a collection; nothing where they mean nothing."""
        count = len(parts)
        beginnings = {of: address.inside(collection, parts[:of]) for of in range(count, 0, -1)}
        known = await _known(client, beginnings.values())
        for of, candidates in beginnings.items():
            here = [
                did
                for did in candidates
                if did in known
                and (of == count or _is_collection(known[did]))
                and await _holds(client, collection, did)
            ]
            if of == count and here:
                return [_only(wanted, here)]
            found = [
                did
                for child in here
                for did in await self._inside(client, wanted, child, parts[of:])
            ]
            if found:
                return [_only(wanted, found)]
        return []


def described(text: str, entry: Entry) -> Info:
    """fsspec's ``info`` of a DID at an address, with ``did`` and, of a collection, ``did_type``."""
    if entry.type == "file":
        return {
            "name": text,
            "type": "file",
            "size": entry.size_bytes,
            "did": str(entry.did),
            "adler32": entry.adler32,
            "md5": entry.md5,
        }
    about = {"did": str(entry.did), "did_type": entry.type}
    return _folder(text, **about, length=entry.length, bytes=entry.size_bytes)


def _folder(text: str, **about: object) -> Info:
    return {"name": text, "type": "directory", "size": 0, **about}


async def _known(client: RucioClient, candidates: Iterable[Sequence[Did]]) -> dict[Did, DidRecord]:
    wanted = dict.fromkeys(did for some in candidates for did in some)
    return await dids.types(client, list(wanted))


async def _holds(client: RucioClient, collection: Did, child: Did) -> bool:
    parents = dids.each_parent(client, child)
    async with aclosing(parents):
        async for record in parents:
            if record.did == collection:
                return True
    return False


def _is_collection(record: DidRecord | None) -> bool:
    return record is not None and record.type != "file"


def _only(wanted: Address, found: Sequence[T]) -> T:
    """
    Raises:
        BadRequest: code ``ambiguous_address``.
    """
    distinct = list(dict.fromkeys(found))
    if len(distinct) > 1:
        raise BadRequest(
            f"{PROTOCOL}://{wanted.text} can mean {' and '.join(map(str, distinct))}.",
            code="ambiguous_address",
            hint="Write %25 for each % that belongs to the name.",
        )
    return distinct[0]
