"""A certificate authority of one's own, and what it signs: for files in every state of disorder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

ALICE = (
    (NameOID.DOMAIN_COMPONENT, "org"),
    (NameOID.DOMAIN_COMPONENT, "example"),
    (NameOID.COMMON_NAME, "Alice Liddell"),
)
ALICES_DN = "/DC=org/DC=example/CN=Alice Liddell"
DAY = timedelta(days=1)

# RFC 3820, 3.8: a proxy that may do all that its owner may.
PROXY_CERT_INFO = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("1.3.6.1.5.5.7.1.14"), bytes.fromhex("300c300a06082b06010505071501")
)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key; ``chain`` are those that have signed it, the nearest first."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def key_pem(self, passphrase: str | None = None) -> bytes:
        return self.key.private_bytes(
            Encoding.PEM,
            PrivateFormat.PKCS8,
            BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption(),
        )

    def proxy_pem(self) -> bytes:
        """As grid tools write a proxy: itself, its key, who has signed it."""
        signers = b"".join(signer.public_bytes(Encoding.PEM) for signer in self.chain)
        return self.certificate_pem() + self.key_pem() + signers

    def proxy(self, *, ends_in: timedelta) -> Pair:
        """One that this certificate, or this proxy, has signed."""
        name = (
            *((part.oid, str(part.value)) for part in self.certificate.subject),
            (NameOID.COMMON_NAME, "1234567"),
        )
        signed = signed_by(self, name, ends_in=ends_in, extensions=(PROXY_CERT_INFO,))
        return Pair(signed.certificate, signed.key, (self.certificate, *self.chain))


def authority() -> Pair:
    return signed_by(None, ((NameOID.COMMON_NAME, "An Authority"),), ends_in=300 * DAY)


def alice(*, begins_in: timedelta = -DAY, ends_in: timedelta = 100 * DAY) -> Pair:
    return signed_by(authority(), ALICE, begins_in=begins_in, ends_in=ends_in)


def signed_by(
    signer: Pair | None,
    name: tuple[tuple[x509.ObjectIdentifier, str], ...],
    *,
    begins_in: timedelta = -DAY,
    ends_in: timedelta,
    extensions: tuple[x509.ExtensionType, ...] = (),
) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in name])
    now = datetime.now(timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.certificate.subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + min(begins_in, ends_in - DAY))
        .not_valid_after(now + ends_in)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return Pair(builder.sign(signer.key if signer else key, hashes.SHA256()), key)


def write(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path
