"""One Rucio instance as an operator configured it, validated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Mode = Literal["replica", "download"]
AuthType = Literal["userpass", "x509", "x509_proxy", "oidc"]
OidcSource = Literal["env", "file"]

AUTH_TYPES: tuple[AuthType, ...] = ("userpass", "x509", "x509_proxy", "oidc")


@dataclass(frozen=True)
class Destination:
    """A storage site that is mounted here.

    ``path_begins_at`` says how many leading pieces of a PFN's path are not below the mount; None means
    that the operator left it out, and the RSE's protocol prefix tells.
    """

    rse: str
    mount_path: str
    path_begins_at: int | None = None


@dataclass(frozen=True)
class Instance:
    """One Rucio instance, every key checked. URLs have no trailing slash."""

    name: str
    display_name: str
    mode: Mode
    rucio_base_url: str
    rucio_auth_url: str
    rucio_webui_url: str | None = None
    rucio_ca_cert: str | None = None
    site_name: str | None = None
    app_id: str | None = None
    vo: str | None = None
    destinations: tuple[Destination, ...] = ()
    replication_rule_lifetime_days: int | None = None
    wildcard_enabled: bool = False
    auth_types: tuple[AuthType, ...] = AUTH_TYPES
    default_auth_type: AuthType = "userpass"
    oidc_auth: OidcSource | None = None
    oidc_env_name: str | None = None
    oidc_file_name: str | None = None
    voms_enabled: bool = False
    voms_vomses_path: str | None = None
    voms_certdir_path: str | None = None
    voms_vomsdir_path: str | None = None
    cache_expires_at: float | None = None
    remote_url: str | None = None
    warnings: tuple[str, ...] = ()


def parse_instance(
    raw: Mapping[str, object], *, default_auth_type: AuthType = "userpass"
) -> Instance:
    """Checks one instance as it stands in the configuration.

    Raises:
        ConfigurationError: names every key that is wrong, what was found there and what is expected.
    """
    raise NotImplementedError
