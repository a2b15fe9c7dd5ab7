"""Whom TLS trusts. Verification is never off."""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path

import httpx

from rucio_jupyterlab.errors import ConfigurationError, KeyProblem

# Where grid storages' authorities are by custom, named by their hashes.
GRID_AUTHORITIES = "/etc/grid-security/certificates"


def tls_context(label: str, ca_file: str | None, *, is_shared: bool = True) -> ssl.SSLContext:
    """The CAs of the file, or the system's and certifi's. Reads files: run it in a thread.

    One that is not shared may be given a certificate to show.

    Raises:
        ConfigurationError: the file cannot be read or holds no certificate; ``label`` names whose
            it is.
    """
    if ca_file is None:
        return _public_roots() if is_shared else _read_public_roots()
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise _unusable(label, ca_file, _reason(error)) from error


def wider_tls_context(label: str, ca_file: str | None) -> ssl.SSLContext:
    """The CAs of the file besides the system's and certifi's: for a server of which only the
    operator knows whether the same CA has signed it.

    Raises:
        ConfigurationError: as ``tls_context``.
    """
    if ca_file is None:
        return _public_roots()
    context = _read_public_roots()
    try:
        context.load_verify_locations(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise _unusable(label, ca_file, _reason(error)) from error
    return context


def storage_context(ca_file: str | None, authorities: str | None) -> ssl.SSLContext:
    """For storages of the grid: the system's CAs, the file's, and those of the folder
    ``authorities``, which by custom is ``GRID_AUTHORITIES``.

    Raises:
        OSError: the file cannot be read or holds no certificate.
    """
    context = ssl.create_default_context()
    # Newer Pythons ask more of authorities than the older ones of the grid have in them.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    folder = Path(authorities or GRID_AUTHORITIES)
    if folder.is_dir():
        context.load_verify_locations(capath=folder)
    return context


def ca_file_problem(label: str, ca_file: str | None) -> ConfigurationError | None:
    """What is wrong at first sight, for when the configuration is read."""
    if ca_file is None or Path(ca_file).is_file():
        return None
    return _unusable(label, ca_file, "there is no such file")


def certificate_problem(error: BaseException) -> str | None:
    """Why TLS failed, looked for among the causes of an HTTP error; None where it did not."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return seen.verify_message or "it could not be verified"
        if isinstance(seen, ssl.SSLError):
            return seen.reason or "the TLS handshake failed"
        seen = seen.__cause__ or seen.__context__
    return None


def _unusable(label: str, ca_file: str, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"The CA file of “{label}”, {ca_file}, cannot be used: {reason}.",
        code="ca_file_unusable",
        hint="Ask the operator to mend rucio_ca_cert in the configuration.",
        details=[KeyProblem("rucio_ca_cert", f"is {ca_file}, which cannot be used: {reason}")],
    )


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return "it holds no certificate"
    return error.strerror or "it cannot be read"


@cache
def _public_roots() -> ssl.SSLContext:
    return _read_public_roots()


def _read_public_roots() -> ssl.SSLContext:
    context = httpx.create_ssl_context()  # certifi's, or SSL_CERT_FILE where that is set
    context.load_default_certs()  # the system's, where an organisation adds its own
    return context
