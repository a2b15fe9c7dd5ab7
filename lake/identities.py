"""Identities taken away from an account and given back, through Rucio's own REST, as root."""

from __future__ import annotations

from typing import Any, Literal

from lake.calls import send
from lake.endpoints import oidc_identity
from lake.errors import LakeError
from lake.topology import ALICE, ROOT

Kind = Literal["userpass", "x509", "oidc"]


def remove_identity(connection: dict[str, Any], kind: Kind, account: str) -> None:
    """Ends that `account` can sign in that way. A token that it has already stays good.

    Raises:
        LakeError: it has no such identity.
    """
    document = {"identity": _identity(connection, kind, account), "authtype": kind.upper()}
    send("DELETE", _url(connection, account), document, headers=_as_root(connection))


def add_identity(connection: dict[str, Any], kind: Kind, account: str) -> None:
    """Undoes `remove_identity`.

    Raises:
        LakeError: it has that identity, or can have none of that kind.
    """
    document: dict[str, Any] = {
        "identity": _identity(connection, kind, account),
        "authtype": kind.upper(),
        "email": f"{account}@lake.invalid",
        "default": True,
    }
    if kind == "userpass":
        document["password"] = connection["accounts"][account]["password"]
    send("POST", _url(connection, account), document, headers=_as_root(connection))


def _identity(connection: dict[str, Any], kind: Kind, account: str) -> str:
    """As the catalogue has it."""
    if kind == "userpass":
        return str(connection["accounts"][account]["username"])
    if account == ALICE.account and kind == "oidc":
        return oidc_identity(connection["oidc"]["subject"], connection["oidc"]["issuer"])
    if account == ALICE.account and connection.get("tls"):
        return str(connection["tls"]["identities"]["x509"]["dn"])
    raise LakeError(f"The account {account!r} of this lake has no {kind} identity.")


def _url(connection: dict[str, Any], account: str) -> str:
    return f"{connection['rucio_url']}/accounts/{account}/identities"


def _as_root(connection: dict[str, Any]) -> dict[str, str]:
    answer = send(
        "GET",
        f"{connection['auth_url']}/auth/userpass",
        headers={
            "X-Rucio-Username": ROOT.username,
            "X-Rucio-Password": ROOT.password,
            "X-Rucio-Account": ROOT.account,
        },
    )
    return {"X-Rucio-Auth-Token": str(answer["X-Rucio-Auth-Token"])}
