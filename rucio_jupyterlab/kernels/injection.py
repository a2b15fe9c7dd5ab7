"""Puts attached variables into a namespace and takes them out again."""

from __future__ import annotations

import keyword
import weakref
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from rucio_jupyterlab.kernels.did import (
    Collection,
    InlineRecords,
    Records,
    UnavailableCollection,
    UnavailableFile,
    file_from,
)
from rucio_jupyterlab.kernels.manifest import Manifest, ManifestError, UnreachableManifestError
from rucio_jupyterlab.kernels.pages import Pages

Entry = Mapping[str, Any]
"""One variable as the frontend sends it: ``variableName``, ``did``, ``type`` (``file`` or
``collection``), ``didAvailable``, ``files`` or ``manifest``, ``message`` when not available, and
perhaps ``instance``. A collection that is partly available has files, some without a path."""


class InjectionError(Exception):
    """A variable cannot be made. The text is for the user."""


@dataclass
class Acknowledgement:
    """Which variables are in place, and for the others why they are not.

    ``needs_pages`` are those of them whose files must be sent, since their list cannot be read.
    """

    variable_names: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    needs_pages: list[str] = field(default_factory=list)


# So that who makes an object anew finds the variables that hold the old one.
_all: weakref.WeakSet[Injection] = weakref.WeakSet()


class Injection:
    """Keeps attached variables in a namespace.

    Args:
        namespace: where the user's variables live.
    """

    def __init__(self, namespace: MutableMapping[str, Any]) -> None:
        self._namespace = namespace
        self._injected: dict[str, object] = {}
        self._pages: dict[str, Pages] = {}
        _all.add(self)

    def inject(self, entries: Iterable[Entry]) -> Acknowledgement:
        """Sets each variable; one that exists is replaced. What fails does not keep others back."""
        done = Acknowledgement()
        for entry in entries:
            name = str(entry.get("variableName"))
            self._pages.pop(name, None)
            try:
                value = value_of(entry)
            except UnreachableManifestError as error:
                self._pages[name] = Pages(entry)
                done.needs_pages.append(name)
                done.problems[name] = str(error)
            except (InjectionError, ManifestError) as error:
                done.problems[name] = str(error)
            else:
                self._set(name, value)
                done.variable_names.append(name)
        return done

    def add_page(self, name: str, files: Iterable[Mapping[str, Any]], offset: int) -> bool:
        """Takes files of a variable that needs pages; whether it is in place now.

        Raises:
            InjectionError: the page is none that is waited for.
        """
        pages = self._pages.pop(name, None)
        try:
            if pages is None:
                raise ValueError(name)
            records = pages.add(files, offset)
        except ValueError:
            raise InjectionError(
                f"The list of files of {name} came in disorder. Send it again."
            ) from None
        if records is None:
            self._pages[name] = pages
            return False
        self._set(name, collection_of(pages.entry, records))
        return True

    def remove(self, names: Iterable[str]) -> None:
        """Deletes the variables that still hold what was injected; the user's own values stay."""
        for name in names:
            self._pages.pop(name, None)
            value = self._injected.pop(name, None)
            if value is not None and self._namespace.get(name) is value:
                del self._namespace[name]

    def _set(self, name: str, value: object) -> None:
        self._namespace[name] = self._injected[name] = value

    def _replace(self, old: object, new: object) -> None:
        for name, value in self._injected.items():
            if value is old and self._namespace.get(name) is old:
                self._set(name, new)


def replace(old: object, new: object) -> None:
    """Lets every attached variable that still holds ``old`` hold ``new``."""
    for injection in list(_all):
        injection._replace(old, new)


def value_of(entry: Entry) -> object:
    """The object for one variable.

    Raises:
        InjectionError: the name cannot be a variable, or the entry does not say what it should.
        ManifestError: the list of files cannot be read.
    """
    name, did = entry.get("variableName"), str(entry.get("did"))
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        raise InjectionError(f"“{name}” cannot be the name of a Python variable. Rename it.")
    is_file, instance = entry.get("type") == "file", entry.get("instance")
    if not entry.get("didAvailable"):
        if is_file:
            return UnavailableFile(did, entry.get("message"), instance=instance)
        if entry.get("files") is None and entry.get("manifest") is None:
            return UnavailableCollection(did, entry.get("message"), instance=instance)
    if not is_file:
        return collection_of(entry, _records(entry))
    files = entry.get("files") or []
    if len(files) != 1:
        raise InjectionError(f"{did} is attached as a file, but {len(files)} files came for it.")
    record = {"did": did, **{k: v for k, v in files[0].items() if v is not None}}
    return file_from(record, instance=instance)


def collection_of(entry: Entry, records: Records) -> Collection:
    """A collection that is there, all of it or partly."""
    manifest = entry.get("manifest") or {}
    return Collection(
        str(entry.get("did")),
        records,
        did_available=bool(entry.get("didAvailable")),
        reason=entry.get("message"),
        instance=entry.get("instance"),
        available_count=manifest.get("available"),
    )


def _records(entry: Entry) -> Records:
    files, manifest = entry.get("files"), entry.get("manifest")
    if isinstance(files, list):
        return InlineRecords(files)
    if not isinstance(manifest, Mapping):
        raise InjectionError(f"No files came for {entry.get('did')}. Inject it again.")
    if manifest.get("format", "jsonl") != "jsonl":
        raise InjectionError(
            f"The list of files of {entry.get('did')} has the format {manifest.get('format')}, "
            "which this kernel does not know. Install the server's version of rucio-jupyterlab in "
            "the kernel."
        )
    return Manifest(str(manifest["path"]), int(manifest["count"]))
