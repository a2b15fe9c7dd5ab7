"""Dataset locks: which rules, on a dataset or on its parents, cover it at which RSE."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from rucio_jupyterlab.client.did import Did, quoted
from rucio_jupyterlab.client.dids import BULK_DIDS
from rucio_jupyterlab.client.parsing import did_of, enum_name, optional_int, optional_text
from rucio_jupyterlab.client.rules import LockState
from rucio_jupyterlab.client.transport import RucioClient


@dataclass(frozen=True, slots=True)
class DatasetLockRecord:
    """``did`` is the dataset; ``rule_id`` may be of a rule on one of its parents.

    ``length`` and ``size_bytes`` are of the dataset as it was when the rule was made.
    """

    did: Did
    rse: str
    rule_id: str
    state: LockState
    length: int | None
    size_bytes: int | None
    account: str | None


async def for_datasets(
    client: RucioClient, dids: Sequence[Did], *, container: bool = False
) -> dict[Did, list[DatasetLockRecord]]:
    """Locks of many datasets in one request for each 500.

    With ``container`` the DIDs are containers, and the result is keyed by the datasets below them.
    A dataset without locks, or unknown to Rucio, is left out.
    """
    # Without the type Rucio looks it up, one query a DID, and fails at the first file.
    kind = "container" if container else "dataset"
    found: dict[Did, list[DatasetLockRecord]] = {}
    for start in range(0, len(dids), BULK_DIDS):
        some = dids[start : start + BULK_DIDS]
        records = await client.list(
            "POST",
            "/locks/bulk_locks_for_dids",
            json={"dids": [{"scope": did.scope, "name": did.name, "type": kind} for did in some]},
            parse=_lock,
        )
        for record in records:
            found.setdefault(record.did, []).append(record)
    return found


def at_rse(client: RucioClient, rse: str) -> AsyncGenerator[DatasetLockRecord, None]:
    """Of all datasets that anybody's rules hold at an RSE. There may be a great many: stop early.

    Raises, while iterating:
        NotFound: code ``unknown_rse``.
    """
    return client.stream(
        "GET", f"/locks/{quoted(rse)}", params={"did_type": "dataset"}, parse=_lock
    )


def _lock(line: Mapping[str, Any]) -> DatasetLockRecord:
    return DatasetLockRecord(
        did_of(line),
        str(line["rse"]),
        str(line["rule_id"]),
        cast(LockState, enum_name(line["state"])),
        optional_int(line.get("length")),
        optional_int(line.get("bytes")),
        optional_text(line.get("account")),
    )
