"""Who the client is, as the TLS front found out: what mod_ssl tells a Rucio within Apache."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SECRET = "HTTP_X_LAKE_FRONT"
VERIFY = "HTTP_X_LAKE_CLIENT_VERIFY"
DN = "HTTP_X_LAKE_CLIENT_DN"


class BelievesTheFront:
    """Sets ``SSL_CLIENT_VERIFY`` and ``SSL_CLIENT_S_DN`` from headers that only the front can send.

    Args:
        secret: What the front says to be believed; None when there is no front, and nobody is.
    """

    def __init__(self, application: WSGIApplication, secret: str | None) -> None:
        self._application = application
        self._secret = secret

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        said, verify, dn = (environ.pop(name, "") for name in (SECRET, VERIFY, DN))
        if self._secret is not None and hmac.compare_digest(said.encode(), self._secret.encode()):
            environ["SSL_CLIENT_VERIFY"] = verify
            if verify == "SUCCESS":
                environ["SSL_CLIENT_S_DN"] = dn
        return self._application(environ, start_response)
