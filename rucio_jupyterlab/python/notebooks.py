"""The attachments of a notebook, without a browser."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import ExtensionError, InvalidDid
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
    names = (item.variable_name for item in wanted)
    return {name: resolving.value_of_entry(entries[name]) for name in names}


def entries_for(
    wanted: Sequence[Attachment],
    wait: bool = False,
    timeout: float | None = None,
    *,
    make_available: bool = False,
    progress: bool = True,
) -> list[dict[str, Any]]:
    """What a browser would send for them. What cannot be resolved is one that says why."""
    waiting = _Waiting(wait, timeout, make_available, progress)
    wanted, found = _sorted_out(wanted)
    for instance in dict.fromkeys(item.instance for item in wanted):
        these = [item for item in wanted if item.instance == instance]
        try:
            found += _of(instance, these, waiting)
        except ExtensionError as error:
            found += [item.absent(str(error)) for item in these]
    return found


def _sorted_out(
    wanted: Sequence[Attachment],
) -> tuple[list[Attachment], list[dict[str, Any]]]:
    """Those that can be asked for, and what stands for the others: one that somebody has mistyped
    must not keep the rest back.
    """
    good, absent = [], []
    for item in wanted:
        try:
            Did.parse(item.did)
        except InvalidDid as error:
            absent.append(item.absent(str(error)))
        else:
            good.append(item)
    return good, absent


class _Waiting(NamedTuple):
    is_wanted: bool
    timeout: float | None
    makes_available: bool
    shows_progress: bool


def _of(
    instance: str | None, wanted: Sequence[Attachment], waiting: _Waiting
) -> list[dict[str, Any]]:
    dids = list(dict.fromkeys(item.did for item in wanted))
    why: dict[str, str] = {}
    if waiting.makes_available:
        why |= _made_available(instance, dids)
    if waiting.is_wanted:
        why |= _waited(instance, dids, waiting)
    resolved = dict(zip(dids, ask(instance, lambda lake: lake.resolve(dids)), strict=True))
    found = []
    for item in wanted:
        entry = resolving.entry(resolved[item.did], item.variable_name, instance)
        if not entry["didAvailable"] and item.did in why:
            entry["message"] = why[item.did]
        # Of what Rucio does not know, the notebook still says what it was.
        found.append(entry if resolved[item.did].type else {**entry, "type": item.type})
    return found


def _made_available(instance: str | None, dids: Sequence[str]) -> dict[str, str]:
    """Those that are not here; of the others that Rucio refuses, why."""
    states = ask(instance, lambda lake: lake.availability(dids))
    why = {}
    for at in states:
        if at.state in ("not_available", "partial"):
            did = str(at.did)
            try:
                ask(instance, lambda lake, did=did: lake.make_available(did))  # type: ignore[misc]
            except ExtensionError as error:
                why[did] = str(error)
    return why


def _waited(instance: str | None, dids: Sequence[str], waiting: _Waiting) -> dict[str, str]:
    """Waits for those that come; of the others, why they do not."""
    states = ask(instance, lambda lake: lake.availability(dids))
    moving = [str(at.did) for at in states if at.state in ("replicating", "stuck")]
    if not moving:
        return {}
    title = moving[0] if len(moving) == 1 else f"{len(moving):,} DIDs"
    try:
        follow(instance, moving, waiting.timeout, title=title, progress=waiting.shows_progress)
    except (TimeoutError, ExtensionError, DIDNotAvailableException) as error:
        return dict.fromkeys(moving, str(error))
    return {}
