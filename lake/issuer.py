"""The lake's OpenID Connect issuer: a stand-in for an experiment's IAM, with real keys.

Rucio finds its keys by discovery and verifies each token with them. Nobody signs in here: a test
asks for the token that it needs, for whom, for how long and signed by whom.

PyPI's providers for tests give access tokens that are no JWTs, and none that has to be refused.
Run by ``lake up`` with the number of a listening socket.
"""

from __future__ import annotations

import json
import secrets
import socket
import sys
import time
from datetime import datetime, timezone
from typing import Any, Literal

from aiohttp import encode_basic_auth, web
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from lake.endpoints import current_state, read_endpoints
from lake.topology import (
    ALICE_PROFILE,
    ALICE_SUBJECT,
    AUDIENCE,
    ISSUER_KEY_ID,
    ISSUER_NAME,
    OIDC_SCOPE,
)

ALGORITHM = "RS256"
LIFETIME_S = 3600
NOBODY_SIGNS_IN_HERE = (
    "The lake's stand-in for an IAM: it signs nobody in. Ask POST /lake/token for a token."
)

Signer = Literal["issuer", "stranger"]


class Issuer:
    """Signs tokens as the issuer at `url`, and as a stranger who says that he is it.

    Args:
        url: With the slash at its end, as tokens have it in ``iss``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        parameters = {"kid": ISSUER_KEY_ID, "use": "sig", "alg": ALGORITHM}
        # Both go by the same name, so that only the signature tells them apart.
        self._keys: dict[Signer, RSAKey] = {
            signer: RSAKey.generate_key(2048, parameters) for signer in ("issuer", "stranger")
        }

    def discovery(self) -> dict[str, Any]:
        """The document of OpenID Connect Discovery 1.0, section 3."""
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}jwk",
            "authorization_endpoint": f"{self.url}authorize",
            "token_endpoint": f"{self.url}token",
            "introspection_endpoint": f"{self.url}introspect",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "scopes_supported": OIDC_SCOPE.split(),
        }

    def public_keys(self) -> dict[str, Any]:
        keys: dict[str, Any] = dict(KeySet([self._keys["issuer"]]).as_dict(private=False))
        return keys

    def public_pem(self) -> bytes:
        return self._keys["issuer"].as_pem(private=False)

    def sign(
        self, *, subject: str, audience: str, lifetime_s: int, signed_by: Signer
    ) -> dict[str, Any]:
        """A token, whose it is and its end (UTC). A negative lifetime makes one that is over."""
        now = int(time.time())
        expires_at = now + lifetime_s
        claims: dict[str, Any] = {
            "iss": self.url,
            "sub": subject,
            "aud": audience,
            "scope": OIDC_SCOPE,
            "iat": min(now, expires_at),
            "nbf": min(now, expires_at),
            "exp": expires_at,
            "jti": secrets.token_hex(16),
            **(ALICE_PROFILE if subject == ALICE_SUBJECT else {}),
        }
        header = {"alg": ALGORITHM, "kid": ISSUER_KEY_ID, "typ": "JWT"}
        end = datetime.fromtimestamp(expires_at, tz=timezone.utc)
        return {
            "token": jwt.encode(header, claims, self._keys[signed_by]),
            "expires_at": end.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "subject": subject,
        }

    def introspect(self, token: str) -> dict[str, Any]:
        """What RFC 7662 answers about `token`: its claims, or only that it is not active."""
        try:
            claims = jwt.decode(token, self._keys["issuer"], algorithms=[ALGORITHM]).claims
            jwt.JWTClaimsRegistry().validate(claims)
        except (JoseError, ValueError):
            return {"active": False}
        return {**claims, "active": True}


ISSUER = web.AppKey("issuer", Issuer)
CREDENTIALS = web.AppKey("credentials", str)


async def discovery(request: web.Request) -> web.Response:
    return web.json_response(request.app[ISSUER].discovery())


async def public_keys(request: web.Request) -> web.Response:
    return web.json_response(request.app[ISSUER].public_keys())


async def introspect(request: web.Request) -> web.Response:
    """For Rucio alone, which has the client's secret."""
    if request.headers.get("Authorization") != request.app[CREDENTIALS]:
        return web.json_response({"error": "invalid_client"}, status=401)
    form = await request.post()
    return web.json_response(request.app[ISSUER].introspect(str(form.get("token", ""))))


async def not_offered(_request: web.Request) -> web.Response:
    """What the discovery has to name."""
    document = {"error": "unsupported_grant_type", "error_description": NOBODY_SIGNS_IN_HERE}
    return web.json_response(document, status=400)


async def make_token(request: web.Request) -> web.Response:
    """POST {"subject"?, "lifetime_s"?, "audience"?, "signed_by"?: "issuer" or "stranger"}."""
    try:
        wanted = await request.json() if request.can_read_body else {}
        signer = wanted.get("signed_by", "issuer")
        if signer not in ("issuer", "stranger"):
            raise ValueError("signed_by is issuer or stranger")
        answer = request.app[ISSUER].sign(
            subject=str(wanted.get("subject") or ALICE_SUBJECT),
            audience=str(wanted.get("audience") or AUDIENCE),
            lifetime_s=int(wanted.get("lifetime_s", LIFETIME_S)),
            signed_by=signer,
        )
    except (ValueError, TypeError, AttributeError) as error:
        document = {"error": "invalid_request", "error_description": str(error)}
        return web.json_response(document, status=400)
    return web.json_response(answer)


def application(issuer: Issuer, credentials: str) -> web.Application:
    """The service; `credentials` are what its one client sends as ``Authorization``."""
    app = web.Application()
    app[ISSUER] = issuer
    app[CREDENTIALS] = credentials
    app.add_routes(
        [
            web.get("/.well-known/openid-configuration", discovery),
            web.get("/jwk", public_keys),
            web.post("/introspect", introspect),
            web.get("/authorize", not_offered),
            web.post("/token", not_offered),
            web.post("/lake/token", make_token),
        ]
    )
    return app


def main() -> None:
    state = current_state()
    secret = json.loads(state.idp_secrets.read_text())[ISSUER_NAME]
    issuer = Issuer(read_endpoints(state)["issuer_url"])
    state.issuer_key.write_bytes(issuer.public_pem())
    app = application(
        issuer,
        encode_basic_auth(secret["client_id"], secret["client_secret"]),
    )
    handle = socket.socket(fileno=int(sys.argv[1]))
    web.run_app(app, sock=handle, access_log=None, print=None, shutdown_timeout=1)


if __name__ == "__main__":
    main()
