"""Certificates, keys and proxies as they lie in PEM files. It blocks: call it in a thread."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from rucio_jupyterlab.errors import UnusableCredentials

# Certificates are a few kilobytes; whatever is larger is another file, chosen by mistake.
LARGEST_FILE_BYTES = 1024 * 1024

# As Rucio's own client asks for: rucio.client.baseclient.BaseClient._get_creds.
KEY_MODES = frozenset({0o400, 0o600})

# RFC 3820, 3.8: proxyCertInfo.
PROXY_CERT_INFO = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.14")

# What reading may raise where a file is damaged in a way that nobody has foreseen.
UNREADABLE = (OSError, ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion)

_KEY_BLOCK = re.compile(rb"-----BEGIN ((?:[A-Z]+ )*PRIVATE KEY)-----.+?-----END \1-----", re.DOTALL)
_SHORT_NAMES = {"1.2.840.113549.1.9.1": "emailAddress"}


def read_file(path: Path, *, what: str, missing: str, unusable: str, hint: str) -> bytes:
    """The bytes of ``what`` (“certificate”); ``missing`` and ``unusable`` are codes.

    Raises:
        UnusableCredentials: there is no such file, or it cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise UnusableCredentials(f"{path} is too large for a {what}.", code=unusable)
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise UnusableCredentials(
            f"There is no {what} at {path}.", code=missing, hint=hint
        ) from None
    except OSError as error:
        raise UnusableCredentials(
            f"The {what} {path} cannot be read: {error.strerror}.", code=unusable
        ) from error


def certificates(data: bytes, path: Path) -> list[x509.Certificate]:
    """All of a file, the user's own (or the youngest proxy) first.

    Raises:
        UnusableCredentials: code ``certificate_unusable``.
    """
    try:
        return x509.load_pem_x509_certificates(data)
    except ValueError:
        raise UnusableCredentials(
            f"{path} holds no certificate that can be read.",
            code="certificate_unusable",
            hint="It must be in PEM form: text that begins with BEGIN CERTIFICATE.",
        ) from None


def private_key(data: bytes, path: Path, passphrase: str | None) -> PrivateKeyTypes:
    """
    Raises:
        UnusableCredentials: codes ``key_missing``, ``key_passphrase``, ``certificate_unusable``.
    """
    block = _KEY_BLOCK.search(data)
    if block is None:
        raise UnusableCredentials(
            f"{path} holds no private key.",
            code="key_missing",
            hint="Name the file of the key as well, for example ~/.globus/userkey.pem.",
        )
    is_encrypted = b"ENCRYPTED" in block.group()
    if is_encrypted and not passphrase:
        raise UnusableCredentials(
            f"The key {path} needs its passphrase.",
            code="key_passphrase",
            hint="Type the passphrase, or use a proxy.",
        )
    try:
        return load_pem_private_key(
            block.group(), passphrase.encode() if is_encrypted and passphrase else None
        )
    except UnsupportedAlgorithm:
        reason = "is of a kind that cannot be used here"
    except (ValueError, TypeError):
        if is_encrypted:
            raise UnusableCredentials(
                f"The passphrase does not open the key {path}.",
                code="key_passphrase",
                hint="Capital letters matter.",
            ) from None
        reason = "is damaged"
    raise UnusableCredentials(f"The key {path} {reason}.", code="certificate_unusable")


def check_mode(path: Path) -> None:
    """
    Raises:
        UnusableCredentials: code ``key_too_open``: others may read or change the key, so Rucio's
            own client would not use it either.
    """
    mode = stat.S_IMODE(path.stat().st_mode) & 0o777
    if mode not in KEY_MODES:
        raise UnusableCredentials(
            f"The key {path} may be used by others: its mode is {mode:03o}, "
            "and must be 400 or 600.",
            code="key_too_open",
            hint=f"In a terminal: chmod 600 {path}",
        )


def check_match(certificate: x509.Certificate, key: PrivateKeyTypes, path: Path) -> None:
    """
    Raises:
        UnusableCredentials: code ``certificate_unusable``: the key is another certificate's.
    """
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if certificate.public_key().public_bytes(*form) != key.public_key().public_bytes(*form):
        raise UnusableCredentials(
            f"The key {path} does not belong to this certificate.",
            code="certificate_unusable",
            hint="Choose the key that was made together with the certificate.",
        )


def check_begun(chain: Sequence[x509.Certificate], path: Path, now: datetime) -> None:
    """
    Raises:
        UnusableCredentials: code ``certificate_unusable``: not valid yet.
    """
    begins_at = max(certificate.not_valid_before_utc for certificate in chain)
    if begins_at > now:
        raise UnusableCredentials(
            f"{path} is not valid yet: it begins on {begins_at:%Y-%m-%d at %H:%M} UTC.",
            code="certificate_unusable",
            hint="If that is past, the clock of this server is wrong.",
        )


def subject(chain: Sequence[x509.Certificate]) -> str:
    """The DN of whose certificate it is, as grid tools write it: ``/DC=ch/CN=Alice``.

    A proxy bears its owner's name with something added, and the owner's own is its issuer's.
    """
    name = chain[0].subject
    for certificate in chain:
        if not _is_proxy(certificate):
            name = certificate.subject
            break
        name = certificate.issuer
    return "".join(
        f"/{_SHORT_NAMES.get(part.oid.dotted_string, part.rfc4514_attribute_name)}={part.value!s}"
        for part in name
    )


def mark(*contents: bytes) -> str:
    """Another one for other contents, which cannot be told from it."""
    digest = hashlib.sha256()
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def _is_proxy(certificate: x509.Certificate) -> bool:
    try:
        extensions = certificate.extensions
    except ValueError:
        return False
    if any(extension.oid == PROXY_CERT_INFO for extension in extensions):
        return True
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return bool(names) and names[-1].value in ("proxy", "limited proxy")
