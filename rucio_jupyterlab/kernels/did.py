"""The objects that attached variables hold: a file, a collection, and either when not there."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn, Protocol, TypeVar, overload

_REPR_FILES = 3
_USES = {"path", "pfn", "size"} | {
    name for name in {*dir(str), *dir(list)} if not name.startswith("_")
}
"""What people ask of a path or of a list of them."""

Record = Mapping[str, Any]
"""One file as the frontend or a manifest has it: ``path``, ``pfn``, ``did``, ``size`` (bytes)."""


class DIDNotAvailableException(Exception):
    """A data identifier is used whose files are not at the destination."""

    def __init__(self, did: str, reason: str | None = None) -> None:
        super().__init__(
            f"{did} is not available"
            + (f": {_as_sentence(reason)}" if reason else ".")
            + " Make it available in the Rucio panel; the variable then follows by itself."
        )
        self.did = did
        self.reason = reason


class File(str):
    """The path of a file, as a string that also knows where it comes from.

    Attributes:
        path: the path as a plain ``str``.
        pfn: the physical file name at the storage, ``None`` where it is not known.
        did: the data identifier ``scope:name``, ``None`` where it is not known.
        size: bytes, ``None`` where they are not known.
        did_available: always true; see :class:`UnavailableFile`.
    """

    pfn: str | None
    did: str | None
    size: int | None
    did_available = True

    def __new__(
        cls,
        path: str,
        *,
        pfn: str | None = None,
        did: str | None = None,
        size: int | None = None,
    ) -> File:
        self = super().__new__(cls, path)
        self.pfn = pfn
        self.did = did
        self.size = size
        return self

    @property
    def path(self) -> str:
        return str.__str__(self)


class _Unavailable:
    """Stands for what is not there. Looking at it is fine, using it as a path or a list raises."""

    did_available = False
    _kind = "file"

    def __init__(self, did: str, reason: str | None = None) -> None:
        self.did = did
        self.reason = reason

    def __repr__(self) -> str:
        reason = f": {_as_sentence(self.reason)}" if self.reason else "."
        return f"<Rucio {self._kind} {self.did}, not available{reason}>"

    def _refuse(self, *_args: object) -> NoReturn:
        raise DIDNotAvailableException(self.did, self.reason)

    __str__ = __fspath__ = __format__ = __bytes__ = _refuse
    __len__ = __iter__ = __reversed__ = __getitem__ = __contains__ = _refuse
    __add__ = __radd__ = __mul__ = __rmul__ = __mod__ = __truediv__ = __rtruediv__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse

    def __getattr__(self, name: str) -> NoReturn:
        # Only what an available one could do is refused. Libraries and IPython probe objects for
        # attributes like `read` or `_repr_html_`, and must be told "no" in the usual way.
        if name in _USES:
            self._refuse()
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


class UnavailableFile(_Unavailable):
    """A file that is not at the destination."""


class UnavailableCollection(_Unavailable):
    """A dataset or container of which not every file is at the destination."""

    _kind = "collection"


class Records(Protocol):
    """Where a collection reads its files from: a list in memory or a manifest on disk."""

    def __len__(self) -> int: ...

    def __getitem__(self, position: int, /) -> Record: ...

    def between(self, start: int, stop: int) -> Iterable[Record]:
        """The records at ``start`` (included) to ``stop`` (left out), in order."""

    def mentioning(self, text: str) -> Iterable[tuple[int, Record]]:
        """The positions and records that may hold ``text``; a caller compares for itself."""


class InlineRecords(list[Record]):
    """The records of a small collection, as they came with the message."""

    def between(self, start: int, stop: int) -> Iterable[Record]:
        return self[start:stop]

    def mentioning(self, text: str) -> Iterable[tuple[int, Record]]:
        return enumerate(self)


_Item = TypeVar("_Item")


class Collection(Sequence["File | UnavailableFile"]):
    """The files of a dataset or container: a sequence that is read when it is used.

    ``len``, iteration, indexes, slices (again a :class:`Collection`) and ``collection["name"]``,
    where a name is ``scope:name``, the name alone or the last part of the path.

    Attributes:
        did: the data identifier of the dataset or container, ``scope:name``.
        did_available: always true; see :class:`UnavailableCollection`.
    """

    did_available = True

    def __init__(self, did: str, records: Records, positions: range | None = None) -> None:
        self.did = did
        self._records = records
        self._positions = range(len(records)) if positions is None else positions

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, key: int | str) -> File | UnavailableFile: ...

    @overload
    def __getitem__(self, key: slice) -> Collection: ...

    def __getitem__(self, key: int | str | slice) -> File | UnavailableFile | Collection:
        if isinstance(key, slice):
            return Collection(self.did, self._records, self._positions[key])
        if isinstance(key, str):
            return self._by_name(key)
        try:
            position = self._positions[operator.index(key)]
        except IndexError:
            raise IndexError(f"{self.did} has {len(self):,} files, there is no [{key}].") from None
        return file_from(self._records[position])

    def __iter__(self) -> Iterator[File | UnavailableFile]:
        positions = self._positions
        if positions.step < 0:
            return (file_from(self._records[position]) for position in positions)
        # A range may stop beyond its last position, which the records need not have.
        stop = positions[-1] + 1 if positions else positions.start
        records = self._records.between(positions.start, stop)
        return (
            file_from(record)
            for offset, record in enumerate(records)
            if offset % positions.step == 0
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (Collection, list, tuple)):
            return NotImplemented
        return len(self) == len(other) and all(map(operator.eq, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: Iterable[_Item]) -> list[File | UnavailableFile | _Item]:
        return [*self, *other]

    def __radd__(self, other: Iterable[_Item]) -> list[File | UnavailableFile | _Item]:
        return [*other, *self]

    def __repr__(self) -> str:
        shown = [repr(file) for file in self[:_REPR_FILES]]
        if len(self) > _REPR_FILES:
            shown.append("…")
        files = "1 file" if len(self) == 1 else f"{len(self):,} files"
        return f"<Rucio collection {self.did}, {files}: [{', '.join(shown)}]>"

    def _by_name(self, name: str) -> File | UnavailableFile:
        for position, record in self._records.mentioning(name):
            if position in self._positions and name in _names(record):
                return file_from(record)
        raise KeyError(f"{self.did} has no file {name!r}.")


def file_from(record: Record) -> File | UnavailableFile:
    """A file from its record; one without a path is not available."""
    path, did = record.get("path"), record.get("did")
    if not isinstance(path, str) or not path:
        return UnavailableFile(str(did or "This file"), record.get("message"))
    return File(path, pfn=record.get("pfn"), did=did, size=record.get("size"))


def _names(record: Record) -> Iterator[str]:
    did, path = record.get("did"), record.get("path")
    if isinstance(did, str):
        yield did
        yield did.partition(":")[2]
    if isinstance(path, str):
        yield path
        yield path.rpartition("/")[2]


def _as_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
