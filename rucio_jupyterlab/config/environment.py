"""``RUCIO_*`` variables, which images set."""

from __future__ import annotations

from collections.abc import Mapping

_KEYS: Mapping[str, str] = {
    "RUCIO_NAME": "name",
    "RUCIO_DISPLAY_NAME": "display_name",
    "RUCIO_MODE": "mode",
    "RUCIO_BASE_URL": "rucio_base_url",
    "RUCIO_AUTH_URL": "rucio_auth_url",
    "RUCIO_WEBUI_URL": "rucio_webui_url",
    "RUCIO_CA_CERT": "rucio_ca_cert",
    "RUCIO_SITE_NAME": "site_name",
    "RUCIO_VO": "vo",
    "RUCIO_VOMS_ENABLED": "voms_enabled",
    "RUCIO_VOMS_VOMSES_PATH": "voms_vomses_path",
    "RUCIO_VOMS_CERTDIR_PATH": "voms_certdir_path",
    "RUCIO_VOMS_VOMSDIR_PATH": "voms_vomsdir_path",
    "RUCIO_DESTINATION_RSE": "destination_rse",
    "RUCIO_RSE_MOUNT_PATH": "rse_mount_path",
    "RUCIO_PATH_BEGINS_AT": "path_begins_at",
    "RUCIO_REPLICATION_RULE_LIFETIME_DAYS": "replication_rule_lifetime_days",
    "RUCIO_WILDCARD_ENABLED": "wildcard_enabled",
    "RUCIO_OIDC_AUTH": "oidc_auth",
    "RUCIO_OIDC_ENV_NAME": "oidc_env_name",
    "RUCIO_OIDC_FILE_NAME": "oidc_file_name",
}

_DEFAULTS: Mapping[str, str] = {
    "RUCIO_DEFAULT_INSTANCE": "default_instance",
    "RUCIO_DEFAULT_AUTH_TYPE": "default_auth_type",
    "RUCIO_LOG_LEVEL": "log_level",
}


def instance_from_environment(environ: Mapping[str, str]) -> dict[str, object] | None:
    """The instance that the variables describe, unchecked; None without RUCIO_NAME and
    RUCIO_BASE_URL.

    What images leave out gets the obvious value: the display name is the name, and the mode is
    replica where a destination is given, else download.
    """
    keys: dict[str, object] = {
        key: environ[variable].strip()
        for variable, key in _KEYS.items()
        if environ.get(variable, "").strip()
    }
    if "name" not in keys or "rucio_base_url" not in keys:
        return None
    keys.setdefault("display_name", keys["name"])
    keys.setdefault("mode", "replica" if "destination_rse" in keys else "download")
    return keys


def defaults_from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """``default_instance``, ``default_auth_type`` and ``log_level`` where they are set."""
    return {
        trait: environ[variable].strip()
        for variable, trait in _DEFAULTS.items()
        if environ.get(variable, "").strip()
    }
