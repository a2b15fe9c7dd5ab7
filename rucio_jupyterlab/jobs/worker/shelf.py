"""The local copies on disk: what is there already, how a copy is begun and completed."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import InvalidDid, Unprocessable
from rucio_jupyterlab.jobs.layout import MARKER, Layout, file_name
from rucio_jupyterlab.jobs.worker.catalogue import File

CHUNK_BYTES = 4 * 1024 * 1024
# What is left on the disk for others.
RESERVE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Shelf:
    """One instance's downloads, below ``root``."""

    root: Path

    @property
    def layout(self) -> Layout:
        return Layout(str(self.root))

    def folder(self, did: Did) -> Path:
        return Path(self.layout.folder(did))

    def place(self, file: Did, of: Did) -> Path:
        """Where a file of the copy of ``of`` lies."""
        return self.folder(of) / file_name(file, of)

    def begin(self, did: Did, kind: str) -> None:
        """The folder, with a marker that says whose it is and that it is not complete."""
        folder = self.folder(did)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / MARKER).exists():
            write_marker(folder, {"did": str(did), "type": kind, "is_complete": False})

    def complete(
        self, did: Did, kind: str, files: Sequence[File], known: dict[str, int | None]
    ) -> None:
        """``known`` is what Rucio said of the DID itself: ``length`` and ``bytes``."""
        names = {
            file_name(file.did, did): str(file.did)
            for file in files
            if "~" in file_name(file.did, did)
        }
        marker = {
            "did": str(did),
            "type": kind,
            "is_complete": True,
            "files": len(files),
            "bytes": sum(file.size_bytes or 0 for file in files),
            "rucio": known,
            # Those that their names alone do not tell.
            "names": names,
        }
        write_marker(self.folder(did), marker)

    def require_space(self, missing_bytes: int) -> None:
        """
        Raises:
            Unprocessable: code ``no_space``.
        """
        free = shutil.disk_usage(self.root).free
        if missing_bytes + RESERVE_BYTES > free:
            raise Unprocessable(
                f"The disk has {_gb(free)} left below {self.root}, and {_gb(missing_bytes)} "
                "are to come.",
                code="no_space",
                hint="Delete local copies that are not needed any more, or take fewer files.",
            )

    def others(self, of: Did) -> list[tuple[Did, Path]]:
        """Whose the other copies are, and their folders."""
        mine = self.folder(of)
        return [(whose, folder) for whose, folder in _copies(self.root) if folder != mine]

    def has(self, file: File, path: Path) -> bool:
        """Whether it is there, whole and unchanged; reads all of it where Rucio has a checksum."""
        try:
            if file.size_bytes is not None and path.stat().st_size != file.size_bytes:
                return False
            return _matches(file, path)
        except OSError:
            return False

    def link(self, file: File, path: Path, others: Sequence[tuple[Did, Path]]) -> bool:
        """Takes it from another copy, at no cost in bytes; whether there was one."""
        for whose, folder in others:
            other = folder / file_name(file.did, whose)
            if self.has(file, other):
                return _link(other, path)
        return False

    def set_aside(self, path: Path) -> Path | None:
        """What somebody has changed at a place is theirs, and stays under another name."""
        if not path.exists():
            return None
        kept = path.with_name(f"{path.stem}.changed-{secrets.token_hex(3)}{path.suffix}")
        return path.rename(kept)


def write_marker(folder: Path, marker: dict[str, object]) -> None:
    fresh = folder / f"{MARKER}.{os.getpid()}"
    fresh.write_text(json.dumps(marker), "utf-8")
    fresh.replace(folder / MARKER)


def _copies(root: Path) -> Iterator[tuple[Did, Path]]:
    for marker in root.glob(f"[!.]*/[!.]*/{MARKER}"):
        try:
            yield Did.parse(json.loads(marker.read_text("utf-8"))["did"]), marker.parent
        except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidDid):
            continue  # not one of ours, or being deleted


def _link(source: Path, target: Path) -> bool:
    fresh = target.with_name(f".{secrets.token_hex(8)}")
    try:
        os.link(source, fresh)
        fresh.replace(target)
    except OSError:
        # Not on every file system: then it is fetched.
        return False
    return True


def _matches(file: File, path: Path) -> bool:
    if file.adler32 is None and file.md5 is None:
        return path.is_file()
    adler, md5 = 1, hashlib.md5(usedforsecurity=False)
    with path.open("rb") as content:
        while chunk := content.read(CHUNK_BYTES):
            if file.adler32 is not None:
                adler = zlib.adler32(chunk, adler)
            else:
                md5.update(chunk)
    if file.adler32 is not None:
        return f"{adler:08x}" == file.adler32.lower().zfill(8)
    return md5.hexdigest() == (file.md5 or "").lower()


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
