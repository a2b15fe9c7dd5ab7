"""Checksums of files here, for comparing them with what Rucio knows."""

from __future__ import annotations

import hashlib
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rucio_jupyterlab.errors import FolderHangs
from rucio_jupyterlab.services.mounts import MountHangs, Mounts
from rucio_jupyterlab.services.uploads.model import Source

PIECE_BYTES = 4 * 1024 * 1024
# Tens of gigabytes from a local disk.
READ_LIMIT_S = 300.0
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Checksums:
    """Hexadecimal; ``adler32`` has eight digits, as Rucio writes it."""

    adler32: str
    md5: str


class ChecksumReader:
    """Reads files once: a plan is made again for the upload itself. Knows them by size and time."""

    def __init__(self, mounts: Mounts) -> None:
        self._mounts = mounts
        self._known: OrderedDict[tuple[str, int, int], Checksums] = OrderedDict()

    async def of(self, sources: Sequence[Source]) -> dict[str, Checksums | str]:
        """By path; a sentence in place of the checksums where the file cannot be read.

        Raises:
            FolderHangs: the disk does not answer.
        """
        result: dict[str, Checksums | str] = {}
        for source in sources:
            key = (source.real, source.size_bytes, source.mtime_ns)
            known: Checksums | str | None = self._known.get(key)
            if known is None:
                known = await self._read(source)
                if isinstance(known, Checksums):
                    self._known[key] = known
                    if len(self._known) > MOST_REMEMBERED:
                        self._known.popitem(last=False)
            result[source.path] = known
        return result

    async def _read(self, source: Source) -> Checksums | str:
        try:
            return await self._mounts.look(
                "checksums", lambda: read_checksums(source.real), limit_s=READ_LIMIT_S
            )
        except MountHangs:
            raise FolderHangs(
                f"{source.path} could not be read to its end in time.",
                hint="Try again later; the storage behind it may be slow or gone.",
            ) from None
        except OSError as error:
            return f"It cannot be read: {error.strerror or 'the disk does not say why'}."


def read_checksums(path: str) -> Checksums:
    """Of the whole file, in one pass. Blocks.

    Raises:
        OSError: it cannot be read.
    """
    adler, md5 = 1, hashlib.md5(usedforsecurity=False)
    with Path(path).open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            adler = zlib.adler32(piece, adler)
            md5.update(piece)
    return Checksums(f"{adler:08x}", md5.hexdigest())
