"""Many DIDs in one go, without losing which file came from which."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, overload

from rucio_jupyterlab.kernels.did import (
    Collection,
    DIDNotAvailableException,
    File,
    UnavailableCollection,
    UnavailableFile,
)
from rucio_jupyterlab.python import resolving
from rucio_jupyterlab.python.asking import ask
from rucio_jupyterlab.python.identifier import DataIdentifier, follow
from rucio_jupyterlab.services.availability.model import State
from rucio_jupyterlab.services.concurrency import gather_bounded

RULES_AT_ONCE = 4


class SourcedFile(File):
    """A file that also knows which of the DIDs that were asked for it came from.

    Attributes:
        source: that DID, ``scope:name``; the file's own is ``did``.
    """

    source: str

    @classmethod
    def of(cls, file: File, source: str) -> SourcedFile:
        made = cls.__new__(cls, file.path, pfn=file.pfn, did=file.did, size=file.size)
        assert isinstance(made, SourcedFile)  # noqa: S101 - File.__new__ makes what it is asked for
        made.source = source
        return made


class ManyFiles(Sequence["SourcedFile | UnavailableFile"]):
    """The files of several DIDs one after the other, read when they are used."""

    def __init__(self, parts: Sequence[tuple[str, Sequence[File | UnavailableFile]]]) -> None:
        self._parts = parts
        self._ends = list(accumulate(len(files) for _, files in parts))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, key: int) -> SourcedFile | UnavailableFile: ...

    @overload
    def __getitem__(self, key: slice) -> list[SourcedFile | UnavailableFile]: ...

    def __getitem__(self, key: int | slice) -> Any:
        if isinstance(key, slice):
            return [self[position] for position in range(*key.indices(len(self)))]
        position = range(len(self))[key]
        part = bisect_right(self._ends, position)
        source, files = self._parts[part]
        return _sourced(files[position - (self._ends[part - 1] if part else 0)], source)

    def __iter__(self) -> Iterator[SourcedFile | UnavailableFile]:
        for source, files in self._parts:
            for file in files:
                yield _sourced(file, source)

    def __repr__(self) -> str:
        return f"<{len(self):,} files of {len(self._parts):,} DIDs>"


class DataIdentifiers(Sequence[DataIdentifier]):
    """Several DIDs, which are asked about and made available together."""

    def __init__(self, dids: Iterable[str], *, instance: str | None = None) -> None:
        found = (DataIdentifier(did, instance=instance) for did in dids)
        self._items = {item.did: item for item in found}
        self.instance = instance

    @property
    def states(self) -> dict[str, State]:
        """How available each is now, in one question."""
        found = ask(self.instance, lambda lake: lake.availability(self._items))
        return {str(at.did): at.state for at in found}

    @property
    def available(self) -> bool:
        """Whether all of them are here now."""
        return all(state == "available" for state in self.states.values())

    @property
    def by_did(self) -> dict[str, Sequence[File | UnavailableFile]]:
        """The files of each, one that is a file with itself alone.

        Raises:
            DIDNotAvailableException: one of them is not here at all, and what to call.
        """
        found = resolving.values(self.instance, list(self._items))
        return {did: _files(value) for did, value in zip(self._items, found, strict=True)}

    @property
    def files(self) -> ManyFiles:
        """All files; each says by ``source`` which of the DIDs it came from.

        Raises:
            DIDNotAvailableException: as :attr:`by_did`.
        """
        return ManyFiles(list(self.by_did.items()))

    def make_available(
        self,
        *,
        wait: bool = False,
        timeout: float | None = None,
        lifetime_days: int | None = None,
        rse: str | None = None,
        progress: bool = True,
    ) -> DataIdentifiers:
        """As of one DID. What Rucio refuses of one does not keep the others back: then the first
        refusal is raised when all have been asked for.
        """

        async def asking(lake: Any) -> list[Exception | None]:
            async def one(did: str) -> Exception | None:
                try:
                    await lake.make_available(did, rse=rse, lifetime_days=lifetime_days)
                except Exception as error:  # noqa: BLE001 - raised when all have been asked for
                    return error
                return None

            return await gather_bounded(one, self._items, RULES_AT_ONCE)

        for error in ask(self.instance, asking):
            if error is not None:
                raise error
        return self.wait(timeout, progress=progress) if wait else self

    def wait(self, timeout: float | None = None, *, progress: bool = True) -> DataIdentifiers:
        """Until all of all are here; as of one DID."""
        title = f"{len(self):,} DIDs"
        follow(self.instance, list(self._items), timeout, title=title, progress=progress)
        return self

    def to_dataframe(self) -> Any:
        """A row for each file, with its DID's name in ``source``. By pandas."""
        import pandas  # noqa: PLC0415 - only who asks for a table needs it

        found = resolving.values(self.instance, list(self._items))
        frames = [
            _collection(value, did).to_dataframe().assign(source=did)
            for did, value in zip(self._items, found, strict=True)
        ]
        return pandas.concat(frames, ignore_index=True) if frames else pandas.DataFrame()

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, key: int | str) -> DataIdentifier: ...

    @overload
    def __getitem__(self, key: slice) -> DataIdentifiers: ...

    def __getitem__(self, key: int | str | slice) -> DataIdentifier | DataIdentifiers:
        if isinstance(key, str):
            return self._items[key]
        if isinstance(key, slice):
            return DataIdentifiers(list(self._items)[key], instance=self.instance)
        return list(self._items.values())[key]

    def __iter__(self) -> Iterator[DataIdentifier]:
        return iter(self._items.values())

    def __repr__(self) -> str:
        names = list(self._items)
        shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        return f"<{len(names):,} Rucio DIDs: {shown}>"


def _files(value: resolving.Value) -> Sequence[File | UnavailableFile]:
    if isinstance(value, Collection):
        return value
    if isinstance(value, File):
        return [value]
    raise DIDNotAvailableException(value.did, value.reason)


def _collection(value: resolving.Value, did: str) -> Collection:
    if isinstance(value, Collection):
        return value
    if isinstance(value, UnavailableCollection):
        raise DIDNotAvailableException(value.did, value.reason)
    return resolving.as_collection(did, value)


def _sourced(file: File | UnavailableFile, source: str) -> SourcedFile | UnavailableFile:
    return SourcedFile.of(file, source) if isinstance(file, File) else file
