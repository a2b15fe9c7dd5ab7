"""The handshake of the browser with this server."""

from __future__ import annotations

import functools
from importlib.metadata import PackageNotFoundError, version

from jupyter_server.auth.decorator import authorized
from tornado.web import HTTPError, authenticated

from rucio_jupyterlab.handlers.base import RucioHandler, answering

API_VERSION = 1
# What this server can do; the browser offers nothing else.
FEATURES = [
    "replica_mode",
    "userpass",
    "x509",
    "x509_proxy",
    "oidc",
    "credentials_test",
    "availability_events",
    "attachments",
    "manifests",
    "diagnosis",
    "files",
    "jobs",
    "downloads",
    "uploads",
]


class HelloHandler(RucioHandler):
    @authenticated
    @authorized
    @answering
    async def get(self) -> None:
        self.answer(
            {
                "version": _version_of("rucio_jupyterlab"),
                "api": API_VERSION,
                "rucio_clients_version": _version_of("rucio-clients"),
                "features": FEATURES,
            }
        )


class NothingHereHandler(RucioHandler):
    """All other addresses below our prefix: a 404 in the form of the contract."""

    @authenticated
    @authorized
    @answering
    async def get(self) -> None:
        raise HTTPError(404)

    @authenticated
    @authorized
    @answering
    async def post(self) -> None:
        raise HTTPError(404)

    @authenticated
    @authorized
    @answering
    async def put(self) -> None:
        raise HTTPError(404)

    @authenticated
    @authorized
    @answering
    async def delete(self) -> None:
        raise HTTPError(404)


@functools.cache
def _version_of(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None
