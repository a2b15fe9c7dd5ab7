"""What becomes of each file: new, there already, or in the way of something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import did_type
from rucio_jupyterlab.client.parsing import optional_int
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.services.availability.refusals import in_words
from rucio_jupyterlab.services.uploads import names
from rucio_jupyterlab.services.uploads.checksums import ChecksumReader, Checksums
from rucio_jupyterlab.services.uploads.model import (
    IN_THE_WAY,
    ItemStatus,
    PlanItem,
    Source,
    UploadRequest,
)


class ItemMaker:
    """Names files, and holds each name against what Rucio has."""

    def __init__(self, checksums: ChecksumReader) -> None:
        self._checksums = checksums

    async def make(
        self,
        client: RucioClient,
        request: UploadRequest,
        sources: Sequence[Source],
        known_dids: names.Known,
        named: Mapping[str, Did],
    ) -> list[PlanItem]:
        """Those with a problem first. ``named`` is the DID of each source by its path.

        ``known_dids`` says of all of them whether they exist, or cannot.
        """
        refused = [did for did in dict.fromkeys(named.values()) if did in known_dids.refused]
        offers = await names.proposals(client, refused, named.values())
        if request.uses_proposals and offers:
            # Those are asked about already, and new.
            named = {path: offers.get(did, did) for path, did in named.items()}
            known_dids = names.Known(known_dids.found, known_dids.refused.difference(offers))
        to_compare = [
            source
            for source in sources
            if source.problem is None
            and _same_size(known_dids.found.get(named[source.path]), source)
        ]
        checksums = await self._checksums.of(to_compare)
        owners: dict[Did, Source] = {}
        items = []
        for source in sources:
            did = named[source.path]
            status, message = _judged(did, source, known_dids, owners, checksums)
            if source.problem is None:
                owners.setdefault(did, source)
            offer = offers.get(did)
            proposal = offer.name if offer is not None and status == "invalid_name" else None
            items.append(PlanItem(source, did, status, message, proposal))
        return sorted(items, key=lambda item: item.status not in IN_THE_WAY)


def _judged(
    did: Did,
    source: Source,
    known_dids: names.Known,
    owners: Mapping[Did, Source],
    checksums: Mapping[str, Checksums | str],
) -> tuple[ItemStatus, str | None]:
    if source.problem is not None:
        return "unreadable", source.problem
    if did in known_dids.refused:
        return "invalid_name", f"Rucio does not take the name “{did.name}”."
    if did in owners:
        return "duplicate", f"{owners[did].path} would get the same name."
    columns = known_dids.found.get(did)
    if columns is None:
        return "new", None
    return _compared(did, source, columns, checksums.get(source.path))


def _compared(
    did: Did, source: Source, columns: Mapping[str, Any], ours: Checksums | str | None
) -> tuple[ItemStatus, str]:
    type_ = did_type(columns["did_type"])
    if type_ != "file":
        return "conflict", f"{did} is a {type_} already."
    if not _same_size(columns, source):
        size = optional_int(columns.get("bytes"))
        theirs = "another size" if size is None else in_bytes(size)
        return "conflict", (
            f"{did} exists with other content: {theirs} there, {in_bytes(source.size_bytes)} here."
        )
    if not isinstance(ours, Checksums):
        return "unreadable", ours or "It could not be compared with what Rucio has."
    difference = _difference(columns, ours)
    if difference is not None:
        return "conflict", f"{did} exists with other content of the same size: {difference}."
    return "exists", "It is in Rucio already, with the same content."


def _difference(columns: Mapping[str, Any], ours: Checksums) -> str | None:
    """What tells the contents apart; None where Rucio's checksums are ours."""
    pairs = [(name, columns.get(name), getattr(ours, name)) for name in ("adler32", "md5")]
    known = [(name, str(there), here) for name, there, here in pairs if there]
    if not known:
        return "Rucio has no checksum of it to compare with"
    for name, there, here in known:
        if not same_checksum(there, here):
            return f"{name} {there} there, {here} here"
    return None


def same_checksum(one: str, other: str) -> bool:
    """Storage and older clients write adler32 without leading zeros."""
    return one.strip().lower().lstrip("0") == other.strip().lower().lstrip("0")


def in_bytes(size_bytes: int) -> str:
    """``1.5 MB (1,500,000 bytes)``: two sizes that differ by a byte have to look different."""
    if size_bytes < 1000:
        return f"{size_bytes} bytes"
    return f"{in_words(size_bytes)} ({size_bytes:,} bytes)"


def _same_size(columns: Mapping[str, Any] | None, source: Source) -> bool:
    return columns is not None and optional_int(columns.get("bytes")) == source.size_bytes
