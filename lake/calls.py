"""HTTP calls to the lake's own services. Standard library only."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from http.client import HTTPResponse
from typing import Any

from lake.errors import LakeError

# A pass of the daemons over a lake with much to do.
TIMEOUT_S = 120.0


def call(method: str, url: str, document: dict[str, Any] | None = None) -> dict[str, Any]:
    """The JSON document that the answer holds.

    Raises:
        LakeError: it was refused, or nothing answers there.
    """
    with _open(method, url, document, {}) as answer:
        content: dict[str, Any] = json.load(answer)
        return content


def send(
    method: str,
    url: str,
    document: dict[str, Any] | None = None,
    *,
    headers: Mapping[str, str],
) -> Message:
    """As `call`, for an answer of which only the headers count."""
    with _open(method, url, document, headers) as answer:
        answer.read()
        return answer.headers


def _open(
    method: str, url: str, document: dict[str, Any] | None, headers: Mapping[str, str]
) -> HTTPResponse:
    request = urllib.request.Request(  # noqa: S310 - only ever http, to the lake's own services
        url,
        method=method,
        data=None if document is None else json.dumps(document).encode(),
        headers={"Content-Type": "application/json", **headers},
    )
    # No proxy between this machine and itself, whatever the environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        answer: HTTPResponse = opener.open(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        raise LakeError(
            f"The lake refused {method} {url}: {error.read().decode(errors='replace')}"
        ) from error
    except urllib.error.URLError as error:
        raise LakeError(f"The lake does not answer at {url}: is it up? ({error.reason})") from error
    return answer
