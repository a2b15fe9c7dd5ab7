"""Downloads: DIDs to the user's own disk, by jobs."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from pathlib import Path

from rucio_jupyterlab.client import dids as did_routes
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import (
    ConfigurationError,
    Conflict,
    NotFound,
    UnknownDid,
    Unprocessable,
)
from rucio_jupyterlab.jobs.layout import Layout
from rucio_jupyterlab.jobs.manager import Jobs
from rucio_jupyterlab.jobs.model import ACTIVE, Job, JobSpec
from rucio_jupyterlab.services.copies.service import Copies
from rucio_jupyterlab.services.sessions import Sessions

log = logging.getLogger(__name__)

_Key = tuple[str, tuple[str, ...], str | None]
"""Instance, DIDs, parent."""


class Downloads:
    """One active download for the same DIDs: who asks again gets the one that is under way."""

    def __init__(self, sessions: Sessions, jobs: Jobs, copies: Copies) -> None:
        self._sessions = sessions
        self._jobs = jobs
        self._copies = copies
        self._latest: dict[_Key, str] = {}
        self._locks: dict[_Key, asyncio.Lock] = {}

    async def start(
        self,
        instance: Instance,
        wanted: Sequence[Did],
        parent: Did | None = None,
        idempotency_key: str | None = None,
    ) -> Job:
        """``parent``: a dataset that ``wanted`` are files of; they go into its folder.

        Raises:
            Unprocessable: code ``mode_unavailable``; ``not_a_file``: beside a ``parent``.
            UnknownDid, NotAuthenticated, RucioUnreachable, …
        """
        require_downloads(instance)
        asked = list(dict.fromkeys(wanted))
        client = await self._sessions.client(instance)
        known = await did_routes.types(client, asked)
        for did in asked:
            if did not in known:
                raise UnknownDid(f"Rucio has no DID {did}.")
            if parent is not None and known[did].type != "file":
                raise Unprocessable(f"{did} is no file of {parent}.", code="not_a_file")
        key = (instance.name, tuple(sorted(map(str, asked))), str(parent) if parent else None)
        # Two requests at once are one download.
        async with self._locks.setdefault(key, asyncio.Lock()):
            active = await self._active(key)
            if active is not None:
                return active
            job = await self._jobs.submit(self._spec(instance, asked, parent, idempotency_key))
            self._latest[key] = job.id
            return job

    async def of(self, instance: Instance) -> dict[str, Job]:
        """The active downloads, by each DID that was asked for."""
        jobs = [job for job in await self._moving(instance) if job.kind == "download"]
        return {did: job for job in reversed(jobs) for did in job.dids}

    async def delete_copy(self, instance: Instance, did: Did) -> int:
        """How many bytes that freed.

        Raises:
            NotFound: code ``no_copy``.
            Conflict: code ``copy_in_use``: a download writes it now.
        """
        active = await self._moving(instance)
        folder = Layout(str(self._copies.root(instance))).folder(did)
        if any(str(did) in job.dids or job.path == folder for job in active):
            raise Conflict(
                f"{did} is being downloaded now.",
                code="copy_in_use",
                hint="Cancel the download first.",
            )
        return await self._copies.delete(instance, did)

    async def _moving(self, instance: Instance) -> list[Job]:
        """None where the list cannot be read: who asks for a job is told why, and without a list
        none is begun. What is on the disk is known all the same.
        """
        try:
            return await self._jobs.list(states=tuple(ACTIVE), instance=instance.name)
        except ConfigurationError as error:
            log.warning("Rucio: %s", error.message)
            return []

    async def _active(self, key: _Key) -> Job | None:
        job_id = self._latest.get(key)
        if job_id is None:
            return None
        try:
            job = await self._jobs.get(job_id)
        except NotFound:
            # Taken off the list since.
            return None
        return job if job.is_active else None

    def _spec(
        self, instance: Instance, asked: Sequence[Did], parent: Did | None, key: str | None
    ) -> JobSpec:
        root = self._copies.root(instance)
        parts = str(Path(Layout(str(root)).parts) / secrets.token_hex(8))
        return JobSpec(
            kind="download",
            instance=instance.name,
            title=_title(asked, parent),
            payload={
                "display_name": instance.display_name,
                "dids": [str(did) for did in asked],
                "parent": str(parent) if parent else None,
                "root": str(root),
                "parts": parts,
                "site": instance.site_name,
                "temporary": [parts],
            },
            dids=[str(did) for did in asked],
            path=_folder(root, asked, parent),
            idempotency_key=key,
        )


def require_downloads(instance: Instance) -> None:
    """
    Raises:
        Unprocessable: code ``mode_unavailable``.
    """
    if not instance.can_download:
        raise Unprocessable(
            f"“{instance.display_name}” does not offer downloads.",
            code="mode_unavailable",
            hint="Make the data available instead; the operator can set allow_download.",
        )


def _title(asked: Sequence[Did], parent: Did | None) -> str:
    if parent is not None:
        return f"{len(asked)} files of {parent}" if len(asked) > 1 else str(asked[0])
    return str(asked[0]) if len(asked) == 1 else f"{asked[0]} and {len(asked) - 1} more"


def _folder(root: Path, asked: Sequence[Did], parent: Did | None) -> str:
    layout = Layout(str(root))
    if parent is not None:
        return layout.folder(parent)
    return layout.folder(asked[0]) if len(asked) == 1 else str(root)
