"""What can go wrong on the way to Rucio, in the user's words."""

from __future__ import annotations

import ssl

import httpx

from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.config.tls import certificate_problem
from rucio_jupyterlab.errors import (
    BadRequest,
    ConfigurationError,
    ExtensionError,
    RucioBadAnswer,
    RucioTimeout,
    RucioUnreachable,
)

REACH_HINT = "Try again in a moment. If it goes on, ask the operator whether Rucio is running."

# The first that fits counts. A LocalProtocolError's own text repeats the header that was refused.
_MEANINGS: tuple[
    tuple[
        type[httpx.HTTPError] | tuple[type[httpx.HTTPError], ...], type[ExtensionError], str, str
    ],
    ...,
] = (
    (
        httpx.ConnectTimeout,
        RucioUnreachable,
        "{host}, where {instance} is, does not answer.",
        REACH_HINT,
    ),
    (
        httpx.PoolTimeout,
        RucioTimeout,
        "Too many requests to {instance} are under way.",
        "Wait until some have ended, then try again.",
    ),
    (
        httpx.TimeoutException,
        RucioTimeout,
        "{instance} took too long to answer.",
        "Try again, or ask for less at once.",
    ),
    (
        httpx.ProxyError,
        RucioUnreachable,
        "The HTTP proxy on the way to {host} refused the connection.",
        "Ask the operator to check HTTPS_PROXY and NO_PROXY of this server.",
    ),
    (httpx.ConnectError, RucioUnreachable, "No connection to {instance} at {host}.", REACH_HINT),
    (
        httpx.UnsupportedProtocol,
        ConfigurationError,
        "The address of {instance} is not usable.",
        "Ask the operator to check rucio_base_url and rucio_auth_url.",
    ),
    (
        httpx.LocalProtocolError,
        BadRequest,
        "This request cannot be sent to {instance}: it is not valid HTTP.",
        "Check the characters in what you typed.",
    ),
    (
        httpx.DecodingError,
        RucioBadAnswer,
        "{instance} sent an answer that cannot be decoded.",
        REACH_HINT,
    ),
)


def from_transport(error: httpx.HTTPError, instance: Instance, url: str) -> ExtensionError:
    """Ours for a failure of httpx before or while an answer was read. Repeats nothing that was
    sent.
    """
    certificate = certificate_problem(error)
    if certificate is not None:
        return RucioUnreachable(
            f"The certificate of {_host(url)} is not trusted: {certificate}.",
            code="tls_not_trusted",
            hint="Ask the operator to set rucio_ca_cert to the CA that signed it.",
        )
    for kinds, ours, message, hint in _MEANINGS:
        if isinstance(error, kinds):
            return ours(message.format(instance=instance.display_name, host=_host(url)), hint=hint)
    return RucioUnreachable(
        f"{instance.display_name} closed the connection without an answer.", hint=REACH_HINT
    )


# What a server says of the certificate that it was shown (RFC 8446, 6.2), as OpenSSL names it.
_CERTIFICATE_ALERTS: tuple[tuple[str, str], ...] = (
    ("ALERT_CERTIFICATE_EXPIRED", "it is over, by the clock there"),
    ("ALERT_CERTIFICATE_REVOKED", "it was revoked"),
    ("ALERT_UNKNOWN_CA", "it is signed by a CA that is not trusted there"),
    ("ALERT_CERTIFICATE_REQUIRED", "none was shown"),
    ("ALERT_UNSUPPORTED_CERTIFICATE", "its kind is not taken there"),
    ("ALERT_BAD_CERTIFICATE", "it cannot be verified there"),
    ("ALERT_CERTIFICATE_UNKNOWN", "it cannot be verified there"),
    ("ALERT_ACCESS_DENIED", "it gives no access"),
    ("ALERT_HANDSHAKE_FAILURE", "the TLS handshake failed"),
)


def refused_certificate(error: BaseException) -> str | None:
    """Why the server does not accept the certificate that it was shown, looked for among the
    causes of an error; None where it is about something else.
    """
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            for alert, meaning in _CERTIFICATE_ALERTS:
                if alert in (seen.reason or ""):
                    return meaning
        seen = seen.__cause__ or seen.__context__
    return None


def found_no_connection(error: httpx.HTTPError) -> bool:
    """Whether nothing was sent, and asking again may find a connection."""
    return isinstance(error, httpx.ConnectError) and certificate_problem(error) is None


def closed(instance: Instance) -> RucioUnreachable:
    """For who still asks through a client of before a new sign-in, or while the server stops."""
    return RucioUnreachable(
        f"The connection to {instance.display_name} was closed, as the sign-in has changed.",
        code="connection_closed",
        hint="Try again.",
    )


def stream_cut(instance: Instance) -> RucioBadAnswer:
    return RucioBadAnswer(
        f"{instance.display_name} stopped in the middle of its answer: the list is not complete.",
        code="stream_cut",
        hint="Try again. If it stops again, narrow the search.",
    )


def not_understood(instance: Instance, what: str) -> RucioBadAnswer:
    """``what`` came instead, for example “a web page”. The answer itself is not repeated."""
    return RucioBadAnswer(
        f"{instance.display_name} answered with {what}, which is not what Rucio says.",
        hint="Ask the operator to check rucio_base_url: something else may be listening there.",
    )


def _host(url: str) -> str:
    parsed = httpx.URL(url)
    return f"{parsed.host}:{parsed.port}" if parsed.port else parsed.host
