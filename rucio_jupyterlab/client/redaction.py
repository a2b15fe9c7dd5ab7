"""Rucio, or what stands before it, may repeat what it was sent: that goes no further."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from urllib.parse import quote, quote_plus

_SECRET_HEADERS = ("X-Rucio-Auth-Token", "X-Rucio-Password")


def without_secrets(text: str, sent: Mapping[str, str]) -> str:
    """``text`` of an answer without what is secret in the headers of its request, ``sent``."""
    for name in _SECRET_HEADERS:
        secret = sent.get(name)
        for spelt in _spellings(secret) if secret else ():
            text = text.replace(spelt, "…")
    return text


def _spellings(secret: str) -> Iterator[str]:
    """As programs write a text into a message."""
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield repr(secret.encode("latin-1", "replace"))[2:-1]
    yield quote(secret)
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield base64.b64encode(secret.encode()).decode()
