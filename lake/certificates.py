"""Makes the lake's certificates: two small authorities, the server's, those of people, proxies.

Run in the lake's virtual environment::

    python -m lake.certificates all FOLDER
    python -m lake.certificates proxy CERTIFICATE KEY TARGET LIFETIME_S
"""

from __future__ import annotations

import ipaddress
import os
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lake.tls import (
    ALICES,
    CERTIFICATES,
    ORGANISATION,
    PROXY_LIFETIME_S,
    ROBOT,
    Certificate,
    TlsFiles,
)

DAY = timedelta(days=1)
# A proxy that is over was made while its owner's certificate was good.
BEGAN_BEFORE = 7 * DAY
LIFETIME = 30 * DAY
AN_HOUR_AGO_S = -3600

NAME_TYPES = {
    "DC": NameOID.DOMAIN_COMPONENT,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
}
# RFC 3820, section 3.8, as DER: a proxy that may do all that its owner may (id-ppl-inheritAll).
PROXY_CERT_INFO = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("1.3.6.1.5.5.7.1.14"), bytes.fromhex("300c300a06082b06010505071501")
)


@dataclass(frozen=True)
class Signed:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def make_all(files: TlsFiles) -> None:
    """Writes everything but what the front has of its own."""
    authority, other = _authority("Toy Data Lake CA"), _authority("Another CA")
    _write(files.authority, _pem(authority.certificate), 0o644)
    _write(files.other_authority, _pem(other.certificate), 0o644)
    server = _server(authority)
    _write(files.server, _pem(server.certificate) + _key_pem(server.key), 0o400)
    robot = _person(ROBOT, authority)
    _write(files.robot, _pem(robot.certificate) + _key_pem(robot.key), 0o400)
    for of in CERTIFICATES:
        person = _person(of, other if of.is_foreign else authority)
        _write(files.certificate(of), _pem(person.certificate), 0o644)
        _write(files.key(of), _key_pem(person.key, of.passphrase), 0o400)
    alices = files.certificate(ALICES), files.key(ALICES)
    make_proxy(*alices, files.proxy, PROXY_LIFETIME_S)
    make_proxy(*alices, files.expired_proxy, AN_HOUR_AGO_S)


def make_proxy(certificate: Path, key: Path, target: Path, lifetime_s: int) -> None:
    """Writes the proxy that ``voms-proxy-init -rfc`` makes when no VO is asked for.

    Args:
        key: The owner's, without a passphrase.
        lifetime_s: Negative for a proxy that is over.
    """
    owner = x509.load_pem_x509_certificate(certificate.read_bytes())
    owner_key = serialization.load_pem_private_key(key.read_bytes(), password=None)
    assert isinstance(owner_key, rsa.RSAPrivateKey)
    proxy_key = _new_key()
    serial = int.from_bytes(os.urandom(4), "big") | 1
    end = _now() + timedelta(seconds=lifetime_s)
    proxy = (
        # Section 3.4: named as its owner, and one CN more.
        _builder(
            x509.Name([*owner.subject, x509.NameAttribute(NameOID.COMMON_NAME, str(serial))]),
            proxy_key,
            begins=min(_now(), end) - timedelta(minutes=5),
            ends=min(end, owner.not_valid_after_utc),
        )
        .serial_number(serial)
        .issuer_name(owner.subject)
        .add_extension(PROXY_CERT_INFO, critical=True)
        .add_extension(_usage("digital_signature"), critical=True)
        .sign(owner_key, hashes.SHA256())
    )
    # In the order that the grid's tools want.
    _write(target, _pem(proxy) + _key_pem(proxy_key) + _pem(owner), 0o600)


def _authority(common_name: str) -> Signed:
    key = _new_key()
    subject = _name(common_name)
    certificate = (
        _builder(subject, key)
        .serial_number(x509.random_serial_number())
        .issuer_name(subject)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Signed(certificate, key)


def _server(authority: Signed) -> Signed:
    key = _new_key()
    names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    builder = _builder(_name("localhost"), key).add_extension(
        x509.SubjectAlternativeName(names), critical=False
    )
    return _signed(builder, key, authority, ExtendedKeyUsageOID.SERVER_AUTH)


def _person(of: Certificate, authority: Signed) -> Signed:
    key = _new_key()
    ends = _now() + (-DAY if of.is_expired else LIFETIME)
    builder = _builder(_name(of.common_name), key, ends=ends)
    return _signed(builder, key, authority, ExtendedKeyUsageOID.CLIENT_AUTH)


def _signed(
    builder: x509.CertificateBuilder,
    key: rsa.RSAPrivateKey,
    authority: Signed,
    purpose: x509.ObjectIdentifier,
) -> Signed:
    """A certificate that signs no others, with all that a strict client looks for (RFC 5280)."""
    authority_key = authority.key.public_key()
    certificate = (
        builder.serial_number(x509.random_serial_number())
        .issuer_name(authority.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage("digital_signature", "key_encipherment"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key), critical=False
        )
        .sign(authority.key, hashes.SHA256())
    )
    return Signed(certificate, key)


def _builder(
    subject: x509.Name,
    key: rsa.RSAPrivateKey,
    *,
    begins: datetime | None = None,
    ends: datetime | None = None,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .not_valid_before(begins or _now() - BEGAN_BEFORE)
        .not_valid_after(ends or _now() + LIFETIME)
    )


def _name(common_name: str) -> x509.Name:
    names = [*ORGANISATION, ("CN", common_name)]
    return x509.Name([x509.NameAttribute(NAME_TYPES[key], value) for key, value in names])


def _usage(*wanted: str) -> x509.KeyUsage:
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{usage: usage in wanted for usage in every})


def _new_key() -> rsa.RSAPrivateKey:
    """RSA, which all of the grid's tools take."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _now() -> datetime:
    return datetime.now(tz=timezone.utc)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: rsa.RSAPrivateKey, passphrase: str | None = None) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    """Never there for others to read, not even for a moment."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as handle:
        handle.write(content)


def main() -> None:
    if sys.argv[1] == "all":
        make_all(TlsFiles(Path(sys.argv[2])))
    else:
        certificate, key, target, lifetime_s = sys.argv[2:]
        make_proxy(Path(certificate), Path(key), Path(target), int(lifetime_s))


if __name__ == "__main__":
    main()
