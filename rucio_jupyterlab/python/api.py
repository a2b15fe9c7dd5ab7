"""What ``import rucio_jupyterlab as rj`` offers."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from rucio_jupyterlab.client.dids import SearchType
from rucio_jupyterlab.python import notebooks, uploading
from rucio_jupyterlab.python.conditions import Conditions
from rucio_jupyterlab.python.identifier import DataIdentifier
from rucio_jupyterlab.python.many import DataIdentifiers
from rucio_jupyterlab.python.resolving import Value
from rucio_jupyterlab.python.searching import Search


def did(did: str, *, instance: str | None = None) -> DataIdentifier:
    """A file, dataset or container, by ``scope:name``. Nothing is asked before it is used."""
    return DataIdentifier(did, instance=instance)


def dids(dids: Iterable[str | DataIdentifier], *, instance: str | None = None) -> DataIdentifiers:
    """Several at once, which are asked about and made available together."""
    names = [item.did if isinstance(item, DataIdentifier) else item for item in dids]
    return DataIdentifiers(names, instance=instance)


def search(
    pattern: str,
    *,
    type: SearchType = "collection",
    filters: Conditions | None = None,
    recursive: bool = False,
    limit: int | None = None,
    instance: str | None = None,
) -> Search:
    """The DIDs that fit, read as they are iterated.

    Args:
        pattern: ``scope:name``, where ``*`` in the name stands for anything, or a scope.
        type: ``all``, ``collection``, ``container``, ``dataset`` or ``file``.
        filters: conditions on metadata, such as ``"run_number >= 100 and datatype = AOD"``; of
            several texts all hold. Also Rucio's own form: mappings, of which one holds.
        recursive: what is inside the collections of that name, at any depth.
        limit: at most so many.
        instance: a configured one. None: that of the notebook, else the default.

    Raises:
        BadRequest: code ``invalid_filter``: a condition that Rucio could not answer, and why.
    """
    return Search(
        pattern,
        type=type,
        filters=filters,
        recursive=recursive,
        limit=limit,
        instance=instance,
    )


def attached(
    notebook: str | os.PathLike[str], *, wait: bool = False, timeout: float | None = None
) -> dict[str, Value]:
    """The variables that are attached in a notebook, as its kernel would have them.

    Those that cannot be resolved stand for what is not available, and say why.

    Args:
        notebook: the path of an ``.ipynb`` file.
        wait: for those that are on their way.
        timeout: seconds to wait at most.

    Raises:
        NotebookError: there is no notebook, or it is none.
    """
    return notebooks.attached(notebook, wait=wait, timeout=timeout)


def upload(
    paths: uploading.Paths,
    *,
    scope: str,
    rse: str | None = None,
    dataset: str | None = None,
    prefix: str = "",
    lifetime_days: int | None = None,
    rename: bool = False,
    wait: bool = True,
    timeout: float | None = None,
    progress: bool = True,
    instance: str | None = None,
) -> uploading.Upload:
    """Sends files and folders to the lake. Folders go with all that is in them, hidden files left
    out. What is there already with the same content is not sent again.

    Args:
        paths: one, or several.
        scope: of the uploaded files.
        rse: or an RSE expression. None: the storage that is mounted here.
        dataset: ``scope:name`` of the dataset that takes them; made if there is none.
        prefix: of the DIDs' names, such as ``run7/``.
        lifetime_days: 0 is for ever, None what the instance sets.
        rename: files whose names Rucio refuses get the names that are proposed.
        wait: until all is there; otherwise it goes on while this process lives.
        timeout: seconds to wait at most.
        progress: show a bar while waiting.
        instance: a configured one. None: that of the notebook, else the default.

    Raises:
        UploadRefused: something stands in the way, and what. Nothing has been sent.
        TransferFailed, TimeoutError: as ``Upload.wait``.
    """
    asked: dict[str, Any] = {
        "scope": scope,
        "rse": rse,
        "dataset": dataset,
        "prefix": prefix,
        "lifetime_days": lifetime_days,
        "rename": rename,
    }
    begun = uploading.begin(paths, instance, asked)
    return begun.wait(timeout, progress=progress) if wait else begun
