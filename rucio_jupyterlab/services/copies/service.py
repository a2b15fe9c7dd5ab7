"""The local copies of each instance: which there are, what is in them, deleting them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import ConfigurationError, NotFound
from rucio_jupyterlab.jobs.layout import piece
from rucio_jupyterlab.paths.contents import ContentsRoot
from rucio_jupyterlab.services.copies import disk
from rucio_jupyterlab.services.copies.model import Found, LocalCopy


class Copies:
    """Below ``folder``, each instance in a folder of its own."""

    def __init__(self, folder: str, contents_root: ContentsRoot | None) -> None:
        self._folder = folder
        self._contents_root = contents_root

    def root(self, instance: Instance) -> Path:
        """``<folder>/<instance>/downloads``. Names that are plain stay as they are."""
        return Path(self._folder).expanduser() / piece(instance.name) / "downloads"

    def contents_path(self, path: str | None) -> str | None:
        """``path`` in Jupyter's file browser; None where it is not shown there."""
        if path is None or self._contents_root is None:
            return None
        return self._contents_root.path_of(path)

    def describe_folder(self, instance: Instance) -> dict[str, Any] | None:
        """``Instance.download_folder`` of the REST contract."""
        if not instance.can_download:
            return None
        root = str(self.root(instance))
        return {"path": root, "contents_path": self.contents_path(root)}

    def local(self, copy: LocalCopy | None) -> dict[str, Any] | None:
        """LocalCopy of the REST contract."""
        return None if copy is None else copy.to_dict(self.contents_path(copy.path))

    async def all(self, instance: Instance) -> list[LocalCopy]:
        """The newest first."""
        return await asyncio.to_thread(disk.all_copies, self.root(instance))

    async def find(self, instance: Instance, wanted: Iterable[Did]) -> Found:
        """What is here of each; nothing is asked of Rucio."""
        return await asyncio.to_thread(disk.find, self.root(instance), list(wanted))

    async def files(self, instance: Instance, did: Did) -> dict[Did, tuple[str, int]]:
        """Paths and sizes of the files of a copy, by their DIDs."""
        return await asyncio.to_thread(disk.files_of, self.root(instance), did)

    async def free_bytes(self, instance: Instance) -> int | None:
        return await asyncio.to_thread(disk.free_bytes, self.root(instance))

    async def delete(self, instance: Instance, did: Did) -> int:
        """How many bytes that freed.

        Raises:
            NotFound: code ``no_copy``.
            ConfigurationError: code ``copy_not_deleted``: the disk does not let it.
        """
        copy = (await self.find(instance, [did])).copies.get(did)
        if copy is None:
            raise NotFound(f"There is no local copy of {did}.", code="no_copy")
        try:
            return await asyncio.to_thread(disk.delete, self.root(instance), copy)
        except OSError as error:
            raise ConfigurationError(
                f"The local copy could not be deleted: {error.strerror}.",
                code="copy_not_deleted",
                hint=f"Check the permissions of {copy.path}.",
            ) from error
