"""All instances of a server: from the configuration and from the environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rucio_jupyterlab.config.instance import AuthType, Instance
from rucio_jupyterlab.errors import ConfigurationError


@dataclass(frozen=True)
class ConfiguredInstance:
    """An instance, or the reason why there is none: exactly one of ``instance`` and ``problem`` is set.

    ``remote_url`` is set when the rest of the keys come from there (``$url``): until that has been
    fetched, ``instance`` and ``problem`` are both None, and ``local_keys`` are what the operator wrote.
    """

    name: str
    display_name: str
    instance: Instance | None = None
    problem: ConfigurationError | None = None
    remote_url: str | None = None
    local_keys: Mapping[str, object] | None = None


def load_instances(
    raw_instances: Sequence[object],
    environ: Mapping[str, str],
    *,
    default_auth_type: AuthType = "userpass",
) -> list[ConfiguredInstance]:
    """Never raises: what is wrong with one instance is its ``problem`` and does not touch the others."""
    raise NotImplementedError
