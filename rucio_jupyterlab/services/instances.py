"""The configured instances: which there are, how they are, and how they change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from rucio_jupyterlab.aside import aside
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.config.load import Configuration, ConfiguredInstance
from rucio_jupyterlab.config.remote import RemoteConfiguration
from rucio_jupyterlab.errors import ConfigurationError, ExtensionError, UnknownInstance
from rucio_jupyterlab.paths.contents import ContentsRoot
from rucio_jupyterlab.services import instance_view
from rucio_jupyterlab.services.copies.service import Copies
from rucio_jupyterlab.services.mounts import Mounts
from rucio_jupyterlab.services.policy import Policy
from rucio_jupyterlab.services.sessions import Sessions

log = logging.getLogger(__name__)

SHORTEST_REFRESH_S = 10.0
READING_LIMIT_S = 10.0

ReadAgain = Callable[[], Configuration]
"""Reads all configuration anew, and blocks meanwhile. Raises ConfigurationError."""
Forget = Callable[[str], Awaitable[None]]
"""Ends what was made of an instance that is no more, or is another one now."""


class Instances:
    """Knows every configured instance; those with ``$url`` are completed in the background.

    An instance can change while the server runs, by a reload or by what its ``$url`` says. All who
    work with one ask here for it each time.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        read_again: ReadAgain,
        forget: Forget,
        cache_dir: Path,
        sessions: Sessions,
        mounts: Mounts,
        policy: Policy,
        contents_root: ContentsRoot | None,
        copies: Copies,
    ) -> None:
        self._configuration = configuration
        self._configured = {item.name: item for item in configuration.instances}
        self._read_again = read_again
        self._forget = forget
        self._cache_dir = cache_dir
        self._sessions = sessions
        self._mounts = mounts
        self._policy = policy
        self._contents_root = contents_root
        self._copies = copies
        self._remotes = self._remotes_of(configuration, {})
        self._refreshing: list[asyncio.Task[None]] = []
        self._reloading = asyncio.Lock()
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
            _log_what_is_odd(configured, None)
        for name, remote in self._remotes.items():
            self._refreshing.append(asyncio.ensure_future(self._begin(name, remote)))

    async def aclose(self) -> None:
        await self._stop_refreshing()

    async def reload(self) -> None:
        """Reads the configuration again, remote parts included, and puts it in place of the old.

        Instances that are as before keep their sessions. A remote part that does not come in time
        is as when it does not come in the background: the last good one stays.

        Raises:
            ConfigurationError: a file cannot be read; everything stays as it was.
        """
        async with self._reloading:
            configuration = await self._read_in_time()
            await self._stop_refreshing()
            self._is_started = True
            self._remotes = self._remotes_of(configuration, self._remotes)
            try:
                await asyncio.gather(*(_read_now(remote) for remote in self._remotes.values()))
                self._configuration = configuration
                await self._take(
                    self._remotes[item.name].current if item.name in self._remotes else item
                    for item in configuration.instances
                )
            finally:
                for name, remote in self._remotes.items():
                    self._refreshing.append(asyncio.ensure_future(self._keep_fresh(name, remote)))

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
        return _instance_of(configured)

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
        return {"default_instance": self.default(), "items": items}

    def default(self) -> str | None:
        """The name of the one to begin with: the configured one, else the first that works."""
        if self._configuration.default_instance in self._configured:
            return self._configuration.default_instance
        usable = (name for name, item in self._configured.items() if item.problem is None)
        return next(usable, next(iter(self._configured), None))

    async def _describe(self, configured: ConfiguredInstance) -> dict[str, Any]:
        try:
            # Not by its name, which a reload may have taken away meanwhile.
            instance = _instance_of(configured)
            identity = await self._sessions.identity(instance)
        except ConfigurationError as error:
            return instance_view.unusable(configured, error, self._policy)
        places = (*instance.destinations, *instance.scratch)
        paths = dict.fromkeys(place.mount_path for place in places)
        states = await asyncio.gather(*(self._mounts.state(path) for path in paths))
        return instance_view.usable(
            instance,
            identity,
            mounts=dict(zip(paths, states, strict=True)),
            rse_problems=self._rse_problems.get(instance.name, {}),
            policy=self._policy,
            contents_root=self._contents_root,
            download_folder=self._copies.describe_folder(instance),
        )

    async def _read_in_time(self) -> Configuration:
        _, reading = aside(self._read_again, name="rucio-configuration")
        try:
            return await asyncio.wait_for(reading, READING_LIMIT_S)
        except asyncio.TimeoutError:
            raise ConfigurationError(
                f"Jupyter's configuration files could not be read within {READING_LIMIT_S:g} s.",
                code="configuration_unreadable",
                hint="Everything goes on as it was configured before.",
            ) from None

    def _remotes_of(
        self, configuration: Configuration, known: Mapping[str, RemoteConfiguration]
    ) -> dict[str, RemoteConfiguration]:
        """Those that are as before go on with what they have read."""
        found = {}
        for item in configuration.instances:
            if item.remote_url is None or item.problem is not None:
                continue
            remote = known.get(item.name)
            auth_type = configuration.default_auth_type
            if remote is None or not remote.is_for(item, auth_type):
                remote = RemoteConfiguration(item, self._cache_dir, default_auth_type=auth_type)
            found[item.name] = remote
        return found

    async def _begin(self, name: str, remote: RemoteConfiguration) -> None:
        await self._put(name, await remote.load_last_good())
        await self._put(name, await remote.refresh())
        await self._keep_fresh(name, remote)

    async def _keep_fresh(self, name: str, remote: RemoteConfiguration) -> None:
        while True:
            await asyncio.sleep(max(remote.seconds_until_refresh, SHORTEST_REFRESH_S))
            await self._put(name, await remote.refresh())

    async def _stop_refreshing(self) -> None:
        tasks, self._refreshing = self._refreshing, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _put(self, name: str, configured: ConfiguredInstance) -> None:
        await self._take({**self._configured, name: configured}.values())

    async def _take(self, configured: Iterable[ConfiguredInstance]) -> None:
        """Puts these in place of all that were there, in one step; what had been made of one that
        is gone or is another one now is ended after that.
        """
        before, self._configured = self._configured, {item.name: item for item in configured}
        for name, item in self._configured.items():
            _log_what_is_odd(item, before.get(name))
        for name, old in before.items():
            new = self._configured.get(name)
            if old.instance is not None and (new is None or new.instance != old.instance):
                self._rse_problems.pop(name, None)
                await self._forget(name)


def _instance_of(configured: ConfiguredInstance) -> Instance:
    if configured.problem is not None:
        raise configured.problem
    if configured.instance is None:
        raise ConfigurationError(
            f"The configuration of “{configured.display_name}” has not been read yet.",
            code="configuration_pending",
            hint="It is being fetched. Try again in a moment.",
        )
    return configured.instance


async def _read_now(remote: RemoteConfiguration) -> None:
    await remote.load_last_good()
    await remote.refresh()


def _log_what_is_odd(configured: ConfiguredInstance, before: ConfiguredInstance | None) -> None:
    """Once, and again when it changes."""
    known = _oddities(before) if before is not None else []
    for level, sentence in _oddities(configured):
        if (level, sentence) not in known:
            log.log(level, "Rucio instance %s: %s", configured.name, sentence)


def _oddities(configured: ConfiguredInstance) -> list[tuple[int, str]]:
    found = [(logging.ERROR, configured.problem.message)] if configured.problem else []
    warnings = configured.instance.warnings if configured.instance else ()
    return [*found, *((logging.WARNING, warning) for warning in warnings)]
