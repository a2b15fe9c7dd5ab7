"""What the Rucio library needs in a child process to be who the session is.

It reads ``$RUCIO_HOME/etc/rucio.cfg``. So for as long as a child works there is a folder with that
file, with the token in hand and, where the way in needs them, proxy or key: the folder is the
user's alone (0700, files 0600) and is deleted afterwards. Nothing secret is on a command line or in
the environment, which name files only.
"""

from __future__ import annotations

import asyncio
import configparser
import os
import shutil
import ssl
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from rucio_jupyterlab.client.auth import pem
from rucio_jupyterlab.client.auth.authenticator import Authenticator, Token
from rucio_jupyterlab.client.auth.userpass import UserpassAuthenticator
from rucio_jupyterlab.client.auth.x509 import X509Authenticator
from rucio_jupyterlab.client.auth.x509_proxy import X509ProxyAuthenticator
from rucio_jupyterlab.client.connection import make_tls_context
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.services.grid_proxy import make_proxy
from rucio_jupyterlab.services.sessions import Sessions
from rucio_jupyterlab.services.voms import KeyPair, make_voms_proxy

# Rucio's and the storages' own variables: another sign-in may be in them.
_FOREIGN_PREFIX = "RUCIO_"
_FOREIGN = frozenset(
    {"BEARER_TOKEN", "BEARER_TOKEN_FILE", "X509_USER_PROXY", "X509_USER_CERT", "X509_USER_KEY"}
)


@dataclass(frozen=True)
class ClientSettings:
    """For one child process: ``home`` is its ``RUCIO_HOME``, ``environment`` the whole of it."""

    home: Path
    environment: Mapping[str, str]
    _client: RucioClient = field(repr=False)

    async def refresh(self) -> None:
        """Puts the token of now in place of the one of before: work may last longer than either.

        Raises: as ``ClientSettingsMaker.settings``.
        """
        token = await self._client.token()
        await asyncio.to_thread(
            _replace_private, self.home / "token", token.value.encode("latin-1")
        )


@dataclass(frozen=True)
class _Way:
    """``options`` of the section ``client``; ``environment`` is for the storages."""

    options: Mapping[str, str]
    environment: Mapping[str, str]


class ClientSettingsMaker:
    """``folder`` is ours alone, below Jupyter's runtime folder; ``environ`` is the server's."""

    def __init__(self, sessions: Sessions, folder: Path, environ: Mapping[str, str]) -> None:
        self._sessions = sessions
        self._folder = folder
        self._environ = environ

    @asynccontextmanager
    async def settings(self, instance: Instance) -> AsyncIterator[ClientSettings]:
        """Valid inside of the context.

        Raises:
            NotAuthenticated: nobody is signed in, or the credentials do not do.
            ConfigurationError: code ``voms_missing``, or an unusable CA file.
            RucioUnreachable, RucioTimeout, RucioBadAnswer: Rucio could not be asked for a token.
        """
        client = await self._sessions.client(instance)
        # First, so that who cannot sign in gets the reason here and not from a child.
        token = await client.token()
        authenticator = await self._sessions.authenticator(instance)
        home = await asyncio.to_thread(self._make_home)
        try:
            way = await self._way(instance, authenticator, token, home)
            ca_file = await asyncio.to_thread(_write_ca, instance, home)
            await asyncio.to_thread(_write_config, instance, way, token, ca_file, home)
            environment = {**self._environment(instance), **way.environment}
            environment["RUCIO_HOME"] = str(home)
            yield ClientSettings(home, environment, client)
        finally:
            await asyncio.to_thread(shutil.rmtree, home, ignore_errors=True)

    def _environment(self, instance: Instance) -> dict[str, str]:
        """The server's, without what would win over what is written here."""
        kept = {
            name: value
            for name, value in self._environ.items()
            if name not in _FOREIGN and not name.startswith(_FOREIGN_PREFIX)
        }
        # With this set Rucio's library would not look at its ca_cert. XRootD has a name of its own.
        if certificates := kept.pop("X509_CERT_DIR", None):
            kept.setdefault("XrdSecGSICADIR", certificates)
        if instance.site_name:
            # Rucio then names a near replica or a cache.
            kept["SITE_NAME"] = instance.site_name
        # The configuration is written in it, whatever the user's language.
        return kept | {"PYTHONUTF8": "1"}

    def remove_left(self) -> None:
        """Deletes what servers that were killed have left; blocks."""
        if not self._folder.is_dir():
            return
        for left in self._folder.iterdir():
            if not _is_alive(left.name.partition("-")[0]):
                shutil.rmtree(left, ignore_errors=True)

    def _make_home(self) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self.remove_left()
        home = Path(tempfile.mkdtemp(dir=self._folder, prefix=f"{os.getpid()}-"))
        (home / "etc").mkdir(mode=0o700)
        return home

    async def _way(
        self, instance: Instance, authenticator: Authenticator, token: Token, home: Path
    ) -> _Way:
        if isinstance(authenticator, UserpassAuthenticator):
            username, password = authenticator.secrets()
            return _Way({"auth_type": "userpass", "username": username, "password": password}, {})
        if isinstance(authenticator, X509ProxyAuthenticator):
            return _proxy(authenticator.proxy)
        if isinstance(authenticator, X509Authenticator):
            return await self._x509(instance, authenticator, home)
        file = home / "token"
        return _Way({"auth_type": "oidc", "oidc_issuer": "any"}, {"BEARER_TOKEN_FILE": str(file)})

    async def _x509(self, instance: Instance, authenticator: X509Authenticator, home: Path) -> _Way:
        certificate, key = authenticator.certificate, authenticator.key
        proxy = home / "proxy.pem"
        if instance.voms_enabled:
            await make_voms_proxy(
                instance,
                KeyPair(certificate, key, authenticator.passphrase),
                proxy,
                self._environ,
            )
            return _proxy(proxy)
        opened = await asyncio.to_thread(_open_and_delegate, authenticator, proxy)
        if authenticator.passphrase:
            # The library cannot open keys.
            key = home / "key.pem"
            await asyncio.to_thread(_write_private, key, opened)
        return _Way(
            {"auth_type": "x509", "client_cert": str(certificate), "client_key": str(key)},
            {
                "X509_USER_CERT": str(certificate),
                "X509_USER_KEY": str(key),
                "X509_USER_PROXY": str(proxy),
            },
        )


