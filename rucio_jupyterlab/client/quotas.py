"""Quotas of an account besides those at single RSEs."""

from __future__ import annotations

from dataclasses import dataclass

from rucio_jupyterlab.client.did import quoted
from rucio_jupyterlab.client.parsing import optional_int
from rucio_jupyterlab.client.transport import RucioClient


@dataclass(frozen=True, slots=True)
class GlobalUsageRecord:
    """A limit on all RSEs of an expression together, in bytes. ``bytes_limit`` None is without
    end.
    """

    rse_expression: str
    bytes_used: int
    bytes_limit: int | None


async def global_usage(client: RucioClient, account: str) -> list[GlobalUsageRecord]:
    """Of each RSE expression that the account has a limit for."""
    return await client.list(
        "GET",
        f"/accounts/{quoted(account)}/usage/global",
        parse=lambda line: GlobalUsageRecord(
            str(line["rse_expression"]),
            optional_int(line.get("bytes")) or 0,
            _limit(line.get("bytes_limit")),
        ),
    )


async def is_unlimited(client: RucioClient, account: str) -> bool:
    """Whether Rucio asks about no quota of the account: it has the attribute ``admin``."""
    return await client.get(
        f"/accounts/{quoted(account)}/attr/",
        parse=lambda found: any(item["key"] == "admin" and bool(item["value"]) for item in found),
    )


def _limit(value: object) -> int | None:
    # Rucio writes ``Infinity``, which is no JSON but what Python's decoder takes.
    return None if value == float("inf") else optional_int(value) or 0
