"""Replication rules: what keeps data where it is wanted, and how far it has got."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal, cast

from rucio_jupyterlab.client import accounts
from rucio_jupyterlab.client.did import Did, quoted
from rucio_jupyterlab.client.dids import DidType, did_type
from rucio_jupyterlab.client.errors_map import one_line
from rucio_jupyterlab.client.parsing import did_of, enum_name, optional_int, time_of
from rucio_jupyterlab.client.retry import RetryPolicy
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import (
    Conflict,
    ExtensionError,
    NotAuthenticated,
    RucioBadAnswer,
    RucioTimeout,
    RucioUnreachable,
)

RuleState = Literal["OK", "REPLICATING", "STUCK", "SUSPENDED", "WAITING_APPROVAL", "INJECT"]
LockState = Literal["OK", "REPLICATING", "STUCK"]
RuleDidType = Literal["DATASET", "FILE"]

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
    """A rule. ``did`` is what it is on, of ``did_type``; the counts are of files; times are aware
    (UTC).

    ``is_mine``: it belongs to the account that is signed in. ``stuck_since`` is None while it is
    not stuck.
    """

    id: str
    did: Did
    did_type: DidType
    rse_expression: str
    state: RuleState
    locks_ok: int
    locks_replicating: int
    locks_stuck: int
    error: str | None
    account: str
    created_at: datetime | None
    expires_at: datetime | None
    stuck_since: datetime | None = None
    comment: str | None = None
    is_mine: bool = False


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
    return await _rules(client, f"/dids/{did.url_path}/rules")


async def associated_with_file(client: RucioClient, did: Did) -> list[RuleRecord]:
    """Rules that hold a file, those on its datasets and containers included."""
    return await _rules(client, f"/dids/{did.url_path}/associated_rules")


async def get(client: RucioClient, rule_id: str) -> RuleRecord:
    """
    Raises:
        NotFound: code ``unknown_rule``.
    """
    return await client.get(f"/rules/{quoted(rule_id)}", parse=partial(_rule, client))


def fulfilled(
    client: RucioClient, account: str, rse: str, did_type: RuleDidType
) -> AsyncGenerator[RuleRecord, None]:
    """The account's rules in state OK on exactly this RSE. There may be thousands: stop early."""
    return client.stream(
        "GET",
        "/rules/",
        # Rucio takes the letters that its database has for states and types (RuleState, DIDType).
        params={
            "account": account,
            "rse_expression": rse,
            "state": "O",
            "did_type": did_type[0],
        },
        parse=partial(_rule, client),
    )


def at_expression(client: RucioClient, rse_expression: str) -> AsyncGenerator[RuleRecord, None]:
    """Everybody's rules with exactly this RSE expression, in whatever state."""
    return client.stream(
        "GET",
        "/rules/",
        params={"rse_expression": rse_expression},
        parse=partial(_rule, client),
    )


def unfinished(
    client: RucioClient, account: str, did_type: RuleDidType | None = None
) -> AsyncGenerator[RuleRecord, None]:
    """The account's rules that still wait for a copy, or for somebody to help; on DIDs of every
    type unless one is named.
    """

    async def each() -> AsyncGenerator[RuleRecord, None]:
        # RuleState: replicating, stuck, suspended, waiting for approval, in preparation.
        for state in "RSUWI":
            found = client.stream(
                "GET",
                "/rules/",
                params={
                    "account": account,
                    "state": state,
                    "did_type": did_type[0] if did_type else None,
                },
                parse=partial(_rule, client),
            )
            async with aclosing(found):
                async for rule in found:
                    yield rule

    return each()


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
        RucioTimeout, RucioUnreachable: there was no answer, and there is no such rule (yet), or it
            is not known whether there is.
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
    policy = RetryPolicy()
    began = time.monotonic()
    attempt = 0
    while True:
        attempt += 1
        try:
            return await _post_rule(client, body)
        except (RucioTimeout, RucioUnreachable, RucioBadAnswer) as error:
            if error.rucio is not None or error.code == "tls_not_trusted":
                raise
            lost: ExtensionError = error
        except Conflict as error:
            if attempt == 1 or error.code != "duplicate_rule":
                raise
            lost = error
        # The answer is lost, and the rule may have been made all the same.
        made = await _made(client, did, owner, rse_expression, lost)
        if made is not None:
            return made
        # Sent twice it does no harm: Rucio refuses a second rule of one kind.
        wait = policy.wait_s(attempt, time.monotonic() - began)
        if wait is None or not isinstance(lost, RucioUnreachable):
            raise lost
        await asyncio.sleep(wait)


async def _made(
    client: RucioClient, did: Did, owner: str, rse_expression: str, lost: ExtensionError
) -> str | None:
    """The id of the rule, if there is one; raises ``lost`` when Rucio cannot be asked."""
    try:
        found = await for_did(client, did)
    except NotAuthenticated:
        raise
    except ExtensionError:
        raise lost from None
    return next(
        (
            rule.id
            for rule in found
            if rule.account == owner and rule.rse_expression == rse_expression
        ),
        None,
    )


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


async def retry(client: RucioClient, rule: RuleRecord) -> None:
    """Has Rucio try again what is stuck at its repairer's next pass, rather than hours later.

    A suspended rule, which Rucio has given up, is taken up again.

    Raises:
        Forbidden: the site allows it to nobody but administrators.
        NotFound: code ``unknown_rule``.
    """
    options: dict[str, Any] = {"boost_rule": True}
    if rule.state == "SUSPENDED":
        options["state"] = "STUCK"
    await client.request(
        "PUT", f"/rules/{quoted(rule.id)}", json={"options": options}, repeatable=False
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


async def _rules(client: RucioClient, path: str) -> list[RuleRecord]:
    """Each once: a file in several datasets of one container names its rule for each of them."""
    found = await client.list("GET", path, parse=partial(_rule, client))
    return list({rule.id: rule for rule in found}.values())


def _rule(client: RucioClient, line: Mapping[str, Any]) -> RuleRecord:
    state = cast(RuleState, enum_name(line["state"]))
    account = str(line["account"])
    return RuleRecord(
        id=str(line["id"]),
        did=did_of(line),
        did_type=did_type(line["did_type"]),
        rse_expression=str(line["rse_expression"]),
        state=state,
        locks_ok=optional_int(line["locks_ok_cnt"]) or 0,
        locks_replicating=optional_int(line["locks_replicating_cnt"]) or 0,
        locks_stuck=optional_int(line["locks_stuck_cnt"]) or 0,
        error=one_line(line.get("error")) or None,
        account=account,
        created_at=time_of(line.get("created_at")),
        expires_at=time_of(line.get("expires_at")),
        stuck_since=_stuck_since(state, line),
        comment=one_line(line.get("comments")) or None,
        # By now there has been a login, so the account is known.
        is_mine=account == client.account,
    )


def _stuck_since(state: RuleState, line: Mapping[str, Any]) -> datetime | None:
    """Rucio notes it when it first tries to repair the rule (``repair_rule`` in its core); until
    then the rule's last change is when it got stuck.
    """
    if state not in ("STUCK", "SUSPENDED"):
        return None
    return time_of(line.get("stuck_at")) or time_of(line.get("updated_at"))
