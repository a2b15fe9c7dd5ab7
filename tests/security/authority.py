"""Certificates as a site may have them, right and wrong."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Authority:
    """A CA; ``file`` holds its certificate."""

    file: Path
    ca: trustme.CA

    @classmethod
    def make(cls, folder: Path, name: str) -> Authority:
        ca = trustme.CA(organization_name=name)
        file = folder / f"{name}.pem"
        ca.cert_pem.write_to_path(file)
        return cls(file, ca)

    def server(self, host: str, *, days: tuple[int, int] = (-1, 30)) -> ssl.SSLContext:
        """A server's side of TLS, with a certificate for ``host`` that is good between the days,
        counted from now.
        """
        begins, ends = (datetime.now(timezone.utc) + timedelta(days=day) for day in days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(host, not_before=begins, not_after=ends).configure_cert(context)
        return context
