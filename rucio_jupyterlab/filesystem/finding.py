"""Where the files of a file system are read, with what was found out a moment ago.

Libraries open the files of a dataset one after the other, and each would cost Rucio a question. So
for whoever goes through what was listed the next ones are looked up as well: few at first, then
more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.filesystem import failures
from rucio_jupyterlab.filesystem.failures import NotReadable
from rucio_jupyterlab.filesystem.listings import Listings
from rucio_jupyterlab.filesystem.memory import Own
from rucio_jupyterlab.filesystem.places import Place, place
from rucio_jupyterlab.filesystem.tree import Info
from rucio_jupyterlab.python.runtime import runtime
from rucio_jupyterlab.services.reading import Whereabouts


class _File(NamedTuple):
    path: str
    did: Did
    size_bytes: int | None


class Finder:
    """``meant`` names the instance, None for the default one; ``info`` is the file system's."""

    def __init__(
        self,
        meant: Callable[[], str | None],
        info: Callable[[str], Info],
        listings: Listings,
    ) -> None:
        self._meant = meant
        self._info = info
        self._listings = listings
        self._wheres: Own[Whereabouts] = Own(meant)
        self._places: Own[Place] = Own(meant)

    def is_known(self, path: str) -> bool:
        """It was looked up before, and may have changed since."""
        return self._places.here.get(path) is not None or self._wheres.here.get(path) is not None

    def place(self, path: str) -> Place:
        """
        Raises:
            NotReadable, MissingPackage: as ``places.place``.
            IsADirectoryError: it is a collection.
            FileNotFoundError, PermissionError, …: as ``info``.
        """
        known = self._places.here.get(path)
        if known is not None:
            return known
        file = self._described(path)
        name = self._meant() or runtime().instance().name
        before = self._wheres.here.get(path)
        try:
            found = place(file.did, file.size_bytes, before or self._looked_up(file), name)
        except NotReadable:
            # It may be made available now, and is asked about again.
            self._wheres.here.forget(path)
            if before is None:
                raise
            found = place(file.did, file.size_bytes, self._ask([file])[path], name)
        self._places.here.put(path, found)
        return found

    def look_up(self, paths: Iterable[str]) -> None:
        """Finds out about these together. Those that are none are left to whoever reads them."""
        files = []
        for path in paths:
            if not self.is_known(path):
                try:
                    files.append(self._described(path))
                except (FileNotFoundError, IsADirectoryError):
                    continue
        self._ask(files)

    def forget(self, path: str | None = None) -> None:
        self._wheres.here.forget(path)
        self._places.here.forget(path)

    def _described(self, path: str) -> _File:
        info = self._info(path)
        if info["type"] != "file":
            raise IsADirectoryError(f"{info.get('did', path)} is a collection: open its files.")
        return _file(info)._replace(path=path)

    def _looked_up(self, file: _File) -> Whereabouts:
        listing = self._listings.of(file.path)
        if listing is None:
            return self._ask([file])[file.path]
        with listing.lock:
            known = self._wheres.here.get(file.path)
            return known or self._ask(list(map(_file, listing.from_here(file.path))))[file.path]

    def _ask(self, files: Sequence[_File]) -> dict[str, Whereabouts]:
        if not files:
            return {}
        running = runtime()
        with failures.as_of_files():
            instance = running.instance(self._meant())
            sizes = {file.did: file.size_bytes for file in files}
            found = running.run(running.services.reading.whereabouts(instance, sizes))
        for file in files:
            self._wheres.here.put(file.path, found[file.did])
        return {file.path: found[file.did] for file in files}


def _file(info: Info) -> _File:
    return _File(str(info["name"]), Did.parse(info["did"]), info["size"])
