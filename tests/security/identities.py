"""Identities of alice's in the lake's real Rucio, with marked secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from cryptography.hazmat.primitives import serialization

from lake.testing import Lake

from .marked import Secret, known


@contextmanager
def marked_password(lake: Lake, username: str, password: Secret) -> Iterator[dict[str, str]]:
    """The parameters to sign in with; the identity is alice's for as long as the context lasts."""
    root = lake.accounts["root"]
    with httpx.Client(base_url=lake.rucio_url, timeout=60, trust_env=False) as http:
        answer = http.get("/auth/userpass", headers=_headers(root))
        http.headers["X-Rucio-Auth-Token"] = answer.headers["X-Rucio-Auth-Token"]
        way_in = {"username": username, "password": password.value, "account": "alice"}
        headers = {**_headers(way_in), "X-Rucio-Email": b"alice@lake.invalid"}
        http.put("/identities/alice/userpass", headers=headers).raise_for_status()
        try:
            yield way_in
        finally:
            identity = {"identity": username, "authtype": "USERPASS"}
            http.request("DELETE", "/accounts/alice/identities", json=identity).raise_for_status()


def marked_key(lake: Lake, passphrase: Secret, folder: Path) -> tuple[dict[str, str], Secret]:
    """The parameters to sign in with alice's certificate, its key kept under ``passphrase``; and
    the key itself, which is as secret.
    """
    identity = lake.tls["identities"]["x509"]
    key = serialization.load_pem_private_key(Path(identity["key"]).read_bytes(), None)
    encoding = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    locked = serialization.BestAvailableEncryption(passphrase.value.encode())
    path = folder / "key.pem"
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(encoding, form, locked))
    plain = key.private_bytes(encoding, form, serialization.NoEncryption()).decode()
    params = {
        "certificate": str(identity["certificate"]),
        "key": str(path),
        "passphrase": passphrase.value,
        "account": "alice",
    }
    return params, known("the private key", plain.splitlines()[-3])


def _headers(way_in: dict[str, str]) -> dict[str, bytes]:
    return {
        f"X-Rucio-{name.capitalize()}": value.encode("latin-1") for name, value in way_in.items()
    }
