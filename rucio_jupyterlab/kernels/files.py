"""A file as a variable holds it, and what stands for a file or a collection that is not there."""

from __future__ import annotations

from typing import Any, NoReturn

from rucio_jupyterlab.kernels import shown
from rucio_jupyterlab.kernels.records import Record, needs_look, path_of

_USES = {
    "path",
    "pfn",
    "size",
    "to_dataframe",
    "available_files",
    "missing_files",
} | {name for name in {*dir(str), *dir(list)} if not name.startswith("_")}
"""What people ask of a path or of a list of them."""


class DIDNotAvailableException(Exception):
    """A data identifier is used whose files are not at the destination."""

    def __init__(self, did: str, reason: str | None = None) -> None:
        super().__init__(
            f"{did} is not available"
            + (f": {shown.as_sentence(reason)}" if reason else ".")
            + " Make it available in the Rucio panel; the variable then follows by itself."
            + f" Or in code: rucio_jupyterlab.did({did!r}).make_available(wait=True)"
        )
        self.did = did
        self.reason = reason

    def __reduce__(self) -> tuple[Any, ...]:
        # The arguments, where Exception would hand on the text: workers send their errors home.
        return type(self), (self.did, self.reason)


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

    def wait(self, timeout: float | None = None) -> File:
        """Itself, at once: a cell that waited can be run again."""
        return self


class _Unavailable:
    """Stands for what is not there. Looking at it is fine, using it as a path or a list raises.

    Attributes:
        did: the data identifier ``scope:name``.
        reason: why it is not there, ``None`` where that is not known.
        did_available: always false.
        instance: the name of the Rucio instance, ``None`` for the configuration's default.
    """

    did_available = False
    _kind = "file"

    def __init__(self, did: str, reason: str | None = None, *, instance: str | None = None) -> None:
        self.did = did
        self.reason = reason
        self.instance = instance

    def wait(self, timeout: float | None = None) -> Any:
        """Blocks, with a progress bar, until it is available, and returns the available object.

        An attached variable that holds this object then holds that one.

        Args:
            timeout: seconds; ``None`` waits as long as it takes.

        Raises:
            TimeoutError: it did not become available within the time limit.
            WaitingError: this kernel cannot ask Rucio; the text says what it needs.
        """
        from rucio_jupyterlab.kernels import waiting  # noqa: PLC0415 - it makes these objects

        return waiting.until_available(self, timeout)

    def __repr__(self) -> str:
        reason = f": {shown.as_sentence(self.reason)}" if self.reason else "."
        return f"<Rucio {self._kind} {self.did}, not available{reason}>"

    def _repr_html_(self) -> str:
        return shown.absence(self.did, self._kind, self.reason)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Unavailable):
            return NotImplemented
        return (type(self), self.did, self.instance) == (type(other), other.did, other.instance)

    def __hash__(self) -> int:
        return hash((type(self), self.did, self.instance))

    def _refuse(self, *_args: object) -> NoReturn:
        raise DIDNotAvailableException(self.did, self.reason)

    __str__ = __fspath__ = __format__ = __bytes__ = _refuse
    __len__ = __iter__ = __reversed__ = __getitem__ = __contains__ = _refuse
    __add__ = __radd__ = __mul__ = __rmul__ = __mod__ = __truediv__ = __rtruediv__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse

    def __getattr__(self, name: str) -> NoReturn:
        # Only what an available one could do is refused. Libraries and IPython probe objects for
        # attributes like `read` or `_repr_mimebundle_`, and must be told "no" in the usual way.
        if name in _USES:
            self._refuse()
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


class UnavailableFile(_Unavailable):
    """A file that is not at the destination."""


class UnavailableCollection(_Unavailable):
    """A dataset or container of which nothing is at the destination, or it is not known what."""

    _kind = "collection"


def file_from(record: Record, *, instance: str | None = None) -> File | UnavailableFile:
    """A file from its record; one without a path is not available."""
    path, did = path_of(record), record.get("did")
    if path is None:
        reason = record.get("message")
        if needs_look(record):
            reason = f"{record['expected']} is not there, or not all of it."
        return UnavailableFile(str(did or "This file"), reason, instance=instance)
    return File(path, pfn=record.get("pfn"), did=did, size=record.get("size"))
