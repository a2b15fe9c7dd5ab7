"""The account that one is signed in as: who, how much it uses, how much it may use."""

from __future__ import annotations

from dataclasses import dataclass

from rucio_jupyterlab.client.transport import RucioClient


@dataclass(frozen=True, slots=True)
class Whoami:
    account: str
    email: str | None
    is_root_or_service: bool


@dataclass(frozen=True, slots=True)
class UsageRecord:
    """``bytes_limit`` None: no limit is set, -1 in Rucio's answers is "without end" and given as None."""

    rse: str
    bytes_used: int
    bytes_limit: int | None
    files: int


async def whoami(client: RucioClient) -> Whoami:
    raise NotImplementedError


async def usage(client: RucioClient, account: str) -> list[UsageRecord]:
    raise NotImplementedError


async def limits(client: RucioClient, account: str) -> dict[str, int | None]:
    """By RSE; None is without end."""
    raise NotImplementedError


async def scopes(client: RucioClient) -> list[str]:
    """All scopes, sorted."""
    raise NotImplementedError
