"""A collection's files on their way to a kernel: a few in the answer, many by a manifest."""

from __future__ import annotations

from pathlib import Path

from rucio_jupyterlab.services.locations import FileLocation
from rucio_jupyterlab.services.manifests import Manifests, ManifestWriter, manifest_line

MOST_ITEMS_IN_ANSWER = 1000
FILES_IN_A_PIECE = 2000


class Listing:
    """Takes files one by one, and writes them down once they are too many for an answer.

    Attributes:
        count: how many files there are.
        available_count: how many of them have a path; None where others may be there too.
        files: those that go with the answer; empty once there is a manifest.
    """

    def __init__(self, manifests: Manifests) -> None:
        self.count = 0
        self._available = 0
        self._is_sure = True
        self.files: list[FileLocation] = []
        self._manifests = manifests
        self._writer: ManifestWriter | None = None
        # Texts: the garbage collector would look at thousands of records again and again, and at
        # all of Jupyter's own with them.
        self._piece: list[str] = []
        self._sample: dict[str, str] = {}

    async def add(self, location: FileLocation) -> None:
        self.count += 1
        if location.path is not None:
            self._look(location.path)
        elif location.expected is not None:
            self._is_sure = False
        if self._writer is None:
            self.files.append(location)
            if self.count <= MOST_ITEMS_IN_ANSWER:
                return
            self._writer = await self._manifests.begin()
            self._piece = [manifest_line(item) for item in self.files]
            self.files = []
        else:
            self._piece.append(manifest_line(location))
        if len(self._piece) >= FILES_IN_A_PIECE:
            await self._writer.add(self._piece)
            self._piece = []

    @property
    def available_count(self) -> int | None:
        return self._available if self._is_sure else None

    def sample(self) -> list[str]:
        """The first, a middle and the last of the paths."""
        return list(dict.fromkeys(self._sample.values()))

    async def manifest(self) -> Path | None:
        """Of all files; None where they go with the answer."""
        if self._writer is None:
            return None
        if self._piece:
            await self._writer.add(self._piece)
        path, self._writer = await self._writer.finish(), None
        return path

    async def discard(self) -> None:
        """Leaves nothing on the disk of what has not come to its end."""
        if self._writer is not None:
            await self._writer.discard()

    def _look(self, path: str) -> None:
        self._available += 1
        self._sample.setdefault("first", path)
        # At each power of two the path at hand is near the middle of what comes after it.
        if self._available & (self._available - 1) == 0:
            self._sample["middle"] = path
        self._sample["last"] = path
