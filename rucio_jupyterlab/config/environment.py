"""``RUCIO_*`` variables, which images set."""

from __future__ import annotations

from collections.abc import Mapping

from rucio_jupyterlab.config import schema

TRAIT_VARIABLES: Mapping[str, str] = {
    "RUCIO_DEFAULT_INSTANCE": "default_instance",
    "RUCIO_DEFAULT_AUTH_TYPE": "default_auth_type",
    "RUCIO_LOG_LEVEL": "log_level",
}


def variables() -> dict[str, str]:
    """For each key of an instance that a variable stands for, the variable."""
    return {
        key: node["x-variable"] for key, node in schema.properties().items() if "x-variable" in node
    }


def instance_from_environment(environ: Mapping[str, str]) -> dict[str, object] | None:
    """The instance that the variables describe, unchecked; None without RUCIO_NAME and
    RUCIO_BASE_URL.

    What images leave out gets the obvious value: the display name is the name, and the mode is
    replica where a destination is given, else download.
    """
    keys: dict[str, object] = {
        key: environ[variable].strip()
        for key, variable in variables().items()
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
        for variable, trait in TRAIT_VARIABLES.items()
        if environ.get(variable, "").strip()
    }
