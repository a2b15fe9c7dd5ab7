"""Who one is at Rucio: whether the credentials are accepted, how long they last, whose they are."""

from __future__ import annotations

from datetime import datetime, timezone

from rucio_jupyterlab.client import accounts
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.services.diagnosis.model import (
    Finding,
    Step,
    failed,
    fine,
    warning,
    wrong,
)
from rucio_jupyterlab.services.diagnosis.words import duration, moment
from rucio_jupyterlab.services.identity import Identity
from rucio_jupyterlab.services.sessions import Sessions

TITLES = {"credentials": "Credentials accepted", "account": "Account"}

# A certificate is renewed by hand; a proxy or a provided token is by whoever provides it.
CERTIFICATE_WARNING_S = 14 * 86_400.0
PROVIDED_WARNING_S = 600.0

WAYS = {
    "userpass": "user name and password",
    "x509": "certificate",
    "x509_proxy": "proxy certificate",
    "oidc": "single sign-on token",
}


class Identities:
    """The checks of who one is."""

    def __init__(self, instance: Instance, sessions: Sessions) -> None:
        self._instance = instance
        self._sessions = sessions

    def steps(self) -> list[Step]:
        return [
            Step(
                "credentials",
                TITLES["credentials"],
                self._accepted,
                needs=("rucio",),
                # An expired proxy is worth saying though Rucio is down.
                first=self._usable,
                limit_s=10.0,
            ),
            Step("account", TITLES["account"], self._account, needs=("credentials",)),
        ]

    async def _usable(self) -> Finding | None:
        identity = await self._sessions.identity(self._instance)
        # What Rucio has refused before is tried again: it may have been mended.
        if identity.problem is not None and identity.problem.code != "credentials_refused":
            return failed(identity.problem)
        if identity.source is None:
            return wrong("You are not signed in.", "Sign in, in the menu of the Rucio panel.")
        return None

    async def _accepted(self) -> Finding:
        client = await self._sessions.client(self._instance)
        # Not the token in hand, which Rucio takes until its end: the credentials, tried now.
        await client.login()
        return _life(await self._sessions.identity(self._instance))

    async def _account(self) -> Finding:
        client = await self._sessions.client(self._instance)
        identity = await self._sessions.identity(self._instance)
        whoami = await accounts.whoami(client)
        seen = f"Rucio's account {whoami.account}"
        if whoami.email:
            seen += f" ({whoami.email})"
        if identity.identity and identity.identity != whoami.account:
            seen += f", as {identity.identity}"
        if whoami.is_service:
            return warning(
                f"{seen}. It is an account of a service and not a person's.",
                "Sign in with an account of your own, unless this is meant.",
            )
        return fine(f"{seen}.")


def _life(identity: Identity) -> Finding:
    now = datetime.now(timezone.utc)
    seen = f"Rucio accepts the {WAYS.get(identity.type, identity.type)}."
    if identity.token_expires_at is not None and identity.type != "oidc":
        left_s = (identity.token_expires_at - now).total_seconds()
        seen += f" Its token lasts {duration(left_s)} and is renewed by itself."
    ends_at = identity.credentials_expires_at
    if ends_at is None:
        return fine(seen)
    left_s = (ends_at - now).total_seconds()
    if left_s <= 0:
        return wrong(f"{seen} They ended {moment(ends_at)}.", "Sign in again.")
    seen += f" They end {moment(ends_at)}, in {duration(left_s)}."
    limit_s = CERTIFICATE_WARNING_S if identity.type == "x509" else PROVIDED_WARNING_S
    if left_s < limit_s:
        return warning(seen, _renewal(identity))
    return fine(seen)


def _renewal(identity: Identity) -> str:
    if identity.type == "x509":
        return "Ask your certificate authority for a new certificate."
    if identity.source == "provided":
        return "A fresh one is picked up by itself. If none comes, tell the operator."
    return "Make a new one, and sign in again if it lies elsewhere."
