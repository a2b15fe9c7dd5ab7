"""RSEs: the storage sites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from rucio_jupyterlab.client.did import quoted
from rucio_jupyterlab.client.parsing import optional_int, optional_text
from rucio_jupyterlab.client.transport import RucioClient


@dataclass(frozen=True, slots=True)
class RseProtocol:
    """One way to reach an RSE. ``prefix`` as Rucio gives it, usually ending in a slash.

    ``impl`` is the name of Rucio's class for it, which decides how its PFNs are written. A priority
    is None where it is not for reading (or writing) in that domain; 1 is the preferred one.
    """

    scheme: str
    hostname: str
    port: int
    prefix: str
    impl: str
    web_service_path: str
    read_lan_priority: int | None
    read_wan_priority: int | None
    write_wan_priority: int | None = None


@dataclass(frozen=True, slots=True)
class RseRecord:
    """``lfn2pfn_algorithm`` is the name of the naming rule, where Rucio says it."""

    rse: str
    deterministic: bool
    lfn2pfn_algorithm: str | None
    is_readable: bool
    is_writable: bool
    protocols: tuple[RseProtocol, ...]


class RseSummary(NamedTuple):
    """What Rucio lists of each RSE, without its protocols."""

    rse: str
    deterministic: bool
    is_writable: bool


async def get(client: RucioClient, rse: str) -> RseRecord:
    """With its protocols, in one request.

    Raises:
        NotFound: code ``unknown_rse``.
    """
    return await client.get(f"/rses/{quoted(rse)}", parse=_rse)


async def protocols(client: RucioClient, rse: str) -> tuple[RseProtocol, ...]:
    """Readable ones first, Rucio's preferred one at the head.

    Raises:
        NotFound: code ``unknown_rse``.
    """
    return (await get(client, rse)).protocols


async def attributes(client: RucioClient, rse: str) -> dict[str, Any]:
    """
    Raises:
        NotFound: code ``unknown_rse``.
    """
    return await client.get(f"/rses/{quoted(rse)}/attr/", parse=dict)


async def list_rses(client: RucioClient, expression: str | None = None) -> list[str]:
    """Names, sorted.

    Raises:
        Unprocessable: code ``invalid_rse_expression``.
    """
    return sorted(
        await client.list(
            "GET",
            "/rses/",
            params={"expression": expression},
            parse=lambda line: str(line["rse"]),
        )
    )


async def summaries(client: RucioClient, expression: str | None = None) -> list[RseSummary]:
    """Sorted by name; two requests however many there are.

    Raises:
        Unprocessable: code ``invalid_rse_expression``.
    """
    # By expression Rucio says no more than the names.
    wanted = set(await list_rses(client, expression)) if expression else None
    every = await client.list("GET", "/rses/", parse=_summary)
    return sorted(item for item in every if wanted is None or item.rse in wanted)


def _summary(known: Mapping[str, Any]) -> RseSummary:
    return RseSummary(
        str(known["rse"]),
        bool(known.get("deterministic", True)),
        bool(known.get("availability_write", True)),
    )


def _rse(known: Mapping[str, Any]) -> RseRecord:
    return RseRecord(
        rse=str(known["rse"]),
        deterministic=bool(known["deterministic"]),
        lfn2pfn_algorithm=optional_text(known.get("lfn2pfn_algorithm")),
        is_readable=bool(known.get("availability_read", True)),
        is_writable=bool(known.get("availability_write", True)),
        protocols=_by_preference(known.get("protocols") or []),
    )


def _by_preference(listed: list[Mapping[str, Any]]) -> tuple[RseProtocol, ...]:
    never = 1000
    return tuple(
        sorted(
            map(_protocol, listed),
            key=lambda known: (
                known.read_wan_priority or never,
                known.read_lan_priority or never,
            ),
        )
    )


def _protocol(known: Mapping[str, Any]) -> RseProtocol:
    domains = known.get("domains") or {}
    extended = known.get("extended_attributes")
    web_service_path = extended.get("web_service_path") if isinstance(extended, dict) else None
    return RseProtocol(
        scheme=str(known["scheme"]),
        hostname=str(known["hostname"]),
        port=optional_int(known.get("port")) or 0,
        prefix=str(known.get("prefix") or ""),
        impl=str(known.get("impl") or ""),
        web_service_path=str(web_service_path or ""),
        # Rucio writes 0, and older versions null, for “not this way”.
        read_lan_priority=optional_int((domains.get("lan") or {}).get("read")) or None,
        read_wan_priority=optional_int((domains.get("wan") or {}).get("read")) or None,
        write_wan_priority=optional_int((domains.get("wan") or {}).get("write")) or None,
    )
