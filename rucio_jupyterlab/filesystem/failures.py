"""What can go wrong, as who reads files expects it: kinds of ``OSError``, and ``ValueError``."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import (
    BadRequest,
    ExtensionError,
    Forbidden,
    NotAuthenticated,
    NotFound,
    RucioTimeout,
    RucioUnreachable,
    UnknownInstance,
)
from rucio_jupyterlab.kernels.did import DIDNotAvailableException


class NotReadable(DIDNotAvailableException, OSError):
    """Rucio knows the file, and it cannot be read from here. ``reason`` is the whole sentence."""

    def __init__(self, reason: str, did: str = "") -> None:
        OSError.__init__(self, reason)
        self.did = did
        self.reason = reason

    def __reduce__(self) -> tuple[type[NotReadable], tuple[str, str]]:
        return type(self), (self.reason or "", self.did)


class MissingPackage(NotReadable):
    """It could be read, if a Python package were installed."""


_KINDS: tuple[tuple[type[ExtensionError], type[Exception]], ...] = (
    (UnknownInstance, ValueError),
    (NotFound, FileNotFoundError),
    (NotAuthenticated, PermissionError),
    (Forbidden, PermissionError),
    (RucioTimeout, TimeoutError),
    (RucioUnreachable, ConnectionError),
    (BadRequest, ValueError),
)


@contextmanager
def as_of_files() -> Iterator[None]:
    """Turns our errors into those of files, with the sentence and the next step."""
    try:
        yield
    except ExtensionError as error:
        said = f"{error.message} {error.hint}" if error.hint else error.message
        kind = next((of for ours, of in _KINDS if isinstance(error, ours)), OSError)
        raise kind(said) from error


def read_only() -> io.UnsupportedOperation:
    return io.UnsupportedOperation(
        "rucio:// is for reading. Write to a file of your own, and upload that with "
        "rucio_jupyterlab.upload(path, scope=…, rse=…)."
    )


def make_available(did: Did) -> str:
    """The next step for who wants a file that is not here."""
    return f'rucio_jupyterlab.did("{did}").make_available(wait=True) brings it here.'
