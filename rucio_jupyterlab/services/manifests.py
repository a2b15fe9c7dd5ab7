"""Lists of files on disk, from the server to the kernel: they do not go through the browser."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import secrets
import time
from collections import deque
from itertools import islice
from pathlib import Path

from rucio_jupyterlab.errors import NotFound
from rucio_jupyterlab.services.locations import FileLocation

SUFFIX = ".jsonl"
# A kernel keeps the file open that it reads; a notebook that is injected again gets a new one.
LIFE_S = 7 * 86_400.0
MOST_KEPT = 200
_IDENTITY = re.compile(r"[0-9a-f]{64}")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Manifests:
    """Writes manifests below ``folder``, which only its owner can enter, and removes old ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ends: dict[tuple[str, int], int] = {}

    async def begin(self) -> ManifestWriter:
        """A new manifest. Old ones are removed on the way."""
        await asyncio.to_thread(self._prepare)
        return ManifestWriter(self._folder)

    async def write(self, text: str) -> Path:
        """A file with this JSON text, for a kernel that gets no variables."""
        return await asyncio.to_thread(self._write, text)

    async def page(self, identity: str, offset: int, limit: int) -> list[str]:
        """Lines of ``manifest_line``, without their ends, from ``offset`` on; for a kernel that
        does not see the disk.

        ``identity`` is the manifest's file name without its suffix.

        Raises:
            NotFound: code ``no_manifest``: there is none, or not any more.
        """
        if not _IDENTITY.fullmatch(identity):
            raise _gone()
        return await asyncio.to_thread(self._page, identity, offset, limit)

    def _write(self, text: str) -> Path:
        self._prepare()
        encoded = text.encode()
        path = self._folder / f"{hashlib.sha256(encoded).hexdigest()}.json"
        part = self._folder / f"{secrets.token_hex(16)}.part"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(encoded)
        return part.replace(path)

    def _page(self, identity: str, offset: int, limit: int) -> list[str]:
        try:
            with (self._folder / f"{identity}{SUFFIX}").open("rb") as file:
                if offset:
                    start = self._ends.get((identity, offset))
                    if start is None:
                        deque(islice(file, offset), maxlen=0)
                    else:
                        file.seek(start)
                lines = [line.decode().rstrip("\n") for line in islice(file, limit)]
                # Who reads on need not wait for what was read before.
                self._ends[identity, offset + len(lines)] = file.tell()
        except FileNotFoundError:
            raise _gone() from None
        while len(self._ends) > MOST_KEPT:
            self._ends.pop(next(iter(self._ends)), None)
        return lines

    def _prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self._remove_old()

    def _remove_old(self) -> None:
        by_age = []
        for path in self._folder.glob("*"):
            try:
                by_age.append((path.stat().st_mtime, path))
            except FileNotFoundError:
                continue
        by_age.sort(reverse=True)
        oldest = time.time() - LIFE_S
        for position, (modified, path) in enumerate(by_age):
            if modified < oldest or position >= MOST_KEPT:
                path.unlink(missing_ok=True)


class ManifestWriter:
    """One object a line: ``{"path", "pfn", "did", "size"}``. Readable only once it is complete.

    A manifest is named after its content: the same collection attached again is the same file.
    """

    def __init__(self, folder: Path) -> None:
        self.count = 0
        self._folder = folder
        self._part = folder / f"{secrets.token_hex(16)}.part"
        self._hash = hashlib.sha256()

    async def add(self, lines: list[str]) -> None:
        """Writes ``lines`` (of ``manifest_line``), which must not be changed until it returns."""
        await asyncio.to_thread(self._write, lines)
        self.count += len(lines)

    async def finish(self) -> Path:
        """The path of the complete manifest."""
        return await asyncio.to_thread(self._finish)

    async def discard(self) -> None:
        await asyncio.to_thread(self._part.unlink, missing_ok=True)

    def _write(self, lines: list[str]) -> None:
        encoded = "".join(lines).encode()
        self._hash.update(encoded)
        descriptor = os.open(self._part, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(encoded)

    def _finish(self) -> Path:
        path = self._folder / f"{self._hash.hexdigest()}{SUFFIX}"
        return self._part.replace(path)


def _gone() -> NotFound:
    return NotFound(
        "The list of files is not there any more.",
        code="no_manifest",
        hint="Send the variables again.",
    )


def manifest_line(location: FileLocation) -> str:
    """A file as it stands in a manifest, with its line end."""
    return _encode(file_to_dict(location)) + "\n"


def file_to_dict(location: FileLocation) -> dict[str, object]:
    """A file as a kernel reads it. One that is not there has a ``message`` that says why; one that
    may be there is, where a file of its size is at ``expected``.
    """
    file: dict[str, object] = {
        "path": location.path,
        "pfn": location.pfn,
        "did": f"{location.did.scope}:{location.did.name}",
        "size": location.size_bytes,
    }
    if location.message is not None:
        file["message"] = location.message
    if location.expected is not None:
        file["expected"] = location.expected
    return file
