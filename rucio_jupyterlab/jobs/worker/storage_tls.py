"""Storages reached over WebDAV have to show who they are before they are shown who the user is.

Rucio's library turns verification off in each of its requests to them
(``rucio.rse.protocols.webdav``, ``verify=False``), and sends the proxy or the token all the same.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from rucio.common.config import config_get
from rucio.rse.protocols import webdav

# Where grid storages' authorities are by custom, named by their hashes.
GRID_AUTHORITIES = Path("/etc/grid-security/certificates")


def verify_storages() -> None:
    """For this process: the system's authorities, Rucio's own and the grid's are trusted."""
    webdav.TLSHTTPAdapter = _Verifying


class _Verifying(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options, ssl_context=_trust())

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override] # requests calls it so
        return super().send(request, **{**options, "verify": True})


def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    # Newer Pythons ask more of authorities than the older ones of the grid have in them.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if authority := config_get("client", "ca_cert", raise_exception=False, default=None):
        context.load_verify_locations(cafile=authority)
    # ``X509_CERT_DIR`` goes by this name here, see `client_settings`.
    folder = Path(os.environ.get("XrdSecGSICADIR", GRID_AUTHORITIES))  # noqa: SIM112 - its name
    if folder.is_dir():
        context.load_verify_locations(capath=folder)
    return context
