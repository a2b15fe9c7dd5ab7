"""A collection's list of files on disk: one JSON object a line, read where it is needed."""

from __future__ import annotations

import json
import os
import tempfile
import threading
import weakref
import zlib
from array import array
from collections.abc import Iterable, Iterator
from typing import Any

from rucio_jupyterlab.kernels.records import Record

_BLOCK_BYTES = 1 << 20


class ManifestError(Exception):
    """The list of files cannot be read. The text says what to do."""


class UnreachableManifestError(ManifestError):
    """It is not on a disk that this machine sees."""


class Manifest:
    """The records of a manifest, without holding them in memory.

    The file stays open while the object lives, so that a newer list written in its place, or its
    removal, does not change or break a collection that a running notebook is working with. Reads
    name their position, so that threads and forked workers do not disturb each other.

    Args:
        path: the file, one JSON object a line.
        count: how many lines there are.

    Raises:
        UnreachableManifestError: the file cannot be opened.
    """

    def __init__(self, path: str, count: int) -> None:
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise UnreachableManifestError(
                f"The list of files {path} cannot be read here ({error.strerror}). "
                "The kernel has to see the files of the Jupyter server."
            ) from error
        self._hold(descriptor, path, count)

    @classmethod
    def of(cls, records: Iterable[Record]) -> Manifest:
        """Records that came another way, on the kernel's own disk in a file without a name."""
        writer = ManifestWriter()
        writer.add(records)
        return writer.manifest()

    @classmethod
    def over(cls, descriptor: int, count: int) -> Manifest:
        """Of an open file, which the caller may close."""
        self = cls.__new__(cls)
        self._hold(os.dup(descriptor), None, count)
        return self

    def _hold(self, descriptor: int, path: str | None, count: int) -> None:
        self.path = path
        self._count = count
        self._starts: array[int] | None = None
        self._lock = threading.Lock()
        self._descriptor = descriptor
        weakref.finalize(self, os.close, descriptor)

    def __reduce__(self) -> tuple[Any, ...]:
        if self.path is not None and os.access(self.path, os.R_OK):
            return Manifest, (self.path, self._count)
        # Its name is gone, or never was: the content itself, a tenth of its size.
        packed, offset = bytearray(), 0
        packer = zlib.compressobj(1)
        while block := self._read(offset, _BLOCK_BYTES):
            packed += packer.compress(block)
            offset += len(block)
        return _unpacked, (bytes(packed + packer.flush()), self._count)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, position: int) -> Record:
        if not 0 <= position < self._count:
            raise IndexError(position)
        starts = self._line_starts()
        start, end = starts[position], starts[position + 1]
        return self._parse(self._read(start, end - start))

    def between(self, start: int, stop: int) -> Iterator[Record]:
        """The records at ``start`` (included) to ``stop`` (left out), in order."""
        if start >= stop:
            return
        offset = self._line_starts()[start] if start else 0
        lines = self._lines(offset)
        for _ in range(start, stop):
            line = next(lines, None)
            if line is None:
                raise self._too_short()
            yield self._parse(line)

    def mentioning(self, text: str) -> Iterator[tuple[int, Record]]:
        """The positions and records whose line holds ``text``, found without parsing the others."""
        needles = {json.dumps(text, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
        encoded = [needle.encode() for needle in needles]
        for position, line in zip(range(self._count), self._lines(0), strict=False):
            if any(needle in line for needle in encoded):
                yield position, self._parse(line)

    def _line_starts(self) -> array[int]:
        """The offset of every line and of the end: 8 bytes a file; a record takes hundreds."""
        with self._lock:
            if self._starts is None:
                self._starts = self._index()
            return self._starts

    def _index(self) -> array[int]:
        starts = array("Q", [0])
        offset = 0
        while len(starts) <= self._count and (block := self._read(offset, _BLOCK_BYTES)):
            newline = block.find(b"\n")
            while newline >= 0:
                starts.append(offset + newline + 1)
                newline = block.find(b"\n", newline + 1)
            offset += len(block)
        if offset > starts[-1]:
            starts.append(offset)
        if len(starts) <= self._count:
            raise self._too_short()
        return starts

    def _lines(self, offset: int) -> Iterator[bytes]:
        rest = b""
        while block := self._read(offset, _BLOCK_BYTES):
            offset += len(block)
            *lines, rest = (rest + block).split(b"\n")
            yield from lines
        if rest:
            yield rest

    def _read(self, offset: int, length: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._descriptor, length, offset)
        with self._lock:
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            return os.read(self._descriptor, length)

    def _parse(self, line: bytes) -> Record:
        try:
            record = json.loads(line)
        except ValueError as error:
            raise ManifestError(f"{self._name} is damaged. {_SEND_AGAIN}") from error
        if not isinstance(record, dict):
            raise ManifestError(f"{self._name} is damaged. {_SEND_AGAIN}")
        return record

    @property
    def _name(self) -> str:
        return self.path or "The list of files"

    def _too_short(self) -> ManifestError:
        return ManifestError(
            f"{self._name} holds fewer than the {self._count:,} files that it should. {_SEND_AGAIN}"
        )


class ManifestWriter:
    """Records that come one after the other, into a file without a name on the kernel's disk.

    Attributes:
        count: how many there are.
    """

    def __init__(self) -> None:
        self.count = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the writer

    def add(self, records: Iterable[Record]) -> None:
        for record in records:
            self._file.write(json.dumps(record).encode() + b"\n")
            self.count += 1

    def manifest(self) -> Manifest:
        """All that has been added."""
        self._file.flush()
        return Manifest.over(self._file.fileno(), self.count)


def _unpacked(packed: bytes, count: int) -> Manifest:
    with tempfile.TemporaryFile() as file:
        file.write(zlib.decompress(packed))
        file.flush()
        return Manifest.over(file.fileno(), count)


_SEND_AGAIN = "Run resolve_dids() to have the list sent again."
