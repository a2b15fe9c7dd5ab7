"""Who has which certificate, as data, and where its files are.

Pure: imported by the launcher (standard library only) and by what makes the certificates.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lake.topology import ALICE

# The names above everybody's own, from the root on.
ORGANISATION = (("DC", "invalid"), ("DC", "lake"), ("OU", "People"))
PROXY_LIFETIME_S = 12 * 3600


@dataclass(frozen=True)
class Certificate:
    """A certificate of a person, in ``<name>.pem``, and its private key, in ``<name>.key``.

    `account` is the one that the person has in Rucio, if any. `is_foreign`: signed by the
    authority that nobody here trusts.
    """

    name: str
    common_name: str = "Alice Liddell"
    account: str | None = ALICE.account
    passphrase: str | None = None
    is_foreign: bool = False
    is_expired: bool = False

    @property
    def dn(self) -> str:
        """As Rucio's front says it and Rucio's catalogue holds it: ``/DC=…/CN=…``."""
        names = [*ORGANISATION, ("CN", self.common_name)]
        return "".join(f"/{key}={value}" for key, value in names)


ALICES = Certificate("x509")
CERTIFICATES = (
    ALICES,
    Certificate("x509_passphrase", passphrase="down the rabbit hole"),
    Certificate("x509_unknown", common_name="Mad Hatter", account=None),
    Certificate("x509_foreign", is_foreign=True),
    Certificate("x509_expired", is_expired=True),
)
# Rucio's daemons, as storages know them.
ROBOT = Certificate("robot", common_name="Robot - Rucio", account=None)


@dataclass(frozen=True)
class TlsFiles:
    """The files in the lake's folder for TLS, which nobody but its owner can enter."""

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def other_authority(self) -> Path:
        """Of an authority that signed nothing that the lake uses."""
        return self.folder / "other-ca.pem"

    @property
    def server(self) -> Path:
        """The server's certificate and, after it, its key."""
        return self.folder / "server.pem"

    @property
    def robot(self) -> Path:
        """The certificate of Rucio's daemons and, after it, its key."""
        return self.folder / "robot.pem"

    @property
    def proxy(self) -> Path:
        return self.folder / "x509_proxy.pem"

    @property
    def expired_proxy(self) -> Path:
        return self.folder / "x509_proxy_expired.pem"

    @property
    def last(self) -> Path:
        """The certificate that is made last."""
        return self.expired_proxy

    @property
    def front(self) -> Path:
        """The folder of the front."""
        return self.folder / "front"

    @property
    def front_secret(self) -> Path:
        """What the front says to Rucio to be believed who the client is."""
        return self.front / "secret"

    def certificate(self, of: Certificate) -> Path:
        return self.folder / f"{of.name}.pem"

    def key(self, of: Certificate) -> Path:
        return self.folder / f"{of.name}.key"

    def document(self, *, rucio_url: str, auth_url: str) -> dict[str, Any]:
        """``tls`` of ``lake.json``."""
        identities = {of.name: self._identity(of) for of in CERTIFICATES}
        for name, proxy in (
            ("x509_proxy", self.proxy),
            ("x509_proxy_expired", self.expired_proxy),
        ):
            identities[name] = {"proxy": str(proxy), "dn": ALICES.dn, "account": ALICES.account}
        return {
            "rucio_url": rucio_url,
            "auth_url": auth_url,
            "ca_file": str(self.authority),
            "other_ca_file": str(self.other_authority),
            "identities": identities,
        }

    def _identity(self, of: Certificate) -> dict[str, Any]:
        identity = {
            "certificate": str(self.certificate(of)),
            "key": str(self.key(of)),
            "dn": of.dn,
            "account": of.account,
        }
        return identity | ({"passphrase": of.passphrase} if of.passphrase else {})
