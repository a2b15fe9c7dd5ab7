"""Credentials that lie in files: read once, and again when one of the files has changed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

from rucio_jupyterlab.aside import aside
from rucio_jupyterlab.client.auth import pem
from rucio_jupyterlab.client.auth.authenticator import Standing
from rucio_jupyterlab.errors import UnusableCredentials

# Homes are often on a network; one that takes longer is not coming back for this request.
LOOK_LIMIT_S = 5.0

Stamp = tuple[tuple[int, int, int, int] | None, ...]


class WatchedFiles:
    """``read`` is called in a thread; it gives a standing, or raises UnusableCredentials.

    ``when_over`` makes the problem of credentials whose end has come.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        read: Callable[[], Standing],
        when_over: Callable[[datetime], UnusableCredentials],
    ) -> None:
        self._paths = tuple(paths)
        self._read = read
        self._when_over = when_over
        self._known: Standing | None = None
        self._stamp: Stamp = ()
        self._looking: asyncio.Task[Standing] | None = None
        self._hanging: threading.Thread | None = None

    async def look(self) -> Standing:
        """How they stand now. Many who look at once look together; while the disk hangs, what was
        known before counts.
        """
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
            self._looking.add_done_callback(self._looked)
        return await asyncio.shield(self._looking)

    async def _look(self) -> Standing:
        if self._hanging is None or not self._hanging.is_alive():
            thread, answer = aside(self._look_now, name="rucio-credentials-look")
            try:
                self._known = await asyncio.wait_for(answer, LOOK_LIMIT_S)
            except asyncio.TimeoutError:
                self._hanging = thread
        return self._as_of_now(self._known or self._unanswered())

    def _look_now(self) -> Standing:
        stamp = tuple(_stamp(path) for path in self._paths)
        known = self._known
        if known is not None and known.problem is None and stamp == self._stamp:
            return known
        try:
            standing = self._read()
        except UnusableCredentials as error:
            problem = error
        except pem.UNREADABLE as error:
            problem = self._unreadable(type(error).__name__)
        else:
            # A file that was written meanwhile has another stamp by now, and is read again then.
            self._stamp = stamp
            return standing
        return Standing(problem=problem, where=str(self._paths[0]), mark=repr(stamp))

    def _as_of_now(self, standing: Standing) -> Standing:
        if standing.problem is not None or standing.expires_at is None:
            return standing
        if standing.expires_at > datetime.now(timezone.utc):
            return standing
        return replace(standing, problem=self._when_over(standing.expires_at))

    def _unreadable(self, reason: str) -> UnusableCredentials:
        return UnusableCredentials(
            f"{self._paths[0]} cannot be used: {reason}.",
            code="credentials_unreadable",
            hint="Use another file, or show this one to whoever has made it.",
        )

    def _unanswered(self) -> Standing:
        problem = UnusableCredentials(
            f"{self._paths[0].parent} does not answer, so the credentials there cannot be read.",
            code="credentials_unreadable",
            hint="The disk may be a network's: try again in a moment.",
        )
        return Standing(problem=problem, where=str(self._paths[0]))

    def _looked(self, looking: asyncio.Task[Standing]) -> None:
        self._looking = None
        if not looking.cancelled():
            looking.exception()


def _stamp(path: Path) -> tuple[int, int, int, int] | None:
    """Another one whenever the file is written, replaced, or given other permissions."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
