"""Looking at local copies. All of it blocks: call it in a thread."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import InvalidDid
from rucio_jupyterlab.jobs.layout import MARKER, Layout, file_did, file_name
from rucio_jupyterlab.services.copies import legacy
from rucio_jupyterlab.services.copies.model import Found, LocalCopy


def all_copies(root: Path) -> list[LocalCopy]:
    """Those of 41.x and before too; the newest first."""
    found = [copy for folder in _folders(root) if (copy := _copy(folder)) is not None]
    found += legacy.all_copies(root)
    return sorted(
        found, key=lambda copy: copy.modified_at or datetime.fromtimestamp(0, timezone.utc)
    )[::-1]


def find(root: Path, wanted: Iterable[Did]) -> Found:
    """What is here of each. A file is looked for in all copies."""
    asked = list(wanted)
    if not root.is_dir():
        return Found({}, {})
    layout = Layout(str(root))
    copies: dict[Did, LocalCopy] = {}
    for did in asked:
        copy = _copy(Path(layout.folder(did))) or legacy.copy_of(root, did)
        if copy is not None and copy.did == did:
            copies[did] = copy
    whose = [(of, folder) for folder in _folders(root) if (of := _whose(folder)) is not None]
    old_files = legacy.files(root)
    files: dict[Did, tuple[str, int]] = {}
    for did in asked:
        places = [folder / file_name(did, owner) for owner, folder in whose]
        if did in old_files:
            places.append(old_files[did])
        for place in places:
            size = _size(place)
            if size is not None:
                files[did] = (str(place), size)
                break
    return Found(copies, files)


def files_of(root: Path, did: Did) -> dict[Did, tuple[str, int]]:
    """The files of a copy with their paths and sizes, sorted by name."""
    folder = Path(Layout(str(root)).folder(did))
    marker = _marker(folder)
    if marker is None:
        old = legacy.files_of(root, did)
        return {file: (str(path), _size(path) or 0) for file, path in sorted(old.items())}
    names: Mapping[str, str] = marker.get("names") or {}
    found = {}
    for entry in _entries(folder):
        file = Did.parse(names[entry.name]) if entry.name in names else file_did(entry.name, did)
        if file is not None:
            found[file] = (entry.path, entry.stat().st_size)
    return dict(sorted(found.items()))


def delete(root: Path, copy: LocalCopy) -> int:
    """How many bytes that frees: files that other copies share stay, in those."""
    folder = Path(copy.path)
    freed = sum(entry.stat().st_size for entry in _entries(folder) if entry.stat().st_nlink == 1)
    # Out of sight in one step, so that nothing half is found while it goes.
    parts = Path(Layout(str(root)).parts)
    parts.mkdir(parents=True, exist_ok=True)
    gone = folder.rename(parts / f"deleted-{os.getpid()}-{folder.name[:80]}")
    shutil.rmtree(gone, ignore_errors=True)
    if not copy.is_legacy:
        _remove_if_empty(folder.parent)
    return freed


def free_bytes(folder: Path) -> int | None:
    """On the disk where ``folder`` is, or would be."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None


def _folders(root: Path) -> Iterator[Path]:
    for marker in root.glob(f"[!.]*/*/{MARKER}"):
        yield marker.parent


def _copy(folder: Path) -> LocalCopy | None:
    marker = _marker(folder)
    if marker is None:
        return None
    did = Did.parse(marker["did"])
    sizes = [entry.stat().st_size for entry in _entries(folder)]
    known = marker.get("rucio") or {}
    return LocalCopy(
        did,
        str(folder),
        marker.get("type"),
        len(sizes),
        sum(sizes),
        was_completed=bool(marker.get("is_complete")),
        of_files=marker.get("files"),
        rucio_length=known.get("length"),
        rucio_bytes=known.get("bytes"),
        modified_at=datetime.fromtimestamp(folder.stat().st_mtime, timezone.utc),
    )


def _whose(folder: Path) -> Did | None:
    marker = _marker(folder)
    return None if marker is None else Did.parse(marker["did"])


def _marker(folder: Path) -> dict[str, Any] | None:
    try:
        marker = json.loads((folder / MARKER).read_text("utf-8"))
        Did.parse(marker["did"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidDid):
        # Whatever a user may have put there.
        return None
    return marker if isinstance(marker, dict) else None


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Its files; what is hidden is ours, and folders are the user's."""
    try:
        with os.scandir(folder) as entries:
            yield from (e for e in entries if not e.name.startswith(".") and e.is_file())
    except OSError:
        return


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
