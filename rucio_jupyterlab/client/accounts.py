"""The account that one is signed in as: who, how much it uses, how much it may use."""

from __future__ import annotations

from dataclasses import dataclass

from rucio_jupyterlab.client.did import quoted
from rucio_jupyterlab.client.parsing import enum_name, optional_int, optional_text
from rucio_jupyterlab.client.transport import RucioClient


@dataclass(frozen=True, slots=True)
class Whoami:
    """``is_service`` for accounts that are no person's: ROOT, SERVICE, GROUP."""

    account: str
    email: str | None
    is_service: bool


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """``bytes_limit`` None is without end. An account without a limit may use nothing: it is 0
    there.
    """

    rse: str
    bytes_used: int
    bytes_limit: int | None
    files: int


async def whoami(client: RucioClient) -> Whoami:
    return await client.get(
        "/accounts/whoami",
        parse=lambda answer: Whoami(
            str(answer["account"]),
            optional_text(answer.get("email")),
            enum_name(answer.get("account_type")) != "USER",
        ),
    )


async def usage(client: RucioClient, account: str) -> list[UsageRecord]:
    """At each RSE where the account has a limit or data."""
    return await client.list(
        "GET",
        f"/accounts/{quoted(account)}/usage/local",
        parse=lambda line: UsageRecord(
            str(line["rse"]),
            optional_int(line.get("bytes")) or 0,
            _limit(line.get("bytes_limit")),
            optional_int(line.get("files")) or 0,
        ),
    )


async def limits(client: RucioClient, account: str) -> dict[str, int | None]:
    """Bytes by RSE; None is without end."""
    return await client.get(
        f"/accounts/{quoted(account)}/limits/local",
        parse=lambda answer: {str(rse): _limit(limit) for rse, limit in answer.items()},
    )


def _limit(value: object) -> int | None:
    """JSON has no infinity: Rucio writes ``Infinity`` for an unlimited account, and -1 for none
    set.
    """
    if isinstance(value, float) and value == float("inf"):
        return None
    limit = optional_int(value)
    return 0 if limit is None or limit < 0 else limit
