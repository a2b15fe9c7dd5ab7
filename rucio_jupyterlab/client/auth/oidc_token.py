"""An access token as it lies in a file or in a variable, and what can be read in it.

Nothing is verified here: that is Rucio's part. What is read serves to show whose token it is, and
not to send one that is over.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

# Of a user's own name, what is shown if it is there. ``sub`` says little to a reader.
_NAMES = ("preferred_username", "email", "name", "sub")


@dataclass(frozen=True)
class OidcToken:
    """``expires_at`` (UTC), ``identity`` and ``issuer`` are None in a token that is opaque."""

    value: str = field(repr=False)
    expires_at: datetime | None = None
    identity: str | None = None
    issuer: str | None = None


def parse_token(text: str) -> OidcToken:
    """The token of a file's or a variable's text; the form for EOS, ``oauth2:<token>:<endpoint>``,
    is read too.

    Raises:
        ValueError: there is no token, or something else; the text is not repeated.
    """
    value = text.strip()
    if value.startswith("oauth2:"):
        value = value.split(":")[1].strip()
    if not value:
        raise ValueError("it is empty")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError("it holds something else than a token")
    claims = _claims(value)
    return OidcToken(
        value,
        _moment(claims.get("exp")),
        next((name for key in _NAMES if (name := _text(claims.get(key)))), None),
        _text(claims.get("iss")),
    )


def _claims(token: str) -> dict[str, Any]:
    """Of a JWT (RFC 7519, 3); none of anything else."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        found = json.loads(base64.urlsafe_b64decode(padded))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _moment(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(value, timezone.utc)
    except (OverflowError, OSError, ValueError):
        return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.isprintable() and value.strip() else None
