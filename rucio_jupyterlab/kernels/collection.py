"""A dataset or container as a variable holds it."""

from __future__ import annotations

import operator
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from rucio_jupyterlab.kernels import shown
from rucio_jupyterlab.kernels.files import File, UnavailableFile, file_from
from rucio_jupyterlab.kernels.manifest import ManifestError
from rucio_jupyterlab.kernels.records import (
    InlineRecords,
    Record,
    Records,
    is_here,
    needs_look,
    path_of,
)

if TYPE_CHECKING:
    from pandas import DataFrame

_REPR_FILES = 3
# So many take their records along when they are sent to a worker; more are read there.
_FEW = 1000

_Item = TypeVar("_Item")


class Collection(Sequence["File | UnavailableFile"]):
    """The files of a dataset or container: a sequence that is read when it is used.

    ``len``, iteration, indexes, slices (again a :class:`Collection`) and ``collection["name"]``,
    where a name is ``scope:name``, the name alone or the last part of the path. Of one that is
    only partly there all files are in it; those that are not there raise when they are used.

    Attributes:
        did: the data identifier of the dataset or container, ``scope:name``.
        reason: why it is not available, ``None`` where it is or where that is not known.
        instance: the name of the Rucio instance, ``None`` for the configuration's default.

    Args:
        available_count: how many files are there, where that is known and not all are.
    """

    def __init__(
        self,
        did: str,
        records: Records,
        *,
        did_available: bool = True,
        reason: str | None = None,
        instance: str | None = None,
        available_count: int | None = None,
    ) -> None:
        self.did = did
        self.reason = reason
        self.instance = instance
        self._records = records
        # Which of the records are meant; in a part not all of them are.
        self._positions: Sequence[int] = range(len(records))
        self._length = len(records)
        # None in a part, as long as nobody has looked.
        self._is_available: bool | None = did_available
        self._available_count = available_count
        if not did_available and available_count is None:
            self._available_count = _counted(records)

    @property
    def did_available(self) -> bool:
        """Whether all its files are there."""
        if self._is_available is None:
            self._is_available = all(map(is_here, self._each()))
        return self._is_available

    @property
    def available_files(self) -> Collection:
        """Those that are there. Reads the whole list of a partly available collection."""
        return self if self._is_available else self._where(is_here, are_available=True)

    @property
    def missing_files(self) -> Collection:
        """Those that are not there. Reads the whole list of a partly available collection."""
        if self._is_available:
            return self._part(range(0))
        return self._where(lambda record: not is_here(record), are_available=None)

    def to_dataframe(self) -> DataFrame:
        """A row for each file: ``did``, ``path``, ``pfn``, ``size`` (bytes) and ``available``.

        Raises:
            ImportError: pandas is not installed.
        """
        import pandas  # noqa: PLC0415 - only who asks for a table needs it

        columns: dict[str, list[Any]] = {"did": [], "path": [], "pfn": [], "size": []}
        for record in self._each():
            for name, values in columns.items():
                values.append(path_of(record) if name == "path" else record.get(name))
        available = [path is not None for path in columns["path"]]
        frame = pandas.DataFrame(columns)
        # The size of one file may be unknown, and the others are whole numbers all the same.
        frame["size"] = pandas.array(columns["size"], dtype="Int64")
        frame["available"] = pandas.array(available, dtype="bool")
        return frame

    def wait(self, timeout: float | None = None) -> Collection:
        """Blocks, with a progress bar, until all files are there, and returns them.

        Returns itself at once when they are. An attached variable that holds this object then
        holds the new one. Of a part, such as a slice, the whole collection is waited for.

        Args:
            timeout: seconds; ``None`` waits as long as it takes.

        Raises:
            TimeoutError: it did not become available within the time limit.
            WaitingError: this kernel cannot ask Rucio; the text says what it needs.
        """
        if self.did_available:
            return self
        from rucio_jupyterlab.kernels import waiting  # noqa: PLC0415 - it makes collections

        whole = waiting.until_available(self, timeout)
        if not isinstance(whole, Collection) or not self._is_part:
            return cast("Collection", whole)
        wanted = {record.get("did") for record in self._each()}
        return whole._where(lambda record: record.get("did") in wanted, are_available=True)

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, key: int | str) -> File | UnavailableFile: ...

    @overload
    def __getitem__(self, key: slice) -> Collection: ...

    def __getitem__(self, key: int | str | slice) -> File | UnavailableFile | Collection:
        if isinstance(key, slice):
            return self._part(self._positions[key])
        if isinstance(key, str):
            record = self._named(str.__str__(key))
            if record is None:
                raise KeyError(f"{self.did} has no file {key!r}.")
            return self._file(record)
        try:
            position = self._positions[operator.index(key)]
        except IndexError:
            raise IndexError(
                f"{self.did} has {shown.number_of_files(len(self))}, there is no [{key}]."
            ) from None
        return self._file(self._records[position])

    def __iter__(self) -> Iterator[File | UnavailableFile]:
        return map(self._file, self._each())

    def __contains__(self, value: object) -> bool:
        if isinstance(value, str):
            return self._named(str.__str__(value)) is not None
        return isinstance(value, UnavailableFile) and any(file == value for file in self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, (Collection, list, tuple)):
            return NotImplemented
        return len(self) == len(other) and all(map(operator.eq, self, other))

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def __add__(self, other: Iterable[_Item]) -> list[File | UnavailableFile | _Item]:
        return [*self, *other]

    def __radd__(self, other: Iterable[_Item]) -> list[File | UnavailableFile | _Item]:
        return [*other, *self]

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        if len(self) <= _FEW:
            # Few records travel along, so that a worker on another machine needs no list on disk.
            state.update(_records=InlineRecords(self._each()), _positions=range(len(self)))
        return state

    def __repr__(self) -> str:
        beginning = f"<Rucio collection {self.did}, {self._about()}"
        try:
            files = [self._shown(record) for record in self[:_REPR_FILES]._each()]
        except (OSError, ManifestError) as error:
            # Who looks at all variables must see the others.
            return f"{beginning}; {error}>"
        if len(self) > _REPR_FILES:
            files.append("…")
        return f"{beginning}: [{', '.join(files)}]>"

    def _repr_html_(self) -> str:
        few = self[: shown.MOST_ROWS]
        about, left_out = self._about(), len(self) - len(few)
        try:
            return shown.table(self.did, about, list(few._each()), left_out)
        except (OSError, ManifestError) as error:
            return shown.table(self.did, f"{about}; {error}", (), 0)

    @property
    def _is_part(self) -> bool:
        return len(self) != self._length

    def _about(self) -> str:
        """How many files, and how many of them are here, as far as that is known."""
        if self._is_part:
            return f"{len(self):,} of its {shown.number_of_files(self._length)}"
        files = shown.number_of_files(len(self))
        if self._is_available:
            return files
        here = self._available_count
        if here is None:
            return f"{files}, not all of them here"
        return f"{here:,} of {files} {'is' if here == 1 else 'are'} here"

    def _each(self) -> Iterator[Record]:
        positions = self._positions
        if len(positions) == 0:
            return iter(())
        first, last = positions[0], positions[-1]
        if isinstance(positions, range) and positions.step > 0:
            # Also what lies between the positions is read, which is quicker than to go to each.
            return islice(self._records.between(first, last + 1), 0, None, positions.step)
        if isinstance(positions, array) and first <= last:
            return self._picked(positions, first, last)
        return (self._records[position] for position in positions)

    def _picked(self, positions: Sequence[int], first: int, last: int) -> Iterator[Record]:
        """At positions that rise."""
        wanted = iter(positions)
        position = next(wanted)
        for at, record in enumerate(self._records.between(first, last + 1), first):
            if at == position:
                yield record
                position = next(wanted, -1)

    def _where(
        self, is_wanted: Callable[[Record], bool], *, are_available: bool | None
    ) -> Collection:
        pairs = zip(self._positions, self._each(), strict=True)
        chosen = array("Q", (position for position, record in pairs if is_wanted(record)))
        return self._part(chosen, are_available)

    def _part(self, positions: Sequence[int], are_available: bool | None = None) -> Collection:
        if len(positions) == len(self) and positions == self._positions:
            return self
        part = object.__new__(Collection)
        part.__dict__.update(self.__dict__, _positions=positions)
        if not self._is_available:
            part._is_available, part._available_count = are_available, None
        return part

    def _named(self, name: str) -> Record | None:
        for position, record in self._records.mentioning(name):
            if position in self._positions and name in _names(record):
                return record
        return None

    def _shown(self, record: Record) -> str:
        if needs_look(record):
            return f"<Rucio file {record.get('did')}, known when it is used>"
        return repr(self._file(record))

    def _file(self, record: Record) -> File | UnavailableFile:
        return file_from(record, instance=self.instance)


def _counted(records: Records) -> int | None:
    """How many are there, where counting them costs nothing."""
    if not isinstance(records, InlineRecords) or any(map(needs_look, records)):
        return None
    return sum(map(is_here, records))


def _names(record: Record) -> Iterator[str]:
    did, path = record.get("did"), record.get("path")
    if isinstance(did, str):
        yield did
        yield did.partition(":")[2]
    if isinstance(path, str):
        yield path
        yield path.rpartition("/")[2]
