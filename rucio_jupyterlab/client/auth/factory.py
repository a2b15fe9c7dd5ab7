"""From what a user typed to a way into Rucio."""

from __future__ import annotations

from collections.abc import Mapping

from rucio_jupyterlab.client.auth.token import Authenticator
from rucio_jupyterlab.client.auth.userpass import UserpassAuthenticator
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest

# The other types can be configured, and are refused with a clear sentence.
IMPLEMENTED_AUTH_TYPES: frozenset[str] = frozenset({"userpass"})

# Parameters that are never given back.
SECRET_PARAMS: Mapping[str, frozenset[str]] = {"userpass": frozenset({"password"})}


def make_authenticator(
    instance: Instance, auth_type: str, params: Mapping[str, object]
) -> Authenticator:
    """For ``userpass``: params ``username``, ``password`` and, optionally, ``account``.

    Raises:
        BadRequest: a parameter is missing, is not text, or holds what no header can carry; code
            ``auth_type_unavailable`` for a type that this instance or this version does not offer.
    """
    offered = [kind for kind in instance.auth_types if kind in IMPLEMENTED_AUTH_TYPES]
    if auth_type not in offered:
        raise BadRequest(
            f"{instance.display_name} cannot be signed in to with “{auth_type[:40]}” here.",
            code="auth_type_unavailable",
            hint=f"Possible: {', '.join(offered)}." if offered else None,
        )
    return UserpassAuthenticator(
        instance,
        _text(params, "username", "user name"),
        _text(params, "password", "password"),
        _text(params, "account", "account", required=False) or None,
    )


def _text(params: Mapping[str, object], key: str, label: str, *, required: bool = True) -> str:
    value = params.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value):
        raise BadRequest(f"The {label} is missing.", code="invalid_credentials_format")
    return value
