"""Waits for data that are on their way, with the package's Python API where the kernel has it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from rucio_jupyterlab.kernels import injection
from rucio_jupyterlab.kernels.did import Collection, InlineRecords, UnavailableFile, file_from
from rucio_jupyterlab.kernels.manifest import Manifest
from rucio_jupyterlab.kernels.records import Record, Records

# More are kept on disk, as those of an attached collection are.
_MOST_IN_MEMORY = 1000


class WaitingError(Exception):
    """This kernel cannot ask Rucio. The text says what it needs."""


def wait(did: str, instance: str | None, timeout: float | None) -> Iterator[Record]:
    """Blocks until a DID is available, and gives its files.

    Args:
        did: ``scope:name``.
        instance: the name of the Rucio instance, ``None`` for the configuration's default.
        timeout: seconds; ``None`` waits as long as it takes.

    Raises:
        TimeoutError: it did not become available within the time limit.
        WaitingError: the Python API cannot be used here.
        Exception: as ``DataIdentifier.wait`` of that API, with the reason why it does not come.
    """
    try:
        # Not written as an import: the kernels part stands alone, and most kernels never wait.
        api: Any = importlib.import_module("rucio_jupyterlab")
        identifier = api.did(did, instance=instance)
    except (ImportError, AttributeError) as error:
        raise WaitingError(
            f"This kernel cannot ask Rucio for {did} ({error}). Install the whole package "
            "rucio-jupyterlab in the kernel's environment, or watch it in the Rucio panel and run "
            "resolve_dids() when it is available."
        ) from error
    identifier.wait(timeout=timeout)
    return iter(identifier.records())


def until_available(value: Any, timeout: float | None) -> Any:
    """The available object for one that is not, which attached variables then hold instead.

    Raises:
        TimeoutError, WaitingError, …: as :func:`wait`.
    """
    records = wait(value.did, value.instance, timeout)
    if isinstance(value, UnavailableFile):
        made: object = file_from(next(records), instance=value.instance)
    else:
        first = InlineRecords(islice(records, _MOST_IN_MEMORY))
        more = next(records, None)
        kept: Records = first if more is None else Manifest.of(chain(first, [more], records))
        made = Collection(value.did, kept, instance=value.instance)
    injection.replace(value, made)
    return made
