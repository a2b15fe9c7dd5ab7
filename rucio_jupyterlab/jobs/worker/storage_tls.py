"""Storages reached over WebDAV have to show who they are before they are shown who the user is.

Rucio's library turns verification off in each of its requests to them
(``rucio.rse.protocols.webdav``, ``verify=False``), and sends the proxy or the token all the same.
"""

from __future__ import annotations

import os
import ssl
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from rucio.common.config import config_get
from rucio.rse.protocols import webdav

from rucio_jupyterlab.config.tls import storage_context


def verify_storages() -> None:
    """For this process: the system's authorities, Rucio's own and the grid's are trusted."""
    webdav.TLSHTTPAdapter = _Verifying


class _Verifying(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options, ssl_context=_trust())

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override] # requests calls it so
        return super().send(request, **{**options, "verify": True})


def _trust() -> ssl.SSLContext:
    authority = config_get("client", "ca_cert", raise_exception=False, default=None)
    # ``X509_CERT_DIR`` goes by this name here, see `client_settings`.
    return storage_context(authority, os.environ.get("XrdSecGSICADIR"))  # noqa: SIM112 - its name
