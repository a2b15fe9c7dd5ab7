"""What was listed a moment ago, by the address that it was listed below."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from itertools import islice

from rucio_jupyterlab.filesystem import address
from rucio_jupyterlab.filesystem.memory import Own
from rucio_jupyterlab.filesystem.tree import Info
from rucio_jupyterlab.services.reading import FILES_AT_ONCE

GROWTH = 4


class Listing:
    """Files in the order in which they were listed. ``lock`` is for who looks them up."""

    def __init__(self, files: dict[str, Info]) -> None:
        self.lock = threading.Lock()
        self.files = files
        self._position: dict[str, int] | None = None
        self._next = 1

    def from_here(self, path: str) -> list[Info]:
        """This one, and as many behind it as those before give reason to expect."""
        if self._position is None:
            self._position = {name: at for at, name in enumerate(self.files)}
        at = self._position[path]
        count, self._next = self._next, min(self._next * GROWTH, FILES_AT_ONCE)
        return list(islice(self.files.values(), at, at + count))


class Listings:
    """``meant`` names the instance, as for ``Own``."""

    def __init__(self, meant: Callable[[], str | None]) -> None:
        self._known: Own[Listing] = Own(meant)

    def note(self, infos: Iterable[Info]) -> None:
        files: dict[str, dict[str, Info]] = {}
        for info in infos:
            if info["type"] == "file":
                path = str(info["name"])
                files.setdefault(address.parent(path), {})[path] = info
        for parent, below in files.items():
            self._known.here.put(parent, Listing(below), len(below))

    def of(self, path: str) -> Listing | None:
        """The listing that the file is in."""
        listing = self._known.here.get(address.parent(path))
        return listing if listing is not None and path in listing.files else None

    def info(self, path: str) -> Info | None:
        """Of a file, with its checksums: of what is in a scope Rucio says none."""
        listing = self.of(path)
        info = None if listing is None else listing.files[path]
        return info if info is not None and (info["adler32"] or info["md5"]) else None

    def forget(self, path: str | None) -> None:
        """What was listed at a path, and what it was in."""
        for parent in (None,) if path is None else (path, address.parent(path)):
            self._known.here.forget(parent)
