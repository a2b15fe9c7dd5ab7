"""What may be said of somebody's credentials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.services.credentials import Place
from rucio_jupyterlab.services.ways_in import WayIn

Source = Literal["stored", "memory", "provided"]


@dataclass(frozen=True)
class Identity:
    """``params`` are without secrets. ``problem`` says why the credentials do not do now."""

    type: str
    params: Mapping[str, object] = field(default_factory=dict)
    is_signed_in: bool = False
    account: str | None = None
    token_expires_at: datetime | None = None
    identity: str | None = None
    credentials_expires_at: datetime | None = None
    source: Source | None = None
    stored_in: Place | None = None
    problem: ExtensionError | None = None
    ways: Sequence[WayIn] = ()

    def to_dict(self) -> dict[str, Any]:
        """``Credentials`` of the contract."""
        return {
            "type": self.type,
            "params": dict(self.params),
            "expires_at": _iso(self.token_expires_at),
            "account": self.account,
            "identity": self.identity,
            "credentials_expires_at": _iso(self.credentials_expires_at),
            "source": self.source,
            "stored_in": self.stored_in,
            "problem": self.problem.to_dict() if self.problem else None,
            "ways": [way.to_dict() for way in self.ways],
        }

    def test_result(self) -> dict[str, Any]:
        """``TestedCredentials`` of the contract."""
        return {
            "type": self.type,
            "account": self.account,
            "identity": self.identity,
            "expires_at": _iso(self.token_expires_at),
            "credentials_expires_at": _iso(self.credentials_expires_at),
        }

    def instance_fields(self) -> dict[str, Any]:
        """What ``Instance`` of the contract says of the credentials."""
        return {
            "auth_type": self.type,
            "authenticated": self.is_signed_in,
            "account": self.account,
            "token_expires_at": _iso(self.token_expires_at),
            "identity": self.identity,
            "credentials_expires_at": _iso(self.credentials_expires_at),
            "credentials_source": self.source,
            "credentials_problem": self.problem.to_dict() if self.problem else None,
        }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
