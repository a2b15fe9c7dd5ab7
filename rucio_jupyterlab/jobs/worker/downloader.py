"""One file from a storage to the disk, by Rucio's own download client."""

from __future__ import annotations

import errno
import logging
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rucio.client.client import Client
from rucio.client.downloadclient import DownloadClient, FileDownloadState
from rucio.common.utils import generate_uuid

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.errors_map import one_line
from rucio_jupyterlab.errors import ExtensionError, Forbidden, NotFound, RucioBadAnswer
from rucio_jupyterlab.jobs.worker import traces
from rucio_jupyterlab.jobs.worker.rucio_errors import of_disk

# The client's own limit of six minutes would cut a large file short. A silence is the protocols'
# own affair, and the user's, who sees that nothing moves and can cancel.
TRANSFER_LIMIT_S = 7 * 86_400

# The client gives its text alone.
_FULL = (errno.ENOSPC, errno.EDQUOT)

# Not the bare numbers: names of files have such too.
_REFUSED = re.compile(
    r"permission|forbidden|denied|unauthori[sz]ed|not authori[sz]ed|auth failed|"
    r"no protocols left|X509_USER_PROXY is not set|"
    r"(http|status|error)\W{0,3}(code\W{0,2})?40[13]\b",
    re.IGNORECASE,
)


class Source(NamedTuple):
    rse: str
    pfn: str


class Wanted(NamedTuple):
    """A file to be fetched: ``part`` is where it grows, ``path`` where it is once it is whole."""

    did: Did
    size_bytes: int | None
    adler32: str | None
    md5: str | None
    path: Path
    part: Path
    sources: Sequence[Source]


class Downloader(DownloadClient):  # type: ignore[misc]  # rucio-clients has no types
    """For one thread.

    The public calls of the client choose a file's place from its name, which may lead anywhere
    (``../``), and say of a failure only that there was one; this uses what is below them.
    """

    def __init__(self, client: Client) -> None:
        super().__init__(client=client, logger=logging.getLogger("rucio"))
        self._batch = generate_uuid()

    def _send_trace(self, trace: dict[str, Any]) -> None:
        """What was read, for Rucio's popularity."""
        if self.tracing:
            traces.send(self.client, trace)

    def fetch(self, wanted: Wanted, dataset: Did | None) -> str:
        """Brings it to its path, with its checksum looked at; gives the RSE that it came from.

        Raises:
            NotFound: code ``no_source``: no storage that can be read has it.
            RucioBadAnswer: code ``download_failed``; Forbidden: code ``storage_forbidden``.
            OSError: the disk.
        """
        item = _item(wanted, dataset)
        told: list[dict[str, Any]] = []
        trace = {**self.trace_tpl, "uuid": self._batch}
        # The client unlinks a part only where there is a file, and makes no folder.
        wanted.part.parent.mkdir(parents=True, exist_ok=True)
        wanted.path.parent.mkdir(parents=True, exist_ok=True)
        result = self._download_item(item, trace, told, "")
        last = told[-1] if told else {}
        state = result.get("clientState")
        if state in (FileDownloadState.DONE, FileDownloadState.ALREADY_DONE):
            return str(last.get("remoteSite") or "")
        if state == FileDownloadState.FILE_NOT_FOUND:
            raise no_source(wanted.did)
        raise _failure(wanted, last)


def no_source(did: Did) -> ExtensionError:
    return NotFound(
        f"No storage that can be read has {did} now.",
        code="no_source",
        hint="It may be on tape only, or its storage may be down; its details say where it is.",
    )


def _item(wanted: Wanted, dataset: Did | None) -> dict[str, Any]:
    item: dict[str, Any] = {
        "scope": wanted.did.scope,
        "name": wanted.did.name,
        "bytes": wanted.size_bytes,
        "sources": [source._asdict() for source in wanted.sources],
        "dest_file_paths": [str(wanted.path)],
        "temp_file_path": str(wanted.part),
        "merged_options": {
            "transfer_timeout": TRANSFER_LIMIT_S,
            "ignore_checksum": wanted.adler32 is None and wanted.md5 is None,
        },
    }
    if dataset is not None:
        item |= {"dataset_scope": dataset.scope, "dataset_name": dataset.name}
    for name in ("adler32", "md5"):
        checksum = getattr(wanted, name)
        if checksum is not None:
            item[name] = checksum
    return item


def _failure(wanted: Wanted, trace: dict[str, Any]) -> ExtensionError:
    did = wanted.did
    rse = str(trace.get("remoteSite") or "its storage")
    reason = one_line(trace.get("stateReason"))
    for code in _FULL:
        # Of the disk here: nothing is written at the storage.
        if os.strerror(code).lower() in reason.lower():
            return of_disk(OSError(code, reason, str(wanted.path.parent)))
    if trace.get("clientState") == FileDownloadState.FAIL_VALIDATE:
        return RucioBadAnswer(
            f"What arrived of {did} from {rse} is damaged: its checksum is not the one that Rucio "
            "has.",
            code="checksum_mismatch",
            hint="Try again; if it stays so, tell the operators of the storage.",
        )
    if _REFUSED.search(reason):
        return Forbidden(
            f"{rse} does not let you read {did}: {reason}",
            code="storage_forbidden",
            hint="It may want another way of signing in, such as a certificate or a token.",
        )
    return RucioBadAnswer(
        f"{did} could not be read from {rse}: {reason or 'no reason given'}",
        code="download_failed",
        hint="Try again later; the log says more.",
    )
