"""Instances whose keys come from a URL (``$url``)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rucio_jupyterlab.config.instance import AuthType
from rucio_jupyterlab.config.load import ConfiguredInstance


class RemoteConfiguration:
    """The remote part of one instance: fetched, kept on disk as last good copy, read again in time.

    ``current`` is what is known now; ``await refresh()`` fetches, and never raises for what the network
    or the remote side can cause. ``seconds_until_refresh`` says when to call it next.
    """

    def __init__(
        self,
        configured: ConfiguredInstance,
        cache_dir: Path,
        *,
        timeout_s: float = 10.0,
        default_auth_type: AuthType = "userpass",
    ) -> None:
        raise NotImplementedError

    @property
    def current(self) -> ConfiguredInstance:
        raise NotImplementedError

    @property
    def seconds_until_refresh(self) -> float:
        raise NotImplementedError

    async def load_last_good(self) -> ConfiguredInstance:
        raise NotImplementedError

    async def refresh(self) -> ConfiguredInstance:
        raise NotImplementedError


def merge(local: Mapping[str, object], remote: Mapping[str, object]) -> dict[str, object]:
    """Local keys win; ``$url`` itself is not part of the result."""
    raise NotImplementedError
