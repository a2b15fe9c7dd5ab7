"""Where a file is on a deterministic RSE: Rucio's ``hash`` algorithm."""

from __future__ import annotations

import hashlib


def hash_path(scope: str, name: str) -> str:
    """The path of ``scope:name`` below an RSE's prefix, as `rucio.rse.translation` computes it."""
    digest = hashlib.md5(f"{scope}:{name}".encode(), usedforsecurity=False).hexdigest()
    folder = scope.replace(".", "/") if scope.startswith(("user", "group")) else scope
    return f"{folder}/{digest[0:2]}/{digest[2:4]}/{name}"
