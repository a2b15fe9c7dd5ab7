"""The storage sites, and what the account has at each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from rucio_jupyterlab.client import accounts, rses
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.services.mounts import Mounts
from rucio_jupyterlab.services.sessions import Sessions


class StorageSites:
    """RSEs and quotas, as Rucio lists them."""

    def __init__(self, sessions: Sessions, mounts: Mounts) -> None:
        self._sessions = sessions
        self._mounts = mounts

    async def rses(
        self, instance: Instance, expression: str | None
    ) -> AsyncGenerator[dict[str, Any], None]:
        """``{rse, deterministic, writable, mounted, mount_path}``, sorted by name.

        Raises:
            Unprocessable: code ``invalid_rse_expression``: no RSE matches, or it is none.
        """
        client = await self._sessions.client(instance)
        known = await rses.summaries(client, expression)
        mount_paths = {place.rse: place.mount_path for place in instance.destinations}
        states = await asyncio.gather(*map(self._mounts.state, mount_paths.values()))
        mounted = {rse: state == "mounted" for rse, state in zip(mount_paths, states, strict=True)}
        for item in known:
            yield {
                "rse": item.rse,
                "deterministic": item.deterministic,
                "writable": item.is_writable,
                "mounted": mounted.get(item.rse, False),
                "mount_path": mount_paths.get(item.rse),
            }

    async def usage(self, instance: Instance) -> AsyncGenerator[dict[str, Any], None]:
        """``{rse, bytes_used, bytes_limit, files}`` of the account, fullest first; a limit of None
        is none at all.
        """
        client = await self._sessions.client(instance)
        account = client.account or (await accounts.whoami(client)).account
        used = await accounts.usage(client, account)
        for item in sorted(used, key=lambda item: (-item.bytes_used, item.rse)):
            yield {
                "rse": item.rse,
                "bytes_used": item.bytes_used,
                "bytes_limit": item.bytes_limit,
                "files": item.files,
            }
