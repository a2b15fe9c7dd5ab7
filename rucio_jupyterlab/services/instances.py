"""The configured instances and how they are, as the browser sees them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rucio_jupyterlab.client.auth.factory import IMPLEMENTED_AUTH_TYPES
from rucio_jupyterlab.config.instance import AuthType, Instance
from rucio_jupyterlab.config.load import ConfiguredInstance
from rucio_jupyterlab.config.remote import RemoteConfiguration
from rucio_jupyterlab.errors import ConfigurationError, ExtensionError, UnknownInstance
from rucio_jupyterlab.paths.contents import ContentsRoot
from rucio_jupyterlab.services.mounts import Mounts, MountState
from rucio_jupyterlab.services.sessions import Identity, Sessions

log = logging.getLogger(__name__)

SHORTEST_REFRESH_S = 10.0

_NOBODY = Identity("userpass", {}, is_signed_in=False, account=None, token_expires_at=None)
_POLICY = {"type_credentials": True, "store_credentials": True, "pick_files": False}


class Instances:
    """Knows every configured instance; those with ``$url`` are completed in the background."""

    def __init__(
        self,
        configured: Sequence[ConfiguredInstance],
        *,
        default_instance: str | None,
        default_auth_type: AuthType,
        cache_dir: Path,
        sessions: Sessions,
        mounts: Mounts,
        contents_root: ContentsRoot | None,
    ) -> None:
        self._configured = {item.name: item for item in configured}
        self._default_instance = default_instance
        self._remotes = {
            item.name: RemoteConfiguration(item, cache_dir, default_auth_type=default_auth_type)
            for item in configured
            if item.remote_url is not None and item.problem is None
        }
        self._sessions = sessions
        self._mounts = mounts
        self._contents_root = contents_root
        self._refreshing: list[asyncio.Task[None]] = []
        self._is_started = False
        self._rse_problems: dict[str, dict[str, ExtensionError]] = {}

    def start(self) -> None:
        """Begins to fetch remote configurations, once.

        Needs a running event loop, and returns at once.
        """
        if self._is_started:
            return
        self._is_started = True
        for configured in self._configured.values():
            _log_what_is_odd(configured)
        for name, remote in self._remotes.items():
            self._refreshing.append(asyncio.ensure_future(self._keep_fresh(name, remote)))

    async def aclose(self) -> None:
        for task in self._refreshing:
            task.cancel()
        await asyncio.gather(*self._refreshing, return_exceptions=True)

    def get(self, name: str) -> Instance:
        """
        Raises:
            UnknownInstance: there is none of that name.
            ConfigurationError: its configuration cannot be used, or has not arrived yet.
        """
        configured = self._configured.get(name)
        if configured is None:
            known = ", ".join(self._configured) or "none"
            raise UnknownInstance(
                f"There is no Rucio instance “{name}” here.", hint=f"Configured: {known}."
            )
        if configured.problem is not None:
            raise configured.problem
        if configured.instance is None:
            raise ConfigurationError(
                f"The configuration of “{configured.display_name}” has not been read yet.",
                code="configuration_pending",
                hint="It is being fetched. Try again in a moment.",
            )
        return configured.instance

    def note_rse_problem(self, name: str, rse: str, problem: ExtensionError | None) -> None:
        """What Rucio said about one of the instance's destinations when it was last asked."""
        problems = self._rse_problems.setdefault(name, {})
        if problem is None:
            problems.pop(rse, None)
        else:
            problems[rse] = problem

    async def describe_all(self) -> dict[str, Any]:
        """``{default_instance, items}``. Asks Rucio nothing."""
        # Servers older than the hook that starts extensions come by here first.
        self.start()
        items = await asyncio.gather(*(self._describe(item) for item in self._configured.values()))
        return {"default_instance": self._default(), "items": items}

    def _default(self) -> str | None:
        if self._default_instance in self._configured:
            return self._default_instance
        usable = (name for name, item in self._configured.items() if item.problem is None)
        return next(usable, next(iter(self._configured), None))

    async def _describe(self, configured: ConfiguredInstance) -> dict[str, Any]:
        try:
            instance = self.get(configured.name)
            identity = await self._sessions.identity(instance)
        except ConfigurationError as error:
            return _unusable(configured, error)
        paths = [destination.mount_path for destination in instance.destinations]
        states = await asyncio.gather(*(self._mounts.state(path) for path in paths))
        rse_problems = self._rse_problems.get(instance.name, {})
        problem = next(iter(rse_problems.values()), None) or _mount_problem(paths, states)
        return {
            "name": instance.name,
            "display_name": instance.display_name,
            "mode": instance.mode,
            "auth_types": [
                known for known in instance.auth_types if known in IMPLEMENTED_AUTH_TYPES
            ],
            **identity.instance_fields(),
            "policy": _POLICY,
            "destinations": [
                {
                    "rse": destination.rse,
                    "mount_path": destination.mount_path,
                    "mounted": state == "mounted",
                    "contents_path": (
                        self._contents_root.path_of(destination.mount_path)
                        if self._contents_root is not None
                        else None
                    ),
                }
                for destination, state in zip(instance.destinations, states, strict=True)
            ],
            "wildcard_enabled": instance.wildcard_enabled,
            "webui_url": instance.rucio_webui_url,
            "problem": problem.to_dict() if problem else None,
        }

    async def _keep_fresh(self, name: str, remote: RemoteConfiguration) -> None:
        self._configured[name] = await remote.load_last_good()
        while True:
            self._configured[name] = await remote.refresh()
            await asyncio.sleep(max(remote.seconds_until_refresh, SHORTEST_REFRESH_S))


def _log_what_is_odd(configured: ConfiguredInstance) -> None:
    if configured.problem is not None:
        log.error("Rucio instance %s: %s", configured.name, configured.problem.message)
    for warning in configured.instance.warnings if configured.instance else ():
        log.warning("Rucio instance %s: %s", configured.name, warning)


def _mount_problem(paths: Sequence[str], states: Sequence[MountState]) -> ExtensionError | None:
    for path, state in zip(paths, states, strict=True):
        if state == "hanging":
            return ConfigurationError(
                f"The storage mounted at {path} does not answer.",
                code="mount_hanging",
                hint="Ask the operator to mount it again. Searching and transfers still work.",
            )
        if state == "missing":
            return ConfigurationError(
                f"No storage is mounted at {path}.",
                code="mount_missing",
                hint="Ask the operator to mount it. Searching and transfers still work.",
            )
    return None


def _unusable(configured: ConfiguredInstance, problem: ConfigurationError) -> dict[str, Any]:
    return {
        "name": configured.name,
        "display_name": configured.display_name,
        "mode": "replica",
        "auth_types": [],
        **_NOBODY.instance_fields(),
        "policy": _POLICY,
        "destinations": [],
        "wildcard_enabled": False,
        "webui_url": None,
        "problem": problem.to_dict(),
    }
