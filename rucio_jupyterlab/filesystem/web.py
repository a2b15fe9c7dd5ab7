"""Reading from storages over HTTPS, and showing them who the user is.

A file system of fsspec's keeps its options, and whoever pickles or logs it passes them on. So what
it gets is the name of an instance; the proxy or the token is looked up where a connection is made.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from rucio_jupyterlab.client.auth.authenticator import Authenticator
from rucio_jupyterlab.client.auth.userpass import UserpassAuthenticator
from rucio_jupyterlab.client.auth.x509 import X509Authenticator
from rucio_jupyterlab.client.auth.x509_proxy import X509ProxyAuthenticator
from rucio_jupyterlab.config.tls import storage_context
from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.python.runtime import runtime


@dataclass(frozen=True)
class Visitor:
    """``get_client`` of fsspec's HTTP file system: the sessions of who is signed in to an instance.

    ``storage`` is ``host:port``; where that one redirects to gets no token. It may be pickled, and
    holds no secret.
    """

    instance: str
    storage: str

    async def __call__(self, **options: Any) -> aiohttp.ClientSession:
        """
        Raises:
            OSError: nobody is signed in, or the certificate or the authorities cannot be read.
        """
        try:
            context, has_token = await asyncio.to_thread(self._introduction)
        except ExtensionError as error:
            raise PermissionError(error.message) from error
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context),
            middlewares=(self._with_token,) if has_token else (),
            trust_env=True,
            **options,
        )

    def _introduction(self) -> tuple[ssl.SSLContext, bool]:
        """Whom to trust and which certificate to show, and whether a token is shown."""
        running = runtime()
        instance = running.instance(self.instance)
        way = running.run(running.services.sessions.authenticator(instance))
        context = storage_context(instance.rucio_ca_cert, os.environ.get("X509_CERT_DIR"))
        is_shown = _show_certificate(way, context)
        return context, not is_shown and not isinstance(way, UserpassAuthenticator)

    async def _with_token(
        self, request: aiohttp.ClientRequest, send: Callable[[aiohttp.ClientRequest], Any]
    ) -> aiohttp.ClientResponse:
        """Each time anew: work may last longer than a token. Never in the clear."""
        if request.url.scheme == "https" and request.url.authority == self.storage:
            token = await asyncio.to_thread(self._token)
            request.headers["Authorization"] = f"Bearer {token}"
        response: aiohttp.ClientResponse = await send(request)
        return response

    def _token(self) -> str:
        running = runtime()
        instance = running.instance(self.instance)

        async def of_now() -> str:
            client = await running.services.sessions.client(instance)
            return (await client.token()).value

        return running.run(of_now())


def _show_certificate(way: Authenticator, context: ssl.SSLContext) -> bool:
    if isinstance(way, X509ProxyAuthenticator):
        context.load_cert_chain(way.proxy)
        return True
    if isinstance(way, X509Authenticator):
        context.load_cert_chain(way.certificate, way.key, way.passphrase)
        return True
    return False
