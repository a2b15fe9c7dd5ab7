"""Credentials on disk: one JSON file for each instance, readable by its owner alone."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from rucio_jupyterlab.errors import ConfigurationError

LONGEST_FILE_NAME = 120


@dataclass(frozen=True)
class StoredCredentials:
    """``params`` hold secrets: they are given to Rucio and to nobody else."""

    type: str
    params: Mapping[str, object] = field(repr=False)


class CredentialStore:
    """Keeps credentials below ``folder``. All work on files is done in threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def load(self, instance: str) -> StoredCredentials | None:
        """What is kept for the instance; None when there is nothing or nothing that can be used."""
        return await asyncio.to_thread(self._load, instance)

    async def save(self, instance: str, credentials: StoredCredentials) -> None:
        """Replaces what is kept, all at once: a reader sees the old file or the new one.

        Raises:
            ConfigurationError: the folder cannot be written.
        """
        await asyncio.to_thread(self._save, instance, credentials)

    async def delete(self, instance: str) -> None:
        """
        Raises:
            ConfigurationError: they could not be removed, and so are still there.
        """
        try:
            await asyncio.to_thread(self._path(instance).unlink, missing_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"The credentials could not be removed: {error.strerror}.",
                code="credentials_not_removed",
                hint=f"Jupyter's data folder must be writable: {self._folder}.",
            ) from error

    def _path(self, instance: str) -> Path:
        # Instance names are the operator's: any text, slashes included.
        name = quote(instance, safe="")
        if len(name) > LONGEST_FILE_NAME or name.startswith("."):
            name = hashlib.sha256(instance.encode()).hexdigest()
        return self._folder / f"{name}.json"

    def _load(self, instance: str) -> StoredCredentials | None:
        try:
            kept = json.loads(self._path(instance).read_text("utf-8"))
            return StoredCredentials(type=str(kept["type"]), params=dict(kept["params"]))
        except (OSError, ValueError, KeyError, TypeError):
            # No file, or one that somebody else wrote: the user signs in again, and it is replaced.
            return None

    def _save(self, instance: str, credentials: StoredCredentials) -> None:
        try:
            self._write(self._path(instance), credentials)
        except OSError as error:
            raise ConfigurationError(
                f"The credentials could not be stored: {error.strerror}.",
                code="credentials_not_stored",
                hint=f"Jupyter's data folder must be writable: {self._folder}.",
            ) from error

    def _write(self, path: Path, credentials: StoredCredentials) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        # mkstemp makes it 0600 from its first moment.
        descriptor, temporary = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump({"type": credentials.type, "params": dict(credentials.params)}, file)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
