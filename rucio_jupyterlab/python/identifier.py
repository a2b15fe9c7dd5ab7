"""One DID in the hands of a person: lazy, synchronous, and true to what Rucio says now."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from html import escape
from typing import Any, Literal, cast, overload

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.kernels.did import (
    Collection,
    DIDNotAvailableException,
    File,
    Record,
    UnavailableFile,
)
from rucio_jupyterlab.python import resolving
from rucio_jupyterlab.python.asking import ask, read
from rucio_jupyterlab.python.bars import shown
from rucio_jupyterlab.services.availability.model import Availability, State, rule_to_dict
from rucio_jupyterlab.services.availability.refusals import in_words

# So that a loop over positions asks once, and one that runs all night sees what has changed.
RESOLVED_LIFE_S = 30.0


class DataIdentifier:
    """A file, a dataset or a container. Rucio is asked when something is to be known.

    What it is (``type``, ``size``, ``metadata``) is asked for once, how available it is each time,
    and where its files are when half a minute has passed.
    Iterating, ``len``, indexes and ``["name"]`` are those of its :attr:`files`; one that is a file
    can be opened as it is: ``open(rj.did("scope:name"))``.

    Attributes:
        did: ``scope:name``.
        instance: the name of the Rucio instance; None: that of the notebook, else the default.
        known: what is known without asking: ``type``, ``size``, ``length``; None: nothing.

    Raises:
        InvalidDid: it is not of the form ``scope:name``.
    """

    def __init__(
        self, did: str, *, instance: str | None = None, known: Mapping[str, Any] | None = None
    ) -> None:
        parsed = Did.parse(did)
        self.did = str(parsed)
        self.scope = parsed.scope
        self.name = parsed.name
        self.instance = instance
        self.known = known
        self._value: File | Collection | None = None
        self._resolved_at = 0.0

    # ------------------------------------------------------------------------ what it is

    @property
    def type(self) -> Literal["file", "dataset", "container"]:
        """``file``, ``dataset`` or ``container``."""
        return cast("Literal['file', 'dataset', 'container']", self._item["type"])

    @property
    def size(self) -> int | None:
        """Bytes, of a collection those of all its files; None where Rucio does not say."""
        return cast("int | None", self._item["size"] if self._has_size else self._details["size"])

    @property
    def length(self) -> int | None:
        """How many files; None where Rucio does not say."""
        if self.type == "file":
            return 1
        item = self._item
        return cast("int | None", item["length"] if self._has_size else self._details["length"])

    @property
    def metadata(self) -> dict[str, Any]:
        """All that Rucio keeps about it, its own columns and what users have added."""
        return dict(self._details["metadata"])

    @property
    def content(self) -> Iterator[DataIdentifier]:
        """The children of a collection, one level."""

        for item in read(self.instance, lambda lake: lake.content(self.did)):
            yield DataIdentifier(item["did"], instance=self.instance, known=item)

    # --------------------------------------------------------------- how available it is

    @property
    def availability(self) -> Availability:
        """All that is known of it now: files and bytes, the rule, and why it is not here."""
        return ask(self.instance, lambda lake: lake.availability([self.did]))[0]

    @property
    def state(self) -> State:
        """``available``, ``partial``, ``replicating``, ``stuck``, ``not_available``, ``empty``, or
        ``unknown``.
        """
        return self.availability.state

    @property
    def available(self) -> bool:
        """Whether all of it is here now."""
        return self.state == "available"

    @property
    def rule(self) -> dict[str, Any] | None:
        """The rule that keeps it here or brings it: ``id``, ``state``, ``expires_at``, …; the one
        of a collection that it is in, named by ``via``, where it has none of its own.
        """
        at = self.availability
        return None if at.rule is None else rule_to_dict(at.rule, at.did, None)

    def make_available(
        self,
        *,
        wait: bool = False,
        timeout: float | None = None,
        lifetime_days: int | None = None,
        rse: str | None = None,
        progress: bool = True,
    ) -> DataIdentifier:
        """Makes a rule, or downloads in download mode. What is here already is fine.

        Args:
            wait: until all of it is here.
            timeout: seconds to wait at most; the transfer goes on after it.
            lifetime_days: how long the rule lasts. None: what the instance sets.
            rse: the destination, where the instance has several.
            progress: show a bar while waiting.

        Returns:
            Itself, so that it can be used at once.

        Raises:
            RucioError: Rucio refuses, such as QuotaExceeded; the text says why and what helps.
            TimeoutError, TransferFailed: as :meth:`wait`.
        """
        ask(
            self.instance,
            lambda lake: lake.make_available(self.did, rse=rse, lifetime_days=lifetime_days),
        )
        self._value = None
        return self.wait(timeout, progress=progress) if wait else self

    def wait(self, timeout: float | None = None, *, progress: bool = True) -> DataIdentifier:
        """Until all of it is here. Ctrl-C ends the waiting, and not the transfer.

        Raises:
            TimeoutError: it takes longer; the text says what still moves.
            TransferFailed: it does not come, and why.
            DIDNotAvailableException: nothing brings it here: call :meth:`make_available`.
        """
        follow(self.instance, [self.did], timeout, title=self.name, progress=progress)
        self._value = None
        return self

    # ----------------------------------------------------------------------- its files

    @property
    def files(self) -> Collection:
        """Its files; of one that is partly here all of them, those that are missing raise on use.

        Raises:
            DIDNotAvailableException: nothing of it is here, and what to call.
        """
        value = self._resolved()
        if isinstance(value, Collection):
            return value
        return resolving.as_collection(self.did, value)

    @property
    def path(self) -> str:
        """Of a file.

        Raises:
            DIDNotAvailableException: it is not here, and what to call.
            TypeError: it is a collection, which has many.
        """
        return self._file().path

    @property
    def pfn(self) -> str | None:
        """Of a file, its address at the storage; None where it is on the user's own disk."""
        return self._file().pfn

    def records(self) -> Iterator[Record]:
        """``path``, ``pfn``, ``did`` and ``size`` (bytes) of each file; for who makes objects of
        their own.
        """
        yield from resolving.records(self.instance, self.did)

    def to_dataframe(self) -> Any:
        """A row of pandas for each file: ``did``, ``path``, ``pfn``, ``size``, ``available``."""
        return self.files.to_dataframe()

    def __fspath__(self) -> str:
        return self.path

    def __iter__(self) -> Iterator[File | UnavailableFile]:
        return iter(self.files)

    def __len__(self) -> int:
        if self.type == "file":
            return 1
        length = self.length
        return len(self.files) if length is None else length

    def __bool__(self) -> bool:
        # Without asking how many files are in it.
        return True

    @overload
    def __getitem__(self, key: int | str) -> File | UnavailableFile: ...

    @overload
    def __getitem__(self, key: slice) -> Collection: ...

    def __getitem__(self, key: int | str | slice) -> File | UnavailableFile | Collection:
        return self.files[key]

    # ------------------------------------------------------------------ what it looks like

    def __repr__(self) -> str:
        kind = self.known["type"] if self.known is not None else "DID"
        where = f" of {self.instance}" if self.instance else ""
        return f"<Rucio {kind} {self.did}{where}>"

    def _repr_html_(self) -> str:
        if self.known is None:
            return f"<div><b>{escape(self.did)}</b></div>"
        words = [str(self.known["type"])]
        if self.known["length"] is not None and self.known["type"] != "file":
            words.append(f"{self.known['length']:,} files")
        if self.known["size"] is not None:
            words.append(in_words(self.known["size"]))
        return f"<div><b>{escape(self.did)}</b>, {escape(', '.join(words))}</div>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DataIdentifier):
            return NotImplemented
        return (self.did, self.instance) == (other.did, other.instance)

    def __hash__(self) -> int:
        return hash((self.did, self.instance))

    # ---------------------------------------------------------------------------- asking

    @property
    def _item(self) -> Mapping[str, Any]:
        return self.known if self.known is not None else self._details

    @property
    def _has_size(self) -> bool:
        return self.known is not None and self.known["size"] is not None

    @cached_property
    def _details(self) -> dict[str, Any]:
        found = ask(self.instance, lambda lake: lake.details(self.did))
        self.known = found
        return found

    def _file(self) -> File:
        value = self._resolved()
        if isinstance(value, Collection):
            raise TypeError(f"{self.did} is a collection of files: take one of them, or iterate.")
        return value

    def _resolved(self) -> File | Collection:
        """What it was last time, while all of it was here."""
        if self._value is not None and time.monotonic() - self._resolved_at < RESOLVED_LIFE_S:
            return self._value
        (value,) = resolving.values(self.instance, [self.did])
        if not isinstance(value, (File, Collection)):
            raise DIDNotAvailableException(self.did, value.reason)
        self._value, self._resolved_at = value, time.monotonic()
        return value


def follow(
    instance: str | None, dids: list[str], timeout: float | None, *, title: str, progress: bool
) -> None:
    """Waits for all of them, behind one bar."""
    with shown(title, progress) as bar:
        for now in read(instance, lambda lake: lake.follow(dids, timeout_s=timeout)):
            bar.show(now)
