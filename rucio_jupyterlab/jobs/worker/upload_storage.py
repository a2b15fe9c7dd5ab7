"""One storage, by one of its protocols: Rucio's library moves the bytes.

Its own upload client is not used: it registers what another content may have replaced meanwhile,
waits a minute for each empty file, takes a remainder of a parallel upload for its own, and says of
a failure only that there was one. What it does with the protocols is done here.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rucio.client.client import Client
from rucio.common.constants import RseAttr
from rucio.common.exception import RSEChecksumUnavailable, SourceNotFound
from rucio.rse import rsemanager

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import Unprocessable
from rucio_jupyterlab.jobs.worker.upload_source import Snapshot

# No limit of our own: a large file takes as long as it takes, and the user can cancel.
TRANSFER_LIMIT_S = 7 * 86_400

# XRootD's client goes on trying for half an hour when a server has gone.
XROOTD_LIMITS = {
    "XRD_CONNECTIONWINDOW": "20",
    "XRD_CONNECTIONRETRY": "3",
    "XRD_STREAMERRORWINDOW": "60",
    "XRD_REQUESTTIMEOUT": "300",
}

log = logging.getLogger("rucio")


@dataclass(frozen=True)
class Kept:
    """What a storage has of a file; None where it does not say."""

    size_bytes: int | None
    adler32: str | None

    def is_same(self, snapshot: Snapshot) -> bool:
        """By size and checksum; without a checksum nobody knows."""
        return self.adler32 is not None and self.fits(snapshot)

    def fits(self, snapshot: Snapshot) -> bool:
        """Whether it can be what was sent, by what the storage says."""
        return self.size_bytes in (None, snapshot.size_bytes) and (
            self.adler32 is None or self.adler32.lstrip("0") == snapshot.adler32.lstrip("0")
        )


@dataclass(frozen=True)
class RseSettings:
    """An RSE as Rucio describes it. ``is_checked``: its storage can be asked for checksums."""

    rse: str
    document: Mapping[str, Any]
    domain: str
    is_checked: bool
    may_look: bool

    @property
    def protocols(self) -> Sequence[Mapping[str, Any]]:
        """Those that write, the preferred one first."""
        found = rsemanager.get_protocols_ordered(dict(self.document), "write", domain=self.domain)
        return list(found)


def rse_settings(client: Client, rse: str, site_name: str | None) -> RseSettings:
    """
    Raises:
        Unprocessable: nothing can be sent to it from here.
        RucioException: as Rucio answers.
    """
    document = client.get_rse(rse)
    if not document["deterministic"]:
        raise Unprocessable(
            f"{rse} does not keep files by their names, so nothing can be sent to it from here.",
            code="rse_not_deterministic",
            hint="Choose another RSE.",
        )
    if document.get("sign_url"):
        raise Unprocessable(
            f"{rse} wants signed addresses, with which this version cannot send.",
            code="rse_not_supported",
            hint="Choose another RSE.",
        )
    if not document.get("availability_write", True):
        raise Unprocessable(
            f"{rse} takes no new data at present.",
            code="rse_write_blocked",
            hint="Retry later, or choose another RSE.",
        )
    attributes = client.list_rse_attributes(rse)
    is_near = bool(site_name) and attributes.get(RseAttr.SITE) == site_name
    domain = "lan" if is_near and "lan" in document["domain"] else "wan"
    return RseSettings(
        rse=rse,
        document=document,
        domain=domain,
        is_checked=document.get("verify_checksum") is not False,
        may_look=not attributes.get(RseAttr.SKIP_UPLOAD_STAT, False),
    )


class Storage:
    """For one thread. Methods raise what the library raises, and ``upload_errors.storage_error``
    says that in words.
    """

    def __init__(self, settings: RseSettings, protocol: Mapping[str, Any], client: Client) -> None:
        self._settings = settings
        self.scheme = str(protocol["scheme"])
        token = client.auth_token if len(str(client.auth_token).split(".")) == 3 else None
        # The library changes what it is given.
        document = {**settings.document, "protocols": [dict(protocol)]}
        self._is_connected = False
        self._protocol = rsemanager.create_protocol(
            document, "write", domain=settings.domain, auth_token=token, logger=_log
        )

    def connect(self) -> None:
        """Once, until ``close``."""
        if not self._is_connected:
            self._protocol.connect()
            self._is_connected = True

    def close(self) -> None:
        self._is_connected = False
        with suppress(Exception):
            self._protocol.close()

    def pfn(self, did: Did) -> str:
        (pfn,) = self._protocol.lfns2pfns({"scope": did.scope, "name": did.name}).values()
        return str(pfn)

    def local_path(self, pfn: str) -> Path | None:
        """Where it is on this machine; None for a storage that is reached otherwise."""
        return Path(self._protocol.pfn2path(pfn)) if self.scheme == "file" else None

    def part(self, pfn: str, upload_id: str) -> str:
        """Where it grows: beside its place, under a name of this upload's own. A name with more at
        its end could be too long for the storage.
        """
        if not self._protocol.renaming:
            return pfn
        folder, _, name = pfn.rpartition("/")
        mark = hashlib.sha256(f"{upload_id}/{name}".encode()).hexdigest()[:24]
        return f"{folder}/{mark}.rucio.upload"

    def find(self, pfn: str) -> Kept | None:
        """What is there; None when nothing is."""
        return self.look(pfn) if self._protocol.exists(pfn) else None

    def look(self, pfn: str) -> Kept | None:
        """As ``find``, of what should be there."""
        try:
            found = self._protocol.stat(pfn)
        except SourceNotFound:
            return None
        except RSEChecksumUnavailable:
            if self._settings.is_checked:
                raise
            return Kept(None, None)
        checksum = found.get("adler32") if self._settings.is_checked else None
        return Kept(int(found["filesize"]), str(checksum) if checksum else None)

    def put(self, source: Path, pfn: str) -> None:
        self._protocol.put(source.name, pfn, str(source.parent), transfer_timeout=TRANSFER_LIMIT_S)

    def rename(self, part: str, pfn: str) -> None:
        if part != pfn:
            self._protocol.rename(part, pfn)

    def remove(self, pfn: str) -> None:
        """Also where there is nothing any more."""
        try:
            self._protocol.delete(pfn)
        except SourceNotFound:
            return


def _log(level: int, message: str, *args: object, **more: Any) -> None:
    log.log(level, message, *args, **more)
