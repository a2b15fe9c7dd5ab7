"""The sites of the lake, as data: what each is called, where its files are, who may write there.

Pure: imported by the launcher (standard library only) and by the parts that run beside Rucio.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

GIGABYTE = 10**9
MEGABYTE = 10**6


@dataclass(frozen=True)
class Account:
    """A Rucio account that signs in with a user name and a password."""

    username: str
    password: str
    account: str


# The lake listens on loopback only and holds toy data, so its passwords are words a person can
# type.
ALICE = Account(username="alice", password="wonderland", account="alice")
ROOT = Account(username="ddmlab", password="secret", account="root")
ACCOUNTS = {"alice": ALICE, "root": ROOT}

# Single sign-on: who alice is at the issuer, and what a token has to say for Rucio to take it.
ALICE_SUBJECT = "3c1c5e7a-7a55-4d6f-9b5e-0d6f6f6c1a1e"
ALICE_PROFILE = {"preferred_username": "alice", "name": "Alice Liddell"}
ISSUER_NAME = "lake"
ISSUER_KEY_ID = "lake"
AUDIENCE = "rucio"
OIDC_SCOPE = "openid profile"


@dataclass(frozen=True)
class Rse:
    """One Rucio Storage Element.

    `prefix` is the path that the storage exports; its files are in
    ``<state>/storage/<folder><prefix>``. `quota_bytes` is alice's; None means that she has none
    there, and Rucio then refuses her rules.
    """

    name: str
    prefix: str
    quota_bytes: int | None
    deterministic: bool = True
    mount: Literal["ro", "rw"] | None = None
    attributes: dict[str, str | bool] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """Its name below ``<state>/storage`` and, when mounted, below ``<state>/mnt``."""
        return self.name.lower().replace("-", "_")


RSES = (
    Rse(
        "EULAKE-1",
        prefix="/eos/eulake/tests/rucio_test/eulake_1",
        quota_bytes=100 * GIGABYTE,
        mount="ro",
        attributes={"site": "EULAKE", "country": "CH", "QOS": "FAST"},
    ),
    Rse(
        "CNAF-DISK",
        prefix="/storage/gpfs/escape/cnaf",
        quota_bytes=10 * GIGABYTE,
        attributes={"site": "CNAF", "country": "IT", "QOS": "SAFE"},
    ),
    Rse(
        "DESY-DISK",
        prefix="/pnfs/desy.de/escape/rucio",
        quota_bytes=10 * GIGABYTE,
        attributes={"site": "DESY", "country": "DE", "QOS": "SAFE"},
    ),
    Rse(
        "JUPYTER-SCRATCHDISK",
        prefix="/eos/jupyter/scratch",
        quota_bytes=10 * GIGABYTE,
        deterministic=False,
        mount="rw",
        attributes={"site": "EULAKE", "country": "CH", "greedyDeletion": True},
    ),
    Rse(
        "TINY-DISK",
        prefix="/data/tiny",
        quota_bytes=1 * MEGABYTE,
        attributes={"site": "TINY", "country": "NL"},
    ),
    Rse(
        "PIC-DISK",
        prefix="/pnfs/pic.es/data/escape",
        quota_bytes=None,
        attributes={"site": "PIC", "country": "ES"},
    ),
    # Rucio lets users register their own files only where the name ends like this, or like that of
    # the scratch.
    Rse(
        "LUND-USERDISK",
        prefix="/projects/lund/users",
        quota_bytes=10 * GIGABYTE,
        attributes={"site": "LUND", "country": "SE"},
    ),
)
# Over WebDAV, which is never without TLS: only a lake with TLS has it. Alice may upload here too.
WEBDAV = Rse(
    "NIKHEF-LOCALGROUPDISK",
    prefix="/dpm/nikhef.nl/home/escape",
    quota_bytes=10 * GIGABYTE,
    attributes={"site": "NIKHEF", "country": "NL"},
)
RSES_BY_NAME = {rse.name: rse for rse in (*RSES, WEBDAV)}

DESTINATION = "EULAKE-1"
SCRATCH = "JUPYTER-SCRATCHDISK"
SOURCES = ("CNAF-DISK", "DESY-DISK")

# Scope -> the account that owns it.
SCOPES = {
    "demo": "root",
    "user.alice": "alice",
    "user.root": "root",
    "cms": "root",
    "atlas_opendata": "root",
    "group.higgs": "root",
    "lofar": "root",
    "ska": "root",
    "virgo": "root",
    "bulk": "root",
    "empty_scope": "root",
}
