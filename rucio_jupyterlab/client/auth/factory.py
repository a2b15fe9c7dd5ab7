"""From what a user typed to a way into Rucio."""

from __future__ import annotations

from collections.abc import Mapping

from rucio_jupyterlab.client.auth.token import Authenticator
from rucio_jupyterlab.config.instance import Instance

IMPLEMENTED_AUTH_TYPES: frozenset[str] = frozenset({"userpass"})
"""What this version can do; the rest is configured and announced, and refused with a clear sentence."""

SECRET_PARAMS: Mapping[str, frozenset[str]] = {"userpass": frozenset({"password"})}
"""For each type, the parameters that are never given back."""


def make_authenticator(
    instance: Instance, auth_type: str, params: Mapping[str, object]
) -> Authenticator:
    """For ``userpass``: params ``username``, ``password`` and, optionally, ``account``.

    Raises:
        BadRequest: a parameter is missing, is not text, or holds what no header can carry; code
            ``auth_type_unavailable`` for a type that this instance or this version does not offer.
    """
    raise NotImplementedError
