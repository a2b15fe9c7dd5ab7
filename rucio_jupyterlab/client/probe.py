"""One look at what answers at an address: whether it is Rucio, its certificate, its clock.

Nothing is retried and no credentials travel.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import httpx
from cryptography import x509

from rucio_jupyterlab.client import faults
from rucio_jupyterlab.client.connection import Timeouts, make_http_client, make_tls_context
from rucio_jupyterlab.client.parsing import time_of
from rucio_jupyterlab.config.instance import Instance

PEEK_LIMIT_S = 3.0


@dataclass(frozen=True)
class ServerCertificate:
    """As a server showed it; names in the form of RFC 4514. ``ends_at`` is aware (UTC)."""

    subject: str
    issuer: str
    ends_at: datetime


@dataclass(frozen=True)
class Answer:
    """What came back.

    ``rucio_version`` is None where it was no Rucio that answered, ``certificate`` over plain HTTP,
    ``clock_ahead_s`` where the answer bears no date: by so much is the clock there ahead of ours,
    known to a second.
    """

    status: int
    elapsed_s: float
    rucio_version: str | None
    clock_ahead_s: float | None
    certificate: ServerCertificate | None


async def probe(instance: Instance, url: str, timeouts: Timeouts) -> Answer:
    """Asks ``{url}/ping``, the one address of Rucio's that needs no token.

    Raises:
        RucioUnreachable: code ``tls_not_trusted`` where the certificate is not trusted.
        RucioTimeout, RucioBadAnswer, ConfigurationError
    """
    tls = await asyncio.to_thread(make_tls_context, instance)
    address = f"{url}/ping"
    async with make_http_client(instance, timeouts, tls) as http:
        begun = time.perf_counter()
        try:
            async with http.stream("GET", address) as answer:
                certificate = _certificate(answer)
                await answer.aread()
        except httpx.HTTPError as error:
            raise faults.from_transport(error, instance, address) from None
    elapsed_s = time.perf_counter() - begun
    return Answer(
        status=answer.status_code,
        elapsed_s=elapsed_s,
        rucio_version=_version(answer),
        clock_ahead_s=_clock_ahead_s(answer.headers.get("Date"), elapsed_s),
        certificate=certificate,
    )


async def shown_certificate(host: str, port: int) -> ServerCertificate | None:
    """The certificate of a server that is not trusted, to say who signed it; None where none came.

    It is looked at and nothing is sent.
    """

    def look() -> str:
        # Verifies nothing, which is what it is for: the connection ends with the handshake.
        return ssl.get_server_certificate((host, port), timeout=PEEK_LIMIT_S)

    try:
        return _read(x509.load_pem_x509_certificate((await asyncio.to_thread(look)).encode()))
    except (OSError, ValueError):
        return None


def _certificate(answer: httpx.Response) -> ServerCertificate | None:
    stream = answer.extensions.get("network_stream")
    tls: Any = stream.get_extra_info("ssl_object") if stream is not None else None
    der = tls.getpeercert(binary_form=True) if tls is not None else None
    return _read(x509.load_der_x509_certificate(der)) if der is not None else None


def _read(found: x509.Certificate) -> ServerCertificate:
    return ServerCertificate(
        found.subject.rfc4514_string(), found.issuer.rfc4514_string(), found.not_valid_after_utc
    )


def _version(answer: httpx.Response) -> str | None:
    if answer.status_code != 200:
        return None
    try:
        return str(json.loads(answer.content)["version"])
    except (ValueError, TypeError, KeyError):
        return None


def _clock_ahead_s(date: str | None, elapsed_s: float) -> float | None:
    theirs = time_of(date)
    if theirs is None:
        return None
    # It was written somewhere between question and answer, and has no fractions of a second.
    ours = datetime.now(timezone.utc).timestamp() - elapsed_s / 2
    return theirs.timestamp() + 0.5 - ours
