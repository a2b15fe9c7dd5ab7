"""Where a deterministic RSE keeps a file, computed from its name alone.

The same rules as in ``rucio.rse.translation`` and ``rucio.rse.protocols``, which the tests compare
with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Protocol


class StorageProtocol(Protocol):
    """What of an RSE's protocol decides how its PFNs are written."""

    @property
    def scheme(self) -> str: ...
    @property
    def hostname(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def prefix(self) -> str: ...
    @property
    def impl(self) -> str: ...
    @property
    def web_service_path(self) -> str: ...


def hash_path(scope: str, name: str) -> str:
    """Rucio's ``hash``: ``scope/ab/cd/name``, from the MD5 of ``scope:name``."""
    digest = hashlib.md5(f"{scope}:{name}".encode(), usedforsecurity=False).hexdigest()
    return f"{_scope_path(scope)}/{digest[0:2]}/{digest[2:4]}/{name}"


def identity_path(scope: str, name: str) -> str:
    """Rucio's ``identity``: ``scope/name``."""
    return f"{_scope_path(scope)}/{name}"


_ALGORITHMS: Mapping[str, Callable[[str, str], str]] = {
    "hash": hash_path,
    "identity": identity_path,
}


def lfn2path(algorithm: str | None, scope: str, name: str) -> str | None:
    """The path below the protocol's prefix; None for an algorithm that is not known here.

    Experiments add algorithms in policy packages, and may replace those known here, so a result
    counts only once it has been compared with a real replica.
    """
    known = _ALGORITHMS.get(algorithm or "")
    return known(scope, name) if known else None


def pfn_for(protocol: StorageProtocol, path: str) -> str | None:
    """The PFN as Rucio writes it for this protocol, ``path`` being from ``lfn2path``.

    None for an implementation whose way of writing is not known here.
    """
    prefix = protocol.prefix if protocol.prefix.startswith("/") else f"/{protocol.prefix}"
    prefix = prefix if prefix.endswith("/") else f"{prefix}/"
    kind = protocol.impl.removeprefix("rucio.rse.protocols.").partition(".")[0]
    if kind == "posix":
        return f"{protocol.scheme}://{protocol.hostname}{prefix}{path}"
    if kind in ("xrootd", "webdav"):
        return f"{protocol.scheme}://{protocol.hostname}:{protocol.port}{prefix}{path}"
    if kind == "gfal":
        host = protocol.hostname.partition("://")[2] or protocol.hostname
        port = f":{protocol.port}" if protocol.port else ""
        return f"{protocol.scheme}://{host}{port}{protocol.web_service_path}{prefix}{path}"
    return None


def _scope_path(scope: str) -> str:
    return scope.replace(".", "/") if scope.startswith(("user", "group")) else scope
