"""Where a deterministic RSE keeps a file, computed from its name alone.

The same rules as in ``rucio.rse.translation``, which the tests compare with.
"""

from __future__ import annotations


def hash_path(scope: str, name: str) -> str:
    """Rucio's ``hash``: ``scope/ab/cd/name``, from the MD5 of ``scope:name``."""
    raise NotImplementedError


def identity_path(scope: str, name: str) -> str:
    """Rucio's ``identity``: ``scope/name``."""
    raise NotImplementedError


def lfn2path(algorithm: str, scope: str, name: str) -> str | None:
    """The path below the protocol's prefix; None for an algorithm that is not known here."""
    raise NotImplementedError


def pfn_for(*, scheme: str, hostname: str, port: int, prefix: str, path: str) -> str:
    """The PFN as Rucio writes it for this protocol; ``path`` from ``lfn2path``."""
    raise NotImplementedError
