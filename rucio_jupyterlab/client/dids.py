"""DIDs: search, look at, open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.transport import RucioClient

DidType = Literal["container", "dataset", "file"]
SearchType = Literal["all", "collection", "container", "dataset", "file"]
Filters = Mapping[str, object] | Sequence[Mapping[str, object]]


class DidRecord(NamedTuple):
    """``size_bytes`` and ``length`` (files below) are None where Rucio does not say."""

    did: Did
    type: DidType
    size_bytes: int | None
    length: int | None


class FileRecord(NamedTuple):
    did: Did
    size_bytes: int | None
    adler32: str | None


def search(
    client: RucioClient,
    scope: str,
    name: str = "*",
    type: SearchType = "collection",
    filters: Filters | None = None,
    recursive: bool = False,
    limit: int | None = None,
    long: bool = True,
) -> AsyncIterator[DidRecord]:
    raise NotImplementedError


async def get(client: RucioClient, did: Did) -> DidRecord:
    raise NotImplementedError


async def metadata(client: RucioClient, did: Did, plugin: str = "ALL") -> dict[str, Any]:
    raise NotImplementedError


async def bulk_metadata(
    client: RucioClient, dids: Sequence[Did], plugin: str = "DID_COLUMN"
) -> dict[Did, dict[str, Any]]:
    """Many DIDs in one request; those that Rucio does not know are left out."""
    raise NotImplementedError


async def types(client: RucioClient, dids: Sequence[Did]) -> dict[Did, DidRecord]:
    """Type, size and length of many DIDs; those that Rucio does not know are left out."""
    raise NotImplementedError


def content(client: RucioClient, did: Did) -> AsyncIterator[DidRecord]:
    """The children, one level. A container's children have no size here: Rucio does not send it."""
    raise NotImplementedError


def files(client: RucioClient, did: Did) -> AsyncIterator[FileRecord]:
    """All files below, at any depth; of a file, itself. A file in two datasets comes once."""
    raise NotImplementedError


async def parents(client: RucioClient, did: Did) -> list[DidRecord]:
    raise NotImplementedError
