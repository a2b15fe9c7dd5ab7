"""A notebook's attachments as they stand in its file, and which instance they are of."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEY = "rucio_attachments"


class NotebookError(Exception):
    """The notebook cannot be read. The text is for the user."""


@dataclass(frozen=True)
class Attachment:
    """A DID, and the variable that it is to be.

    ``type`` is ``file`` or ``collection``; ``instance`` None: the one that is chosen when the
    notebook is used.
    """

    variable_name: str
    did: str
    type: str
    instance: str | None = None

    def absent(self, why: str) -> dict[str, Any]:
        """What a browser would send for it where it cannot be resolved."""
        return {
            "variableName": self.variable_name,
            "did": self.did,
            "type": self.type,
            "didAvailable": False,
            "files": None,
            "message": why,
            "instance": self.instance,
        }


def attachments(path: str | os.PathLike[str]) -> list[Attachment]:
    """Those of the notebook at ``path``, in their order; of one variable the last.

    Raises:
        NotebookError: there is no notebook, or it is none.
    """
    return attachments_of(_document(path).get("metadata"))


def code_cells(path: str | os.PathLike[str]) -> list[str]:
    """The code of the notebook at ``path``, cell by cell.

    Raises:
        NotebookError: as :func:`attachments`.
    """
    cells = _document(path).get("cells")
    found = []
    for cell in cells if isinstance(cells, list) else ():
        if isinstance(cell, Mapping) and cell.get("cell_type") == "code":
            source = cell.get("source", "")
            found.append("".join(source) if isinstance(source, list) else str(source))
    return found


def attachments_of(metadata: object) -> list[Attachment]:
    """Those of a notebook's metadata. Entries that say too little are left out."""
    entries = metadata.get(KEY) if isinstance(metadata, Mapping) else None
    found: dict[str, Attachment] = {}
    for entry in entries if isinstance(entries, list) else ():
        attachment = _attachment(entry)
        if attachment is not None:
            found[attachment.variable_name] = attachment
    return list(found.values())


def _document(path: str | os.PathLike[str]) -> Mapping[str, Any]:
    where = os.fspath(path)
    try:
        document = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise NotebookError(f"{where} cannot be read ({error.strerror}).") from error
    except ValueError:
        document = None
    if not isinstance(document, Mapping):
        raise NotebookError(f"{where} is no notebook.")
    return document


def _attachment(entry: Any) -> Attachment | None:
    if not isinstance(entry, Mapping):
        return None
    name, did, instance = entry.get("variableName"), entry.get("did"), entry.get("instance")
    if not isinstance(name, str) or not isinstance(did, str):
        return None
    kind = "file" if entry.get("type") == "file" else "collection"
    return Attachment(name, did, kind, instance if isinstance(instance, str) else None)


_instances: set[str] = set()


def instance() -> str | None:
    """The instance that the notebook of this process is of; None where its attachments do not say,
    or name several.
    """
    return next(iter(_instances)) if len(_instances) == 1 else None


def note_instances(names: Iterable[str | None]) -> None:
    """What the attachments of this process's notebook say."""
    _instances.update(name for name in names if name)
