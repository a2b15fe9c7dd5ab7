"""From what a user typed, or what was found, to a way into Rucio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rucio_jupyterlab.client.auth.authenticator import Authenticator
from rucio_jupyterlab.client.auth.oidc import OidcAuthenticator
from rucio_jupyterlab.client.auth.places import usual_certificate, usual_proxy
from rucio_jupyterlab.client.auth.userpass import UserpassAuthenticator
from rucio_jupyterlab.client.auth.x509 import X509Authenticator
from rucio_jupyterlab.client.auth.x509_proxy import X509ProxyAuthenticator
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest


@dataclass(frozen=True)
class WayParams:
    """The parameters of a way in; ``secret`` ones are never given back."""

    open: frozenset[str]
    secret: frozenset[str] = frozenset()


WAYS: Mapping[str, WayParams] = {
    "userpass": WayParams(frozenset({"username", "account"}), frozenset({"password"})),
    "x509": WayParams(frozenset({"certificate", "key", "account"}), frozenset({"passphrase"})),
    "x509_proxy": WayParams(frozenset({"proxy", "account"})),
    "oidc": WayParams(frozenset({"account"})),
}


def known_params(auth_type: str, params: Mapping[str, object]) -> dict[str, str]:
    """Those that the way in has, without the empty ones.

    Raises:
        BadRequest: one is no text, or the way in has no such parameter; no value is repeated.
    """
    way = WAYS[auth_type]
    found: dict[str, str] = {}
    for key, value in params.items():
        if key not in way.open | way.secret:
            raise BadRequest(
                f"{auth_type} has no parameter “{key[:40]}”.", code="invalid_credentials_format"
            )
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise BadRequest(f"The {key} must be a text.", code="invalid_credentials_format")
        found[key] = value
    return found


def make_authenticator(
    instance: Instance,
    auth_type: str,
    params: Mapping[str, object],
    environ: Mapping[str, str],
) -> Authenticator:
    """``params`` are those of ``WAYS``. Where an account is left out, the instance's counts; where
    the files of certificate or proxy are, those at the usual places of ``environ``.

    Raises:
        BadRequest: a parameter is missing, is not text, or holds what no header can carry; code
            ``auth_type_unavailable`` for a type that this instance does not offer.
        ConfigurationError: code ``https_required``.
    """
    if auth_type not in instance.auth_types or auth_type not in WAYS:
        offered = ", ".join(instance.auth_types)
        raise BadRequest(
            f"{instance.display_name} cannot be signed in to with “{auth_type[:40]}” here.",
            code="auth_type_unavailable",
            hint=f"Possible: {offered}." if offered else None,
        )
    known = known_params(auth_type, params)
    account = known.get("account") or instance.default_account
    if auth_type == "oidc":
        return OidcAuthenticator(instance, environ, account)
    if auth_type == "x509_proxy":
        proxy = _path(known, "proxy") or usual_proxy(environ)
        return X509ProxyAuthenticator(instance, proxy, account)
    if auth_type == "x509":
        certificate, key = _path(known, "certificate"), _path(known, "key")
        if certificate is None:
            certificate, key = usual_certificate(environ)
        return X509Authenticator(instance, certificate, key, known.get("passphrase"), account)
    return UserpassAuthenticator(
        instance, _required(known, "username", "user name"), _required(known, "password"), account
    )


def _required(params: Mapping[str, str], key: str, label: str | None = None) -> str:
    value = params.get(key)
    if not value:
        raise BadRequest(f"The {label or key} is missing.", code="invalid_credentials_format")
    return value


def _path(params: Mapping[str, str], key: str) -> Path | None:
    value = params.get(key)
    if value is None:
        return None
    try:
        path = Path(value.strip()).expanduser()
    except RuntimeError:  # the home of somebody who is not known here
        path = Path()
    if not path.is_absolute() or not value.isprintable():
        raise BadRequest(
            f"The {key} must be the path of a file on the server, from its root or from ~.",
            code="invalid_credentials_format",
        )
    return path
