"""Downloads of the extension of 41.x and before: ``<base32(did)>/`` with a ``.donefile`` that names
the path of each file. They are found and used, and deleted only when the user says so.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import InvalidDid
from rucio_jupyterlab.services.copies.model import LocalCopy

DONE_FILE = ".donefile"

_NAME = re.compile(r"^[a-z2-7]+$")


def all_copies(root: Path) -> list[LocalCopy]:
    return [copy for folder, did in _folders(root) if (copy := _copy(folder, did)) is not None]


def copy_of(root: Path, did: Did) -> LocalCopy | None:
    """None where there is none, or one that is not complete."""
    return _copy(root / folder_name(did), did)


def files_of(root: Path, did: Did) -> dict[Did, Path]:
    """Those of one copy that are there; nothing where it is not complete."""
    return _files(root / folder_name(did)) or {}


def files(root: Path) -> dict[Did, Path]:
    """Those of all complete copies."""
    found: dict[Did, Path] = {}
    for folder, _ in _folders(root):
        found |= _files(folder) or {}
    return found


def folder_name(did: Did) -> str:
    """Base32 in small letters, without padding."""
    return base64.b32encode(str(did).encode()).decode().lower().rstrip("=")


def _folders(root: Path) -> Iterator[tuple[Path, Did]]:
    for done in root.glob(f"*/{DONE_FILE}"):
        did = _did(done.parent.name)
        if did is not None:
            yield done.parent, did


def _did(name: str) -> Did | None:
    if not _NAME.match(name):
        return None
    padding = "=" * (-len(name) % 8)
    try:
        return Did.parse(base64.b32decode(name.upper() + padding).decode())
    except (ValueError, InvalidDid):
        return None


def _files(folder: Path) -> dict[Did, Path] | None:
    """By DID; None where the copy is not complete."""
    try:
        paths = json.loads((folder / DONE_FILE).read_text("utf-8"))["paths"]
        found = {Did.parse(did): Path(path) for did, path in paths.items()}
        return found if found and all(path.is_file() for path in found.values()) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidDid):
        return None


def _copy(folder: Path, did: Did) -> LocalCopy | None:
    found = _files(folder)
    if found is None:
        return None
    return LocalCopy(
        did,
        str(folder),
        "file" if found.keys() == {did} else None,
        len(found),
        sum(path.stat().st_size for path in found.values()),
        was_completed=True,
        is_legacy=True,
        modified_at=datetime.fromtimestamp(folder.stat().st_mtime, timezone.utc),
    )
