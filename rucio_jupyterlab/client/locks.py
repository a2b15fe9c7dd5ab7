"""Dataset locks: which rules, on a dataset or on its parents, cover it at which RSE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rules import LockState
from rucio_jupyterlab.client.transport import RucioClient


@dataclass(frozen=True, slots=True)
class DatasetLockRecord:
    """``did`` is the dataset; ``rule_id`` may be of a rule on one of its parents."""

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
    """Locks of many datasets in one request.

    With ``container`` the DIDs are containers, and the result is keyed by the datasets below them.
    A dataset without locks (or unknown to Rucio) is left out.
    """
    raise NotImplementedError
