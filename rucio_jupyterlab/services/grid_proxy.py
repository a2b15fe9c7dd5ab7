"""A proxy of one's own certificate, as ``grid-proxy-init`` makes it (RFC 3820).

Rucio's library shows a WebDAV storage a proxy, a token or nothing: a certificate with a key of its
own it does not use there.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

# It goes with the child that it is for, whose work may take days.
LIFETIME = timedelta(days=3)
# Clocks differ.
_BEGAN_BEFORE = timedelta(minutes=5)
_KEY_BITS = 2048

# RFC 3820, section 3.8, as DER: it may do all that its owner may (id-ppl-inheritAll).
_PROXY_CERT_INFO = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("1.3.6.1.5.5.7.1.14"), bytes.fromhex("300c300a06082b06010505071501")
)


def make_proxy(chain: Sequence[x509.Certificate], key: CertificateIssuerPrivateKeyTypes) -> bytes:
    """The proxy, its key and ``chain`` (one's own certificate first), as PEM. Blocks.

    Good for ``LIFETIME``, and no longer than the certificate.
    """
    owner = chain[0]
    proxy_key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    serial = secrets.randbelow(2**31 - 1) + 1
    now = datetime.now(timezone.utc)
    usage = {
        "digital_signature": True,
        "key_encipherment": True,
        "content_commitment": False,
        "data_encipherment": False,
        "key_agreement": False,
        "key_cert_sign": False,
        "crl_sign": False,
        "encipher_only": False,
        "decipher_only": False,
    }
    # Section 3.4: named as its owner, and one CN more.
    name = x509.Name([*owner.subject, x509.NameAttribute(NameOID.COMMON_NAME, str(serial))])
    is_hashed = not isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey)
    proxy = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(owner.subject)
        .public_key(proxy_key.public_key())
        .serial_number(serial)
        .not_valid_before(max(now - _BEGAN_BEFORE, owner.not_valid_before_utc))
        .not_valid_after(min(now + LIFETIME, owner.not_valid_after_utc))
        .add_extension(_PROXY_CERT_INFO, critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(key, hashes.SHA256() if is_hashed else None)
    )
    # In the order that the grid's tools want; in the form of key that the oldest of them read.
    return b"".join(
        [
            proxy.public_bytes(Encoding.PEM),
            proxy_key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
            *(certificate.public_bytes(Encoding.PEM) for certificate in chain),
        ]
    )
