"""Looking at mounts without being held up by them.

A FUSE mount whose server is gone blocks in ``stat`` for minutes, and a thread that hangs there
cannot be ended. So each look has a time limit, runs in a daemon thread of its own, and a mount with
a thread hanging on it gets no second one: it is known to hang.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from rucio_jupyterlab.aside import aside

MountState = Literal["mounted", "missing", "hanging"]
Result = TypeVar("Result")

LOOK_LIMIT_S = 2.0
MOUNT_STATE_LIFE_S = 5.0
LOOKS_AT_ONCE = 4


class MountHangs(Exception):
    """Nothing can be said about paths below this mount: it does not answer."""


@dataclass
class _Mount:
    slots: asyncio.Semaphore
    hanging: threading.Thread | None = None
    state: MountState | None = None
    looked_at: float = 0.0


class Mounts:
    """Says what is mounted and which paths exist."""

    def __init__(self, look_limit_s: float = LOOK_LIMIT_S) -> None:
        self._look_limit_s = look_limit_s
        self._mounts: dict[str, _Mount] = {}

    async def state(self, mount_path: str) -> MountState:
        """Whether the mount is there and can be read.

        Known for a few seconds, then looked at again.
        """
        mount = self._mount(mount_path)
        if mount.state is None or time.monotonic() - mount.looked_at > MOUNT_STATE_LIFE_S:
            try:
                is_mounted = await self.look(mount_path, lambda: _is_mounted(mount_path))
                mount.state = "mounted" if is_mounted else "missing"
            except MountHangs:
                mount.state = "hanging"
            mount.looked_at = time.monotonic()
        return mount.state

    async def existing(self, mount_path: str, paths: Sequence[str]) -> list[bool]:
        """For each path below the mount, whether it exists now.

        Raises:
            MountHangs: the mount does not answer within the time limit.
        """
        if not paths:
            return []
        return await self.look(mount_path, lambda: [Path(path).exists() for path in paths])

    async def look(
        self, mount_path: str, look: Callable[[], Result], *, limit_s: float | None = None
    ) -> Result:
        """What ``look``, which reads at or below ``mount_path``, finds.

        ``limit_s`` where that takes longer than a look usually may.

        Raises:
            MountHangs: the mount does not answer within the time limit.
            OSError, ExtensionError: as ``look`` does.
        """
        mount = self._mount(mount_path)
        async with mount.slots:
            if mount.hanging is not None and mount.hanging.is_alive():
                raise MountHangs(mount_path)
            thread, answer = aside(look, name="rucio-mount-look")
            mount.hanging = None
            try:
                return await asyncio.wait_for(answer, limit_s or self._look_limit_s)
            except asyncio.TimeoutError:
                mount.hanging = thread
                raise MountHangs(mount_path) from None

    def _mount(self, mount_path: str) -> _Mount:
        if mount_path not in self._mounts:
            self._mounts[mount_path] = _Mount(slots=asyncio.Semaphore(LOOKS_AT_ONCE))
        return self._mounts[mount_path]


def _is_mounted(mount_path: str) -> bool:
    """Whether data can be there: a readable folder that is more than an empty place to mount at."""
    try:
        if not os.access(mount_path, os.R_OK | os.X_OK):
            return False
        # An empty folder on the root file system is where a mount belongs and is not.
        mount = Path(mount_path)
        if mount.is_symlink():
            return mount.is_dir()
        if mount.stat().st_dev != Path("/").stat().st_dev:
            return True
        with os.scandir(mount_path) as entries:
            return next(entries, None) is not None
    except OSError:
        return False
