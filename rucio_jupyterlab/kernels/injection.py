"""Puts attached variables into a namespace and takes them out again."""

from __future__ import annotations

import keyword
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
from rucio_jupyterlab.kernels.manifest import Manifest, ManifestError

Entry = Mapping[str, Any]
"""One variable as the frontend sends it: ``variableName``, ``did``, ``type`` (``file`` or
``collection``), ``didAvailable``, ``files`` or ``manifest``, and ``message`` when not available."""


class InjectionError(Exception):
    """A variable cannot be made. The text is for the user."""


@dataclass
class Acknowledgement:
    """Which variables are in place, and for the others why they are not."""

    variable_names: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)


class Injection:
    """Keeps attached variables in a namespace.

    Args:
        namespace: where the user's variables live.
    """

    def __init__(self, namespace: MutableMapping[str, Any]) -> None:
        self._namespace = namespace
        self._injected: dict[str, object] = {}

    def inject(self, entries: Iterable[Entry]) -> Acknowledgement:
        """Sets each variable; one that exists is replaced. What fails does not keep others back."""
        done = Acknowledgement()
        for entry in entries:
            name = str(entry.get("variableName"))
            try:
                value = value_of(entry)
            except (InjectionError, ManifestError) as error:
                done.problems[name] = str(error)
                continue
            self._namespace[name] = self._injected[name] = value
            done.variable_names.append(name)
        return done

    def remove(self, names: Iterable[str]) -> None:
        """Deletes the variables that still hold what was injected; the user's own values stay."""
        for name in names:
            value = self._injected.pop(name, None)
            if value is not None and self._namespace.get(name) is value:
                del self._namespace[name]


def value_of(entry: Entry) -> object:
    """The object for one variable.

    Raises:
        InjectionError: the name cannot be a variable, or the entry does not say what it should.
        ManifestError: the list of files cannot be read.
    """
    name, did = entry.get("variableName"), str(entry.get("did"))
    if not isinstance(name, str) or not name.isidentifier() or keyword.iskeyword(name):
        raise InjectionError(f"“{name}” cannot be the name of a Python variable. Rename it.")
    is_file = entry.get("type") == "file"
    if not entry.get("didAvailable"):
        return (UnavailableFile if is_file else UnavailableCollection)(did, entry.get("message"))
    if not is_file:
        return Collection(did, _records(entry))
    files = entry.get("files") or []
    if len(files) != 1:
        raise InjectionError(f"{did} is attached as a file, but {len(files)} files came for it.")
    return file_from({"did": did, **{k: v for k, v in files[0].items() if v is not None}})


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
