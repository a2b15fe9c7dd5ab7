"""Instances whose keys come from a URL (``$url``)."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from rucio_jupyterlab.config.instance import REMOTE_KEY, AuthType
from rucio_jupyterlab.config.load import ConfiguredInstance, checked
from rucio_jupyterlab.config.tls import certificate_problem, tls_context
from rucio_jupyterlab.errors import ConfigurationError

MAX_BYTES = 1024 * 1024

REFRESH_AFTER_S = 3600.0
SHORTEST_WAIT_S = 60.0
LONGEST_WAIT_S = 24 * 3600.0

FIRST_RETRY_S = 10.0
LONGEST_RETRY_S = 600.0


class RemoteConfiguration:
    """The remote part of one instance: fetched, kept on disk as last good copy, read again in time.

    ``current`` is what is known now. ``await refresh()`` fetches, and never raises for what the
    network or the remote side can cause: while there is a good copy that one stays, and
    ``last_error`` says why it is not the newest.
    """

    def __init__(
        self,
        configured: ConfiguredInstance,
        cache_dir: Path,
        *,
        timeout_s: float = 10.0,
        default_auth_type: AuthType = "userpass",
    ) -> None:
        """``cache_dir`` is made when it is needed, readable for its owner only."""
        if configured.remote_url is None:
            raise ValueError(f"{configured.name} has no {REMOTE_KEY}")
        self._configured = configured
        self._url = configured.remote_url
        self._local: Mapping[str, object] = configured.local_keys or {}
        self._timeout_s = timeout_s
        self._default_auth_type = default_auth_type
        digest = hashlib.sha256(f"{configured.name}\n{self._url}".encode()).hexdigest()
        self._cache_file = cache_dir / f"{digest[:24]}.json"
        self._current = configured
        self._failures = 0
        self.last_error: ConfigurationError | None = None

    @property
    def current(self) -> ConfiguredInstance:
        """``instance`` and ``problem`` are both None before anything is known."""
        return self._current

    @property
    def seconds_until_refresh(self) -> float:
        """How long to wait, counted from now, before ``refresh`` is called again."""
        if self._failures:
            return float(min(FIRST_RETRY_S * 2 ** (self._failures - 1), LONGEST_RETRY_S))
        expires_at = self._current.instance.cache_expires_at if self._current.instance else None
        wait = REFRESH_AFTER_S if expires_at is None else expires_at - time.time()
        return min(max(wait, SHORTEST_WAIT_S), LONGEST_WAIT_S)

    async def load_last_good(self) -> ConfiguredInstance:
        """What was good the last time, so that the first minutes need no network."""
        keys = await asyncio.to_thread(self._read_copy)
        if keys is not None and self._current.instance is None:
            found = await asyncio.to_thread(self._checked, keys)
            if found.instance is not None:
                self._current = found
        return self._current

    async def refresh(self) -> ConfiguredInstance:
        """Fetches within the time limit."""
        try:
            keys = await asyncio.wait_for(self._fetch(), self._timeout_s)
            found = await asyncio.to_thread(self._checked, keys)
            if found.problem is not None:
                raise found.problem
        except (asyncio.TimeoutError, TimeoutError):
            return self._failed(f"nothing came within {self._timeout_s:g} s")
        except httpx.HTTPError as error:
            return self._failed(_reason(error))
        except ValueError:
            return self._failed("what came is no JSON object")
        except ConfigurationError as error:
            return self._failed(error)
        self._failures, self.last_error = 0, None
        self._current = found
        await asyncio.to_thread(self._write_copy, keys)
        return found

    async def _fetch(self) -> dict[str, object]:
        """
        Raises:
            httpx.HTTPError, ConfigurationError
            ValueError: no JSON object.
        """
        ca_file = self._local.get("rucio_ca_cert")
        tls = await asyncio.to_thread(
            tls_context,
            self._configured.display_name,
            ca_file if isinstance(ca_file, str) else None,
        )
        async with (
            httpx.AsyncClient(verify=tls, follow_redirects=True, timeout=self._timeout_s) as http,
            http.stream("GET", self._url, headers={"Accept": "application/json"}) as answer,
        ):
            answer.raise_for_status()
            body = bytearray()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > MAX_BYTES:
                    raise ValueError("too long")
        return _keys(json.loads(bytes(body)))

    def _checked(self, keys: Mapping[str, object]) -> ConfiguredInstance:
        found = checked(
            merge(self._local, keys),
            self._configured.name,
            self._configured.display_name,
            self._default_auth_type,
        )
        return replace(found, remote_url=self._url, local_keys=self._local)

    def _failed(self, reason: str | ConfigurationError) -> ConfiguredInstance:
        self._failures += 1
        if isinstance(reason, ConfigurationError):
            self.last_error = reason
        else:
            self.last_error = ConfigurationError(
                f"The configuration of “{self._configured.display_name}” could not be read from "
                f"{_shown(self._url)}: {reason}.",
                code="remote_configuration_unavailable",
                hint="It is tried again by itself. If it goes on, tell the operator.",
            )
        if self._current.instance is None:
            self._current = replace(self._configured, problem=self.last_error)
        return self._current

    def _read_copy(self) -> dict[str, object] | None:
        try:
            return _keys(json.loads(self._cache_file.read_bytes()))
        except (OSError, ValueError):
            # None yet, or not whole: the network has the truth.
            return None

    def _write_copy(self, keys: Mapping[str, object]) -> None:
        folder = self._cache_file.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".json")  # 0600
            try:
                with os.fdopen(handle, "w") as file:
                    json.dump(keys, file)
                Path(name).replace(self._cache_file)
            finally:
                Path(name).unlink(missing_ok=True)
        except OSError as error:
            self.last_error = ConfigurationError(
                f"The configuration of “{self._configured.display_name}” cannot be kept in "
                f"{folder}: {error.strerror}.",
                code="remote_configuration_not_kept",
            )


def merge(local: Mapping[str, object], remote: Mapping[str, object]) -> dict[str, object]:
    """Local keys win; ``$url`` is not part of the result, wherever it stands."""
    merged = {**remote, **local}
    merged.pop(REMOTE_KEY, None)
    return merged


def _keys(found: Any) -> dict[str, object]:
    if not isinstance(found, dict):
        raise ValueError("no JSON object")
    return found


def _reason(error: httpx.HTTPError) -> str:
    certificate = certificate_problem(error)
    if certificate is not None:
        return f"its certificate is not trusted, {certificate}"
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    if isinstance(error, httpx.TimeoutException):
        return "nothing came in time"
    if isinstance(error, httpx.ConnectError):
        return "no connection"
    return "the answer was cut"


def _shown(url: str) -> str:
    """Without user name and query, which may hold a secret."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
