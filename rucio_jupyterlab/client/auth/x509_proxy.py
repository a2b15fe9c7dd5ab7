"""A proxy (RFC 3820): a short-lived certificate in the user's name, with its key in one file."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import httpx

from rucio_jupyterlab.client.auth import pem
from rucio_jupyterlab.client.auth.authenticator import Standing, Token
from rucio_jupyterlab.client.auth.certificate_login import (
    certificate_login,
    load_chain,
    require_https,
)
from rucio_jupyterlab.client.auth.headers import header_bytes
from rucio_jupyterlab.client.auth.watched_files import WatchedFiles
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import UnusableCredentials

RENEW_HINT = "Make a new one with voms-proxy-init; it is picked up by itself."


class X509ProxyAuthenticator:
    """A proxy that is renewed in its place is picked up by itself.

    Raises:
        ConfigurationError: code ``https_required``.
        BadRequest: no HTTP header can carry the account.
    """

    def __init__(self, instance: Instance, proxy: Path, account: str | None = None) -> None:
        require_https(instance)
        self._instance = instance
        self.proxy = proxy
        self._account = account
        self._headers = {b"X-Rucio-Account": header_bytes(account, "account")} if account else {}
        self._files = WatchedFiles(
            [proxy], lambda: proxy_standing(proxy), lambda end: _over(proxy, end)
        )

    def __repr__(self) -> str:
        return f"<X509ProxyAuthenticator {self.describe()}>"

    def describe(self) -> str:
        return f"proxy {self.proxy} at {self._instance.name}"

    async def look(self) -> Standing:
        return await self._files.look()

    async def login(self, http: httpx.AsyncClient) -> Token:
        """As ``Authenticator.login``."""
        (await self.look()).require_usable()
        return await certificate_login(
            self._instance,
            "/auth/x509_proxy",
            lambda tls: load_chain(tls, self.proxy, None, None),
            self._headers,
            self._account,
            timeout=http.timeout,
            what="this proxy",
        )


def proxy_standing(proxy: Path) -> Standing:
    """How the file stands; it ends with the first certificate of its chain that does. Blocks.

    Raises:
        UnusableCredentials: why it does not do.
    """
    data = pem.read_file(
        proxy,
        what="proxy",
        missing="proxy_missing",
        unusable="certificate_unusable",
        hint=RENEW_HINT,
    )
    chain = pem.certificates(data, proxy)
    pem.check_match(chain[0], pem.private_key(data, proxy, None), proxy)
    pem.check_begun(chain, proxy, datetime.now(timezone.utc))
    return Standing(
        identity=pem.subject(chain),
        expires_at=min(certificate.not_valid_after_utc for certificate in chain),
        where=str(proxy),
        mark=pem.mark(data),
    )


def _over(proxy: Path, end: datetime) -> UnusableCredentials:
    return UnusableCredentials(
        f"The proxy {proxy} ended on {end:%Y-%m-%d at %H:%M} UTC.",
        code="proxy_expired",
        hint=RENEW_HINT,
    )
