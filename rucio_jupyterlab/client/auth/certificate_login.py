"""The login with a certificate, on a TLS connection that is made for it alone."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

import httpx

from rucio_jupyterlab.client import faults
from rucio_jupyterlab.client.auth.answers import ASK_FOR_ACCOUNTS, token_of
from rucio_jupyterlab.client.auth.authenticator import Token
from rucio_jupyterlab.client.connection import Timeouts, make_http_client, make_tls_context
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import ConfigurationError, NotAuthenticated, UnusableCredentials

HINT = "Check that it is registered in Rucio for your account; the operator of Rucio can tell."


def require_https(instance: Instance) -> None:
    """
    Raises:
        ConfigurationError: code ``https_required``: there is nowhere to show a certificate.
    """
    if not instance.rucio_auth_url.startswith("https:"):
        raise ConfigurationError(
            f"Certificates and proxies need an https address, and {instance.display_name} "
            "signs in over plain http.",
            code="https_required",
            hint="Use another way in, or ask the operator to set an https rucio_auth_url.",
        )


async def certificate_login(
    instance: Instance,
    route: str,
    load: Callable[[ssl.SSLContext], None],
    headers: dict[bytes, bytes],
    account: str | None,
    *,
    timeout: httpx.Timeout,
    what: str,
) -> Token:
    """Asks ``route`` (``/auth/x509``) at the auth host for a token.

    ``load`` puts certificate and key into the context; it may block. ``what`` is shown to Rucio:
    “this certificate”.

    Raises: as ``Authenticator.login``.
    """
    url = f"{instance.rucio_auth_url}{route}"
    tls = await asyncio.to_thread(_context, instance, load)
    async with make_http_client(instance, Timeouts(), tls) as http:
        try:
            answer = await http.get(
                url, headers=list((headers | ASK_FOR_ACCOUNTS).items()), timeout=timeout
            )
        except (httpx.HTTPError, ssl.SSLError) as error:
            # The server's refusal comes with the handshake or, in TLS 1.3, with the first answer.
            reason = faults.refused_certificate(error)
            if reason is not None:
                raise NotAuthenticated(
                    f"{instance.display_name} does not accept {what}: {reason}.", hint=HINT
                ) from None
            if isinstance(error, ssl.SSLError):
                raise faults.not_understood(instance, "broken TLS") from None
            raise faults.from_transport(error, instance, url) from None
    return token_of(answer, instance, account, what=what, hint=HINT)


def load_chain(
    context: ssl.SSLContext, certificate: Path, key: Path | None, passphrase: str | None
) -> None:
    """
    Raises:
        UnusableCredentials: OpenSSL takes less than was found good before, or the files have just
            been replaced.
    """
    try:
        # A password that is None would be asked for at the server's terminal.
        context.load_cert_chain(certificate, key, password=passphrase or "")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or "not valid"
        raise UnusableCredentials(
            f"{certificate} cannot be used for TLS: {reason}.", code="certificate_unusable"
        ) from None


def _context(instance: Instance, load: Callable[[ssl.SSLContext], None]) -> ssl.SSLContext:
    context = make_tls_context(instance, is_shared=False)
    # A front may ask for the certificate only once it has seen the address that is asked for.
    context.post_handshake_auth = True
    load(context)
    return context
