"""From what the services know of DIDs to the objects that a kernel's variables hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rucio_jupyterlab.kernels.did import (
    Collection,
    File,
    InlineRecords,
    Record,
    UnavailableCollection,
    UnavailableFile,
)
from rucio_jupyterlab.kernels.injection import value_of
from rucio_jupyterlab.kernels.manifest import Manifest
from rucio_jupyterlab.python.asking import ask
from rucio_jupyterlab.services.attachments import Resolved

Value = File | UnavailableFile | Collection | UnavailableCollection
"""What a DID is in a kernel."""

_NAME = "value"
_WHY = {
    "not_available": "no copy of it is here",
    "replicating": "it is on its way",
    "partial": "some of its files are not here",
    "stuck": "its transfer is stuck",
}


def values(instance: str | None, dids: Sequence[str]) -> list[Value]:
    """In the order asked; many at once.

    Raises:
        RucioError: nothing can be found out about any.
    """
    found = ask(instance, lambda lake: lake.resolve(dids))
    return [value_from(resolved, instance) for resolved in found]


def value_from(resolved: Resolved, instance: str | None) -> Value:
    return value_of_entry(entry(resolved, _NAME, instance))


def value_of_entry(entry: Mapping[str, Any]) -> Value:
    """Whatever its name is: other languages have names that Python has not."""
    value = value_of({**entry, "variableName": _NAME})
    assert isinstance(value, Value)  # noqa: S101 - what else could it be
    return value


def entry(resolved: Resolved, variable_name: str, instance: str | None) -> dict[str, Any]:
    """One variable in the form in which the browser sends it to a kernel."""
    said = resolved.to_dict()
    # An empty collection has all of its none, as in the browser.
    is_empty = resolved.state == "empty"
    return {
        "variableName": variable_name,
        "did": said["did"],
        "type": "file" if said["type"] == "file" else "collection",
        "didAvailable": is_empty or resolved.state == "available",
        "files": [] if is_empty else said["items"],
        "manifest": said["manifest"],
        "message": said["message"] or _WHY.get(resolved.state),
        "instance": instance,
    }


def records(instance: str | None, did: str) -> Iterable[Record]:
    """Of each file of a DID; none of what is not here at all."""
    (resolved,) = ask(instance, lambda lake: lake.resolve([did]))
    said = resolved.to_dict()
    if said["manifest"] is not None:
        count = said["manifest"]["count"]
        return Manifest(said["manifest"]["path"], count).between(0, count)
    return InlineRecords(said["items"] or ())


def as_collection(did: str, file: File | UnavailableFile) -> Collection:
    """Of the one file alone."""
    record: dict[str, Any] = {"did": did}
    if isinstance(file, File):
        record |= {"path": file.path, "pfn": file.pfn, "size": file.size}
    return Collection(did, InlineRecords([record]), did_available=file.did_available)
