"""A certificate and its key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import httpx
from cryptography.x509 import Certificate

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


class X509Authenticator:
    """``key`` None: the certificate's file holds it too.

    Raises:
        ConfigurationError: code ``https_required``.
        BadRequest: no HTTP header can carry the account.
    """

    def __init__(
        self,
        instance: Instance,
        certificate: Path,
        key: Path | None = None,
        passphrase: str | None = None,
        account: str | None = None,
    ) -> None:
        require_https(instance)
        self._instance = instance
        self.certificate = certificate
        self.key = key or certificate
        self.passphrase = passphrase
        self._account = account
        self._headers = {b"X-Rucio-Account": header_bytes(account, "account")} if account else {}
        self._files = WatchedFiles(
            [certificate, self.key],
            lambda: certificate_standing(certificate, key, passphrase),
            lambda end: _over(certificate, end),
        )

    def __repr__(self) -> str:
        return f"<X509Authenticator {self.describe()}>"

    def describe(self) -> str:
        return f"certificate {self.certificate} at {self._instance.name}"

    async def look(self) -> Standing:
        return await self._files.look()

    async def login(self, http: httpx.AsyncClient) -> Token:
        """As ``Authenticator.login``."""
        (await self.look()).require_usable()
        return await certificate_login(
            self._instance,
            "/auth/x509",
            lambda tls: load_chain(tls, self.certificate, self.key, self.passphrase),
            self._headers,
            self._account,
            timeout=http.timeout,
            what="this certificate",
        )


def certificate_standing(certificate: Path, key: Path | None, passphrase: str | None) -> Standing:
    """How the files stand. Blocks.

    Raises:
        UnusableCredentials: there is no certificate.
    """
    data = pem.read_file(
        certificate,
        what="certificate",
        missing="certificate_missing",
        unusable="certificate_unusable",
        hint="Choose its file on the server where Jupyter runs.",
    )
    chain = pem.certificates(data, certificate)
    standing = Standing(
        identity=pem.subject(chain),
        expires_at=chain[0].not_valid_after_utc,
        where=str(certificate),
    )
    try:
        key_data = _key_data(data, chain, certificate, key, passphrase)
    except UnusableCredentials as problem:
        # Whose certificate it is can be said all the same, and helps to mend it.
        return replace(standing, problem=problem)
    return replace(standing, mark=pem.mark(data, key_data))


def _key_data(
    data: bytes,
    chain: Sequence[Certificate],
    certificate: Path,
    key: Path | None,
    passphrase: str | None,
) -> bytes:
    """The bytes that hold the key, once everything is found to be in order."""
    key_data = data
    if key is not None:
        key_data = pem.read_file(
            key,
            what="key",
            missing="key_missing",
            unusable="certificate_unusable",
            hint="Choose its file on the server where Jupyter runs.",
        )
    key_path = key or certificate
    opened = pem.private_key(key_data, key_path, passphrase)
    pem.check_mode(key_path)
    pem.check_match(chain[0], opened, key_path)
    # What follows the user's own are its CAs, which have ends of their own.
    pem.check_begun(chain[:1], certificate, datetime.now(timezone.utc))
    return key_data


def _over(certificate: Path, end: datetime) -> UnusableCredentials:
    return UnusableCredentials(
        f"The certificate {certificate} ended on {end:%Y-%m-%d at %H:%M} UTC.",
        code="certificate_expired",
        hint="Ask your certificate authority for a new one, and put it in its place.",
    )
