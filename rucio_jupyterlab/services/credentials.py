"""Credentials that last: one JSON file for each instance, readable by its owner alone, and the
system's keyring for what is secret in them.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from rucio_jupyterlab.client.auth.factory import WAYS
from rucio_jupyterlab.errors import ConfigurationError
from rucio_jupyterlab.services.keyrings import KeyringFails, SystemKeyring

log = logging.getLogger(__name__)

LONGEST_FILE_NAME = 120

StorePolicy = Literal["auto", "keyring", "file", "never"]
Place = Literal["file", "keyring"]


@dataclass(frozen=True)
class StoredCredentials:
    """``params`` hold secrets: they are given to Rucio and to nobody else. ``stored_in`` is where
    the secrets are, None for what lasts only as long as the server.
    """

    type: str
    params: Mapping[str, object] = field(repr=False)
    stored_in: Place | None = None


class CredentialStore:
    """Keeps credentials below ``folder``. All work on files is done in threads.

    ``policy``: with ``auto`` secrets go to the keyring, or into the file where there is none;
    ``keyring``: into no file; ``file``: into no keyring; ``never``: nothing is kept or read.
    """

    def __init__(
        self, folder: Path, policy: StorePolicy = "auto", keyring: SystemKeyring | None = None
    ) -> None:
        self._folder = folder
        self._policy = policy
        self._keyring = (keyring or SystemKeyring()) if policy in ("auto", "keyring") else None

    @property
    def is_allowed(self) -> bool:
        """Whether anything may be kept at all."""
        return self._policy != "never"

    async def load(self, instance: str) -> StoredCredentials | None:
        """What is kept for the instance; None when there is nothing or nothing that can be used."""
        if not self.is_allowed:
            return None
        kept = await asyncio.to_thread(self._read, instance)
        if kept is None:
            return None
        params = dict(kept["params"])
        if kept.get("secrets_in") != "keyring":
            return StoredCredentials(str(kept["type"]), params, "file")
        secrets = await self._secrets(instance)
        if secrets is None:
            return None
        return StoredCredentials(str(kept["type"]), params | secrets, "keyring")

    async def save(self, instance: str, credentials: StoredCredentials) -> Place | None:
        """Replaces what is kept, all at once: a reader sees the old file or the new one.

        None where the policy lets nothing be kept: then what was there before is gone too.

        Raises:
            ConfigurationError: the folder cannot be written.
        """
        secret = WAYS[credentials.type].secret
        secrets = {key: value for key, value in credentials.params.items() if key in secret}
        document: dict[str, Any] = {
            "type": credentials.type,
            "params": {
                key: value for key, value in credentials.params.items() if key not in secret
            },
        }
        place: Place | None = "file" if self.is_allowed else None
        if secrets and self._keyring is not None:
            place = await self._save_secrets(self._keyring, instance, secrets)
        if place != "keyring":
            await self.discard(instance)
        if place is None:
            return None
        if place == "keyring":
            document["secrets_in"] = "keyring"
        else:
            document["params"] |= secrets
        await asyncio.to_thread(self._write, instance, document)
        return place

    async def discard(self, instance: str) -> None:
        """Removes what others replace. A keyring that is no longer there does not stand in the way.

        Raises:
            ConfigurationError: the folder cannot be written.
        """
        try:
            await self._remove(instance)
        except KeyringFails as failure:
            log.warning("Rucio: the keyring may still hold a secret for %s: %s", instance, failure)

    async def delete(self, instance: str) -> None:
        """Nothing that is kept is used any more.

        Raises:
            ConfigurationError: they could not be removed, and so are still there.
        """
        try:
            await self._remove(instance)
        except KeyringFails as failure:
            raise ConfigurationError(
                f"You are signed out, and the password is still in the keyring. {failure}",
                code="credentials_not_removed",
                hint="Remove the entry “rucio-jupyterlab” with the keyring's own program.",
            ) from None

    async def _remove(self, instance: str) -> None:
        kept = await asyncio.to_thread(self._read, instance)
        try:
            await asyncio.to_thread(self._path(instance).unlink, missing_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"The credentials could not be removed: {error.strerror}.",
                code="credentials_not_removed",
                hint=f"Jupyter's data folder must be writable: {self._folder}.",
            ) from error
        if kept is not None and kept.get("secrets_in") == "keyring":
            # Whatever the policy is today.
            await (self._keyring or SystemKeyring()).delete(self._entry(instance))

    async def _save_secrets(
        self, keyring: SystemKeyring, instance: str, secrets: Mapping[str, object]
    ) -> Place | None:
        try:
            await keyring.save(self._entry(instance), json.dumps(secrets))
        except KeyringFails as failure:
            log.info("Rucio: %s", failure)
            return "file" if self._policy == "auto" else None
        return "keyring"

    async def _secrets(self, instance: str) -> dict[str, object] | None:
        if self._keyring is None:
            return None
        try:
            kept = json.loads(await self._keyring.load(self._entry(instance)) or "null")
        except (KeyringFails, ValueError) as failure:
            log.warning("Rucio: the credentials for %s cannot be had: %s", instance, failure)
            return None
        return kept if isinstance(kept, dict) else None

    def _entry(self, instance: str) -> str:
        """Its name in the keyring, which several Jupyter installations may share."""
        return str(self._path(instance))

    def _path(self, instance: str) -> Path:
        # Instance names are the operator's: any text, slashes included.
        name = quote(instance, safe="")
        if len(name) > LONGEST_FILE_NAME or name.startswith("."):
            name = hashlib.sha256(instance.encode()).hexdigest()
        return self._folder / f"{name}.json"

    def _read(self, instance: str) -> dict[str, Any] | None:
        try:
            kept = json.loads(self._path(instance).read_text("utf-8"))
        except (OSError, ValueError):
            # No file, or one that somebody else wrote: the user signs in again, and it is replaced.
            return None
        is_ours = (
            isinstance(kept, dict)
            and isinstance(kept.get("params"), dict)
            and kept.get("type") in WAYS
        )
        return kept if is_ours else None

    def _write(self, instance: str, document: Mapping[str, Any]) -> None:
        try:
            self._replace(self._path(instance), document)
        except OSError as error:
            raise ConfigurationError(
                f"The credentials could not be stored: {error.strerror}.",
                code="credentials_not_stored",
                hint=f"Jupyter's data folder must be writable: {self._folder}.",
            ) from error

    def _replace(self, path: Path, document: Mapping[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        # mkstemp makes it 0600 from its first moment.
        descriptor, temporary = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(document, file)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
