"""The storage that is mounted here: what Rucio says of it, and whether the mount is really it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from rucio_jupyterlab.client import accounts, rses
from rucio_jupyterlab.client.replicas import ReplicaRecord
from rucio_jupyterlab.client.rses import RseRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Destination, Instance
from rucio_jupyterlab.errors import NotFound
from rucio_jupyterlab.services.availability import quota
from rucio_jupyterlab.services.destinations import Destinations, path_below_mount
from rucio_jupyterlab.services.diagnosis import samples
from rucio_jupyterlab.services.diagnosis.model import (
    Finding,
    Step,
    fine,
    irrelevant,
    warning,
    wrong,
)
from rucio_jupyterlab.services.diagnosis.words import size
from rucio_jupyterlab.services.mounts import MountHangs, Mounts
from rucio_jupyterlab.services.sessions import Sessions

# Where no destination is configured; else each has steps of its own.
TITLES = {"rse": "Storage known", "mount": "Storage mounted", "replica": "Storage has its data"}

# One may be lost without anybody knowing, and one may be at another site, too.
SAMPLES = 3

MOUNT_HINT = "Ask the operator to mount it, or to correct rse_mount_path in the configuration."


class Storage:
    """The checks of one destination."""

    def __init__(
        self,
        instance: Instance,
        destination: Destination,
        sessions: Sessions,
        destinations: Destinations,
        mounts: Mounts,
    ) -> None:
        self._instance = instance
        self._destination = destination
        self._sessions = sessions
        self._destinations = destinations
        self._mounts = mounts
        self.record: RseRecord | None = None

    def steps(self) -> list[Step]:
        rse = self._destination.rse
        return [
            Step(f"rse:{rse}", f"{rse} known", self._rse, needs=("credentials",)),
            Step(f"mount:{rse}", f"{rse} mounted", self._mount, needs=("configuration",)),
            Step(
                f"replica:{rse}",
                f"{rse} has its data",
                self._replica,
                needs=("credentials", f"rse:{rse}", f"mount:{rse}"),
                limit_s=8.0,
            ),
        ]

    async def _rse(self) -> Finding:
        rse = self._destination.rse
        client = await self._client()
        try:
            # Not what is remembered: the operator may just have mended it.
            record = self.record = await rses.get(client, rse)
        except NotFound:
            return wrong(
                f"Rucio knows no storage (RSE) called {rse}.",
                "Ask the operator to check destination_rse; capital letters matter.",
            )
        quotas = await quota.at_places(client, self._destinations, [rse])
        schemes = ", ".join(dict.fromkeys(known.scheme for known in record.protocols))
        seen = f"Rucio knows it, reached by {schemes or 'no protocol'}. {_quota_words(quotas[rse])}"
        if not record.is_readable:
            return Finding(
                "error",
                f"{seen} Rucio has switched off reading from it.",
                "The site may be in a downtime: ask whoever runs it.",
            )
        if quotas[rse].has_any is False:
            return warning(seen, "Ask for a quota there. What is there already can be used.")
        if not record.is_writable:
            return warning(
                f"{seen} Rucio brings nothing new to it at present.",
                "What is there can be used. Ask whoever runs it when new data can come.",
            )
        return fine(seen)

    async def _mount(self) -> Finding:
        path = self._destination.mount_path
        try:
            return await self._mounts.look(path, lambda: _look_at_mount(path))
        except MountHangs:
            return wrong(
                f"{path} does not answer.",
                "Its storage may be gone. Ask the operator to mount it again.",
            )

    async def _replica(self) -> Finding:
        rse = self._destination.rse
        client = await self._client()
        account = client.account or (await accounts.whoami(client)).account
        known = await samples.of_rse(client, rse, account, SAMPLES)
        if not known:
            return irrelevant(
                f"No rule holds data at {rse} yet, so there is no file to look for. Make something "
                "available, then diagnose again."
            )
        place = await self._destinations.settled(client, self._destination)
        expected = {path: it for it in known if (path := self._path(place, it)) is not None}
        if not expected:
            pfn = next((pfn for some in known for pfn in some.pfns.get(rse, ())), "none")
            return wrong(
                f"Rucio's addresses of files at {rse} lead nowhere below the mount; one is {pfn}.",
                "Ask the operator to check path_begins_at and rse_mount_path.",
            )
        mount = self._destination.mount_path
        try:
            sizes = await self._mounts.look(mount, lambda: [_size(path) for path in expected])
        except MountHangs:
            return wrong(f"{mount} does not answer.", "Ask the operator to mount it again.")
        return _compared(rse, expected, sizes)

    def _path(self, place: Destination, replica: ReplicaRecord) -> str | None:
        for pfn in replica.pfns.get(place.rse, ()):
            path = path_below_mount(place, self.record, pfn)
            if path is not None:
                return path
        return None

    async def _client(self) -> RucioClient:
        return await self._sessions.client(self._instance)


def _compared(
    rse: str, expected: Mapping[str, ReplicaRecord], sizes: Sequence[int | None]
) -> Finding:
    """What the sizes say of the files at the paths; None where there is no such file."""
    found = dict(zip(expected, sizes, strict=True))
    for path, replica in expected.items():
        if found[path] not in (None, replica.size_bytes):
            return wrong(
                f"{path} has {found[path]} bytes, and {replica.did} has {replica.size_bytes} by "
                "Rucio.",
                "Either the file is damaged, or something else is mounted: ask the operator.",
            )
    there = [path for path in expected if found[path] is not None]
    lost = [path for path in expected if found[path] is None]
    if not there:
        return wrong(
            f"Of {_count(len(lost))} that Rucio says {'is' if len(lost) == 1 else 'are'} at {rse} "
            f"none is there; one was looked for at {lost[0]}.",
            "Something else may be mounted, or another folder of it: ask the operator to check "
            "rse_mount_path and path_begins_at.",
        )
    if lost:
        # Copies of some are at other sites, so that finding those alone proves little.
        return warning(
            f"Of {_count(len(expected))} that Rucio says are at {rse} {len(lost)} cannot be found; "
            f"one was looked for at {lost[0]}.",
            "Either the file is lost, or another storage is mounted that has some of the same "
            "files: ask the operator.",
        )
    return fine(f"{_count(len(there))} of {rse} found with the size that Rucio knows: {there[0]}.")


def _count(files: int) -> str:
    return f"{files} file{'' if files == 1 else 's'}"


def _look_at_mount(path: str) -> Finding:
    """Reads the file system."""
    try:
        known = Path(path).stat()
    except FileNotFoundError:
        return wrong(f"There is no folder {path}.", MOUNT_HINT)
    except OSError as error:
        return wrong(f"{path} cannot be looked at: {error.strerror}.", MOUNT_HINT)
    if not stat.S_ISDIR(known.st_mode):
        return wrong(f"{path} is no folder.", MOUNT_HINT)
    try:
        with os.scandir(path) as entries:
            is_empty = next(entries, None) is None
    except OSError as error:
        return wrong(f"{path} cannot be read: {error.strerror}.", MOUNT_HINT)
    # As ``Mounts`` judges: a file system of its own may be empty, or a link that stands for one.
    may_be_empty = known.st_dev != Path("/").stat().st_dev or Path(path).is_symlink()
    if is_empty and not may_be_empty:
        return wrong(f"{path} is an empty folder, and nothing is mounted there.", MOUNT_HINT)
    return fine(f"{path} is there and can be read" + (", and is empty." if is_empty else "."))


def _size(path: str) -> int | None:
    try:
        return Path(path).stat().st_size
    except OSError:
        return None


def _quota_words(known: quota.Quota) -> str:
    if known.has_any is False:
        return "Your account has no quota there, so nothing can be made available."
    if known.bytes_limit is not None and known.bytes_left is not None:
        return f"{size(known.bytes_left)} of your quota of {size(known.bytes_limit)} are left."
    if known.has_any:
        return "Your account has no limit there."
    return "Rucio does not say what quota your account has there."
