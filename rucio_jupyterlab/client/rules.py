"""Replication rules: what keeps data where it is wanted, and how far it has got."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from rucio_jupyterlab.client import accounts
from rucio_jupyterlab.client.did import Did, quoted
from rucio_jupyterlab.client.errors_map import one_line
from rucio_jupyterlab.client.parsing import did_of, enum_name, optional_int, time_of
from rucio_jupyterlab.client.retry import RetryPolicy
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import RucioBadAnswer, RucioTimeout

RuleState = Literal["OK", "REPLICATING", "STUCK", "SUSPENDED", "WAITING_APPROVAL", "INJECT"]
LockState = Literal["OK", "REPLICATING", "STUCK"]

# Rucio makes the locks of up to 10,000 files while the request waits.
RULE_TIMEOUT_S = 180.0

# With these Rucio has rolled its transaction back.
_UNDONE = frozenset(
    {
        "DatabaseException",
        "ReplicationRuleCreationTemporaryFailed",
        "ResourceTemporaryUnavailable",
    }
)


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """A rule. ``did`` is what it is on; the counts are of files; times are aware (UTC)."""

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
    """Rules on this very DID.

    Raises:
        UnknownDid: Rucio has no such DID.
    """
    return _once_each(await client.list("GET", f"/dids/{did.url_path}/rules", parse=_rule))


async def associated_with_file(client: RucioClient, did: Did) -> list[RuleRecord]:
    """Rules that hold a file, those on its datasets and containers included."""
    return _once_each(
        await client.list("GET", f"/dids/{did.url_path}/associated_rules", parse=_rule)
    )


async def get(client: RucioClient, rule_id: str) -> RuleRecord:
    """
    Raises:
        NotFound: code ``unknown_rule``.
    """
    return await client.get(f"/rules/{quoted(rule_id)}", parse=_rule)


async def add(
    client: RucioClient,
    did: Did,
    rse_expression: str,
    lifetime_s: int | None = None,
    *,
    account: str | None = None,
    comment: str | None = None,
) -> str:
    """The id of the new rule: one copy, all files of a dataset at one RSE, for the signed-in
    account.

    Raises:
        Conflict: code ``duplicate_rule``.
        QuotaExceeded: the account has no or too little quota.
        Unprocessable: code ``invalid_rse_expression``, ``insufficient_target_rses``.
        RucioBadAnswer: code ``rucio_busy`` when its database stays busy.
        RucioTimeout: Rucio took minutes, and there is no such rule yet.
        UnknownDid, Forbidden
    """
    owner = account or client.account or (await accounts.whoami(client)).account
    body = {
        "dids": [{"scope": did.scope, "name": did.name}],
        "account": owner,
        "copies": 1,
        "rse_expression": rse_expression,
        "lifetime": lifetime_s,
        "grouping": "DATASET",
        "comment": comment,
    }
    try:
        return await _post_rule(client, body)
    except RucioTimeout:
        # It may have been made all the same, and a second one would be refused as a duplicate.
        for rule in await for_did(client, did):
            if rule.account == owner and rule.rse_expression == rse_expression:
                return rule.id
        raise


async def _post_rule(client: RucioClient, body: Mapping[str, Any]) -> str:
    """Tries again where Rucio has undone all: two rules of one kind cannot come of it."""
    policy = RetryPolicy()
    began = time.monotonic()
    attempt = 0
    while True:
        attempt += 1
        try:
            return await client.post(
                "/rules/", body, parse=lambda ids: str(ids[0]), timeout=RULE_TIMEOUT_S
            )
        except RucioBadAnswer as error:
            undone = error.rucio is not None and error.rucio.exception_class in _UNDONE
            wait = policy.wait_s(attempt, time.monotonic() - began) if undone else None
            if wait is None:
                raise
        await asyncio.sleep(wait)


async def set_lifetime(client: RucioClient, rule_id: str, lifetime_s: int | None) -> None:
    """Lets it end ``lifetime_s`` seconds from now; None: never.

    Raises:
        Forbidden: the site allows it to nobody but administrators.
        NotFound: code ``unknown_rule``.
        Conflict: the RSE's policy does not allow as long a life.
    """
    await client.request(
        "PUT",
        f"/rules/{quoted(rule_id)}",
        json={"options": {"lifetime": lifetime_s}},
        repeatable=True,
    )


async def delete(client: RucioClient, rule_id: str) -> None:
    """Rucio lets it end within the hour, and then removes what no other rule holds.

    Raises:
        Forbidden: not this account's, or the site allows it to nobody but administrators.
        NotFound: code ``unknown_rule``.
    """
    await client.request(
        "DELETE",
        f"/rules/{quoted(rule_id)}",
        json={"purge_replicas": None},
        repeatable=False,
    )


def locks(client: RucioClient, rule_id: str) -> AsyncGenerator[LockRecord, None]:
    """One lock a file: it grows with the collection, so stop early (``contextlib.aclosing``)."""
    return client.stream(
        "GET",
        f"/rules/{quoted(rule_id)}/locks",
        parse=lambda line: LockRecord(
            did_of(line),
            str(line["rse"]),
            cast(LockState, enum_name(line["state"])),
            optional_int(line.get("bytes")),
        ),
    )


async def stuck_examples(
    client: RucioClient, rule_id: str, count: int = 3, *, look_at: int = 2000
) -> list[LockRecord]:
    """Up to ``count`` stuck files among the first ``look_at`` locks."""
    examples: list[LockRecord] = []
    looked_at = 0
    found = locks(client, rule_id)
    async with aclosing(found):
        async for lock in found:
            looked_at += 1
            if lock.state == "STUCK":
                examples.append(lock)
            if len(examples) >= count or looked_at >= look_at:
                break
    return examples


def _once_each(rules: list[RuleRecord]) -> list[RuleRecord]:
    """A file in several datasets of one container names that container's rule for each of them."""
    return list({rule.id: rule for rule in rules}.values())


def _rule(line: Mapping[str, Any]) -> RuleRecord:
    return RuleRecord(
        id=str(line["id"]),
        did=did_of(line),
        rse_expression=str(line["rse_expression"]),
        state=cast(RuleState, enum_name(line["state"])),
        locks_ok=optional_int(line["locks_ok_cnt"]) or 0,
        locks_replicating=optional_int(line["locks_replicating_cnt"]) or 0,
        locks_stuck=optional_int(line["locks_stuck_cnt"]) or 0,
        error=one_line(line.get("error")) or None,
        account=str(line["account"]),
        created_at=time_of(line.get("created_at")),
        expires_at=time_of(line.get("expires_at")),
    )
