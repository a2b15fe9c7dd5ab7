"""Replication rules: what keeps data where it is wanted, and how far it has got."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.transport import RucioClient

RuleState = Literal["OK", "REPLICATING", "STUCK", "SUSPENDED", "WAITING_APPROVAL", "INJECT"]
LockState = Literal["OK", "REPLICATING", "STUCK"]


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """A rule. ``did`` is what it is on; times are aware (UTC)."""

    id: str
    did: Did
    rse_expression: str
    state: RuleState
    locks_ok: int
    locks_replicating: int
    locks_stuck: int
    error: str | None
    account: str
    created_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class LockRecord:
    """One file of a rule at one RSE."""

    did: Did
    rse: str
    state: LockState
    size_bytes: int | None


async def for_did(client: RucioClient, did: Did) -> list[RuleRecord]:
    """Rules on this very DID. Raises UnknownDid."""
    raise NotImplementedError


async def associated_with_file(client: RucioClient, did: Did) -> list[RuleRecord]:
    """Rules that hold a file, those on its datasets and containers included."""
    raise NotImplementedError


async def get(client: RucioClient, rule_id: str) -> RuleRecord:
    raise NotImplementedError


async def add(
    client: RucioClient,
    did: Did,
    rse_expression: str,
    lifetime_s: int | None = None,
    *,
    account: str | None = None,
    comment: str | None = None,
) -> str:
    """The id of the new rule: one copy, for the signed-in account.

    Raises:
        Conflict: code ``duplicate_rule``; QuotaExceeded; Unprocessable: code
            ``invalid_rse_expression``; UnknownDid; Forbidden.
    """
    raise NotImplementedError


async def delete(client: RucioClient, rule_id: str) -> None:
    raise NotImplementedError


def locks(client: RucioClient, rule_id: str) -> AsyncIterator[LockRecord]:
    """One lock a file: it grows with the collection, so stop early."""
    raise NotImplementedError


async def stuck_examples(
    client: RucioClient, rule_id: str, count: int = 3, *, look_at: int = 2000
) -> list[LockRecord]:
    """Up to ``count`` stuck files among the first ``look_at`` locks."""
    raise NotImplementedError
