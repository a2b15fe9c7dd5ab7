"""Instances whose keys come from a URL (``$url``)."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import TypeGuard
from urllib.parse import urlsplit

import httpx

from rucio_jupyterlab.config import values
from rucio_jupyterlab.config.instance import REMOTE_KEY, AuthType
from rucio_jupyterlab.config.load import ConfiguredInstance, checked
from rucio_jupyterlab.config.tls import certificate_problem, wider_tls_context
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
        self._good: ConfiguredInstance | None = None
        self._copy: _Copy | None = None
        self._failures = 0
        self.last_error: ConfigurationError | None = None

    def is_for(self, configured: ConfiguredInstance, default_auth_type: AuthType) -> bool:
        """Whether it would be the same for these."""
        return (self._configured, self._default_auth_type) == (configured, default_auth_type)

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
        copy = await asyncio.to_thread(self._read_copy)
        if copy is not None and self._current.instance is None:
            found = await asyncio.to_thread(self._checked, copy.keys)
            if found.instance is not None:
                self._current, self._good, self._copy = found, found, copy
        return self._current

    async def refresh(self) -> ConfiguredInstance:
        """Fetches within the time limit."""
        try:
            copy = await asyncio.wait_for(self._fetch(), self._timeout_s)
            found = await asyncio.to_thread(self._checked, copy.keys)
            if found.problem is not None:
                raise found.problem
        except (asyncio.TimeoutError, TimeoutError):
            return self._failed(f"nothing came within {self._timeout_s:g} s")
        except httpx.HTTPError as error:
            return self._failed(_reason(error))
        except ValueError as error:
            return self._failed(str(error))
        except ConfigurationError as error:
            return self._failed(error)
        self._failures, self.last_error = 0, None
        is_new = copy is not self._copy
        self._current, self._good, self._copy = found, found, copy
        if is_new:
            await asyncio.to_thread(self._write_copy, copy)
        return found

    async def _fetch(self) -> _Copy:
        """What is there now; the copy at hand where it is still that one.

        Raises:
            httpx.HTTPError, ConfigurationError
            ValueError: what came cannot be used, as its text says.
        """
        tls = await asyncio.to_thread(
            wider_tls_context, self._configured.display_name, self._ca_file()
        )
        headers = {"Accept": "application/json"}
        if self._copy is not None and self._copy.etag:
            headers["If-None-Match"] = self._copy.etag
        async with (
            httpx.AsyncClient(
                verify=tls,
                follow_redirects=True,
                timeout=self._timeout_s,
                event_hooks={"request": [self._refuse_downgrade]},
            ) as http,
            http.stream("GET", self._url, headers=headers) as answer,
        ):
            if answer.status_code == HTTPStatus.NOT_MODIFIED and self._copy is not None:
                return self._copy
            answer.raise_for_status()
            body = bytearray()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > MAX_BYTES:
                    raise ValueError(f"what came is longer than {MAX_BYTES // 1024} KiB")
        etag = answer.headers.get("ETag")
        # What no header can carry cannot be sent back.
        return _Copy(_json_object(bytes(body)), etag if etag and etag.isascii() else None)

    def _ca_file(self) -> str | None:
        ca_file = self._local.get("rucio_ca_cert")
        return values.absolute_path(ca_file) if isinstance(ca_file, str) else None

    async def _refuse_downgrade(self, request: httpx.Request) -> None:
        """Whoever sits on the way could answer in the place of what a redirection leads to."""
        if urlsplit(self._url).scheme.lower() == "https" and request.url.scheme != "https":
            raise ValueError("it leads on to an address without TLS, which is not followed")

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
        if self._good is None:
            self._current = replace(self._configured, problem=self.last_error)
        else:
            self._current = _with_warning(self._good, self.last_error)
        return self._current

    def _read_copy(self) -> _Copy | None:
        try:
            kept = _json_object(self._cache_file.read_bytes())
        except (OSError, ValueError):
            # None yet, or not whole: the network has the truth.
            return None
        keys, etag = kept.get("keys"), kept.get("etag")
        return _Copy(keys, etag if isinstance(etag, str) else None) if _is_object(keys) else None

    def _write_copy(self, copy: _Copy) -> None:
        folder = self._cache_file.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".json")  # 0600
            try:
                with os.fdopen(handle, "w") as file:
                    json.dump({"keys": copy.keys, "etag": copy.etag}, file)
                Path(name).replace(self._cache_file)
            finally:
                Path(name).unlink(missing_ok=True)
        except OSError as error:
            self.last_error = ConfigurationError(
                f"The configuration of “{self._configured.display_name}” cannot be kept in "
                f"{folder}: {error.strerror}.",
                code="remote_configuration_not_kept",
            )


@dataclass(frozen=True)
class _Copy:
    """A document that came, and the mark by which the server knows whether it is the newest."""

    keys: Mapping[str, object]
    etag: str | None


def _with_warning(good: ConfiguredInstance, error: ConfigurationError) -> ConfiguredInstance:
    if good.instance is None:
        return good
    warning = f"what was read before is used, since the newest cannot be: {error.message}"
    warnings = (*good.instance.warnings, warning)
    return replace(good, instance=replace(good.instance, warnings=warnings))


def merge(local: Mapping[str, object], remote: Mapping[str, object]) -> dict[str, object]:
    """Local keys win.

    ``$url`` is not part of the result, wherever it stands: only the administrator's own
    configuration says where to look.
    """
    merged = {**remote, **local}
    merged.pop(REMOTE_KEY, None)
    return merged


def _json_object(text: bytes) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not _is_object(found):
        raise ValueError("what came is no JSON object")
    return found


def _is_object(found: object) -> TypeGuard[dict[str, object]]:
    return isinstance(found, dict)


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
