"""The storages of the sites, and their mounts on this machine."""

from __future__ import annotations

from typing import Protocol as Interface

from lake.endpoints import Protocol
from lake.process import Supervisor
from lake.state import Options, State
from lake.topology import RSES, Rse
from lake.xrootd import XrootdStorage


class Storage(Interface):
    """What a kind of storage has to do. Each method is called once in a start, in this order."""

    def start(self) -> dict[str, Protocol]:
        """Brings the storages up, and says how each RSE's files are reached."""

    def protocol_for_copies(self, rse: Rse) -> Protocol | None:
        """How third-party copies reach the files of an RSE that is a storage of its own kind."""

    def mount(self) -> None:
        """Makes the mounted RSEs' files appear below the lake's folder of mounts."""


class PosixStorage:
    """Each site is a folder, and a mount is a link to it: no privileges, no packages."""

    def __init__(self, state: State) -> None:
        self._state = state

    def start(self) -> dict[str, Protocol]:
        for rse in RSES:
            self._state.storage_path(rse).mkdir(parents=True, exist_ok=True)
        return {rse.name: self.protocol_for_copies(rse) for rse in RSES}

    def protocol_for_copies(self, rse: Rse) -> Protocol:
        folder = self._state.storage_path(rse)
        return Protocol(scheme="file", hostname="localhost", port=0, prefix=f"{folder}/")

    def mount(self) -> None:
        for rse in RSES:
            if rse.mount:
                link = self._state.mount_path(rse)
                link.unlink(missing_ok=True)
                link.symlink_to(self._state.storage_path(rse), target_is_directory=True)


def storage_for(options: Options, state: State, supervisor: Supervisor) -> Storage:
    """The kind of storage that `options` asks for.

    Raises:
        LakeError: this machine lacks something that it needs.
    """
    if options.storage == "xrootd":
        return XrootdStorage(state, supervisor)
    return PosixStorage(state)
