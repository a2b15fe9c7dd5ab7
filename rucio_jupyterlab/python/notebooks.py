"""The attachments of a notebook, without a browser."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.kernels.did import DIDNotAvailableException
from rucio_jupyterlab.kernels.notebook import Attachment, attachments
from rucio_jupyterlab.python import resolving
from rucio_jupyterlab.python.asking import ask
from rucio_jupyterlab.python.identifier import follow


def attached(
    path: str | os.PathLike[str], *, wait: bool = False, timeout: float | None = None
) -> dict[str, resolving.Value]:
    """As ``rucio_jupyterlab.attached``."""
    wanted = attachments(path)
    entries = {entry["variableName"]: entry for entry in entries_for(wanted, wait, timeout)}
    return {name: resolving.value_of_entry(entry) for name, entry in entries.items()}


def entries_for(
    wanted: Sequence[Attachment],
    wait: bool = False,
    timeout: float | None = None,
    *,
    progress: bool = True,
) -> list[dict[str, Any]]:
    """What a browser would send for them. What cannot be resolved is one that says why."""
    found: list[dict[str, Any]] = []
    for instance in dict.fromkeys(item.instance for item in wanted):
        these = [item for item in wanted if item.instance == instance]
        try:
            found += _of(instance, these, timeout if wait else 0.0, progress)
        except ExtensionError as error:
            found += [_absent(item, in_words(error)) for item in these]
    return found


def in_words(error: ExtensionError) -> str:
    return f"{error.message} {error.hint}" if error.hint else error.message


def _of(
    instance: str | None, wanted: Sequence[Attachment], timeout: float | None, progress: bool
) -> list[dict[str, Any]]:
    dids = list(dict.fromkeys(item.did for item in wanted))
    why: dict[str, str] = {}
    if timeout != 0.0:
        why = _waited(instance, dids, timeout, progress)
    resolved = dict(zip(dids, ask(instance, lambda lake: lake.resolve(dids)), strict=True))
    found = []
    for item in wanted:
        entry = resolving.entry(resolved[item.did], item.variable_name, instance)
        if not entry["didAvailable"] and item.did in why:
            entry["message"] = why[item.did]
        found.append({**entry, "type": item.type} if resolved[item.did].type is None else entry)
    return found


def _waited(
    instance: str | None, dids: list[str], timeout: float | None, progress: bool
) -> dict[str, str]:
    """Waits for those that come; for the others, why they do not."""
    states = ask(instance, lambda lake: lake.availability(dids))
    moving = [str(at.did) for at in states if at.state in ("replicating", "stuck")]
    try:
        if moving:
            follow(instance, moving, timeout, title=f"{len(moving):,} DIDs", progress=progress)
    except (TimeoutError, ExtensionError, DIDNotAvailableException) as error:
        text = in_words(error) if isinstance(error, ExtensionError) else str(error)
        return dict.fromkeys(moving, text)
    return {}


def _absent(item: Attachment, why: str) -> dict[str, Any]:
    return {
        "variableName": item.variable_name,
        "did": item.did,
        "type": item.type,
        "didAvailable": False,
        "files": None,
        "message": why,
        "instance": item.instance,
    }