def _proxy(proxy: Path) -> _Way:
    return _Way(
        {"auth_type": "x509_proxy", "client_x509_proxy": str(proxy)},
        {"X509_USER_PROXY": str(proxy)},
    )


def _open_and_delegate(authenticator: X509Authenticator, proxy: Path) -> bytes:
    """Writes the proxy that storages are shown, and gives the opened key."""
    certificate, key = authenticator.certificate, authenticator.key
    opened = pem.private_key(key.read_bytes(), key, authenticator.passphrase)
    chain = pem.certificates(certificate.read_bytes(), certificate)
    # The key of a certificate signs.
    _write_private(proxy, make_proxy(chain, cast(CertificateIssuerPrivateKeyTypes, opened)))
    return opened.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_ca(instance: Instance, home: Path) -> Path | None:
    """The CAs that this server trusts: the library by itself knows certifi's only."""
    if not any(
        url.startswith("https:") for url in (instance.rucio_base_url, instance.rucio_auth_url)
    ):
        return None
    if instance.rucio_ca_cert is not None:
        return Path(instance.rucio_ca_cert)
    path = home / "ca.pem"
    trusted = make_tls_context(instance).get_ca_certs(binary_form=True)
    _write_private(path, "".join(map(ssl.DER_cert_to_PEM_cert, trusted)).encode())
    return path


def _write_config(
    instance: Instance, way: _Way, token: Token, ca_file: Path | None, home: Path
) -> None:
    # With its token the child begins at once, and keeps away from the one that the user's own
    # command-line client has in /tmp.
    token_file = home / "token"
    _write_private(token_file, token.value.encode("latin-1"))
    options = {
        "rucio_host": instance.rucio_base_url,
        "auth_host": instance.rucio_auth_url,
        "auth_token_file_path": str(token_file),
        **way.options,
    }
    if token.account:
        options["account"] = token.account
    if instance.vo:
        options["vo"] = instance.vo
    if ca_file is not None:
        options["ca_cert"] = str(ca_file)
    # Rucio reads it with interpolation, in which a % stands twice for itself.
    document = configparser.ConfigParser(interpolation=None)
    document["client"] = {key: value.replace("%", "%%") for key, value in options.items()}
    descriptor = os.open(home / "etc" / "rucio.cfg", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        document.write(file)


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _replace_private(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    _write_private(fresh, content)
    fresh.replace(path)


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except OSError:
        return True
    return True
