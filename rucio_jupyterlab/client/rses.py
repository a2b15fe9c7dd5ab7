"""RSEs: the storage sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rucio_jupyterlab.client.transport import RucioClient


@dataclass(frozen=True, slots=True)
class RseProtocol:
    """One way to reach an RSE. ``prefix`` as Rucio gives it, usually ending in a slash."""

    scheme: str
    hostname: str
    port: int
    prefix: str
    web_service_path: str
    read_lan_priority: int | None
    read_wan_priority: int | None


@dataclass(frozen=True, slots=True)
class RseRecord:
    """``lfn2pfn_algorithm`` is the name of the naming rule, where Rucio says it."""

    rse: str
    deterministic: bool
    lfn2pfn_algorithm: str | None
    is_readable: bool
    is_writable: bool
    protocols: tuple[RseProtocol, ...]


async def get(client: RucioClient, rse: str) -> RseRecord:
    """With its protocols, in one request. Raises NotFound (code ``unknown_rse``)."""
    raise NotImplementedError


async def protocols(client: RucioClient, rse: str) -> tuple[RseProtocol, ...]:
    """Readable ones, Rucio's preferred first."""
    raise NotImplementedError


async def attributes(client: RucioClient, rse: str) -> dict[str, Any]:
    raise NotImplementedError


async def list_rses(client: RucioClient, expression: str | None = None) -> list[str]:
    """Names. Raises Unprocessable (code ``invalid_rse_expression``)."""
    raise NotImplementedError
