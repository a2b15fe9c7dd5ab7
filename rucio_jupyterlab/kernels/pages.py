"""Collections whose list of files is on a disk that the kernel does not see: it comes in pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rucio_jupyterlab.kernels.manifest import Manifest, ManifestWriter
from rucio_jupyterlab.kernels.records import Record

Entry = Mapping[str, Any]


class Pages:
    """The pages of one collection, in the order in which they have to come.

    Args:
        entry: the variable as the frontend sent it, with the manifest that cannot be read.
    """

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._count = int(entry["manifest"]["count"])
        self._writer = ManifestWriter()

    def add(self, files: Iterable[Record], offset: int) -> Manifest | None:
        """Takes the files from ``offset`` on; gives the whole list with the last of them.

        Raises:
            ValueError: it is not the page that follows.
        """
        if offset != self._writer.count:
            raise ValueError(offset)
        self._writer.add(files)
        if self._writer.count > self._count:
            raise ValueError(self._writer.count)
        return self._writer.manifest() if self._writer.count == self._count else None
