"""DIDs as a file system sees them: type, size and checksums."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any, NamedTuple

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord, DidType, did_type
from rucio_jupyterlab.client.parsing import did_of, optional_int, optional_text
from rucio_jupyterlab.client.transport import RucioClient


class Entry(NamedTuple):
    """``size_bytes`` and ``length`` (files below) are None where Rucio does not say; checksums are
    hexadecimal, and files have them.
    """

    did: Did
    type: DidType
    size_bytes: int | None
    length: int | None = None
    adler32: str | None = None
    md5: str | None = None

    @classmethod
    def of_record(cls, record: DidRecord) -> Entry:
        return cls(record.did, record.type, record.size_bytes, record.length)


async def get(client: RucioClient, did: Did) -> Entry:
    """
    Raises:
        UnknownDid: Rucio has no such DID.
    """
    columns = await dids.metadata(client, did, "DID_COLUMN")
    return _entry(did, columns, columns["did_type"])


def children(client: RucioClient, did: Did) -> AsyncGenerator[Entry, None]:
    """One level; of a file, nothing. Rucio says sizes of files only.

    Raises, while iterating:
        UnknownDid: Rucio has no such DID.
    """
    return client.stream(
        "GET",
        f"/dids/{did.url_path}/dids",
        parse=lambda line: _entry(did_of(line), line, line["type"]),
    )


def _entry(did: Did, said: Mapping[str, Any], type: object) -> Entry:
    return Entry(
        did,
        did_type(type),
        optional_int(said.get("bytes")),
        optional_int(said.get("length")),
        optional_text(said.get("adler32")),
        optional_text(said.get("md5")),
    )
