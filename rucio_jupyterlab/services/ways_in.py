"""What the server has by itself for each way in: provided tokens, proxies, certificates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rucio_jupyterlab.client.auth.authenticator import Authenticator, Standing
from rucio_jupyterlab.client.auth.factory import make_authenticator
from rucio_jupyterlab.client.auth.places import usual_certificate, usual_proxy
from rucio_jupyterlab.config.instance import AuthType, Instance
from rucio_jupyterlab.errors import BadRequest, ConfigurationError, ExtensionError

# Nothing is there, and nobody has said that there should be: no problem worth telling.
_NOT_THERE = frozenset({"token_missing", "proxy_missing", "certificate_missing"})


@dataclass(frozen=True)
class WayIn:
    """One way in of an instance; ``WayIn`` of the contract."""

    type: AuthType
    is_provided: bool = False
    where: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    problem: ExtensionError | None = None

    def to_dict(self) -> dict[str, Any]:
        expires_at = self.standing.expires_at
        return {
            "type": self.type,
            "is_provided": self.is_provided,
            "where": self.where,
            "params": dict(self.params),
            "identity": self.standing.identity,
            "issuer": self.standing.issuer,
            "expires_at": expires_at.isoformat() if expires_at else None,
            "problem": self.problem.to_dict() if self.problem else None,
        }


class WaysIn:
    """Looks at files and at ``environ``, which is the server's. Asks Rucio nothing."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def authenticator(
        self, instance: Instance, auth_type: str, params: Mapping[str, object]
    ) -> Authenticator:
        """As ``make_authenticator``."""
        return make_authenticator(instance, auth_type, params, self._environ)

    async def provided_type(self, instance: Instance) -> AuthType | None:
        """The way in that needs nobody to do anything; None where somebody has to sign in.

        Where single sign-on or a proxy is the usual way in, it is the one even while there is none:
        then that is said, and what comes later is used at once.
        """
        if instance.default_auth_type in ("oidc", "x509_proxy"):
            return instance.default_auth_type
        if "oidc" in instance.auth_types and (await self._look(instance, "oidc")).is_provided:
            return "oidc"
        return None

    async def found(
        self, instance: Instance, used_type: str | None, used_params: Mapping[str, str]
    ) -> Sequence[WayIn]:
        """Each way in that the instance offers. ``used_params`` are those of the one in use,
        without secrets.
        """
        ways = []
        for auth_type in instance.auth_types:
            way = await self._look(instance, auth_type)
            if auth_type == used_type and used_params:
                way = replace(way, params={**way.params, **used_params})
            ways.append(way)
        return ways

    async def _look(self, instance: Instance, auth_type: AuthType) -> WayIn:
        params = {"account": instance.default_account} if instance.default_account else {}
        if auth_type == "userpass":
            return WayIn("userpass", params=params)
        try:
            standing = await self.authenticator(instance, auth_type, {}).look()
        except (BadRequest, ConfigurationError) as problem:
            return WayIn(auth_type, params=params, problem=problem)
        is_there = standing.problem is None or standing.problem.code not in _NOT_THERE
        is_expected = auth_type in ("oidc", instance.default_auth_type)
        return WayIn(
            auth_type,
            is_provided=standing.problem is None,
            where=standing.where,
            params=params | (self._files(auth_type) if is_there else {}),
            standing=standing,
            problem=standing.problem if is_there or is_expected else None,
        )

    def _files(self, auth_type: AuthType) -> dict[str, str]:
        """What a form begins with."""
        if auth_type == "x509_proxy":
            return {"proxy": str(usual_proxy(self._environ))}
        if auth_type == "x509":
            certificate, key = usual_certificate(self._environ)
            return {"certificate": str(certificate), "key": str(key)}
        return {}
