"""What a terminal's stories look at beside its output: the lake itself, past the extension."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
from rucio_http import signed_in

from lake.testing import Lake
from rucio_jupyterlab.paths.lfn2pfn import hash_path

SCOPE = "user.alice"
RSE = "LUND-USERDISK"
PATIENCE_S = 90.0


class Lakeside:
    """Rucio and the storages, as alice sees them."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._http = signed_in(lake, "alice")

    def close(self) -> None:
        self._http.close()

    def knows(self, did: str) -> bool:
        return self.get(f"/dids/{_path(did)}/meta").status_code == 200

    def metadata(self, did: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/dids/{_path(did)}/meta").raise_for_status().json()
        return found

    def rules(self, did: str) -> list[dict[str, Any]]:
        return self._lines(f"/dids/{_path(did)}/rules")

    def content(self, did: str) -> set[str]:
        lines = self._lines(f"/dids/{_path(did)}/dids")
        return {f"{item['scope']}:{item['name']}" for item in lines}

    def stored(self, did: str, rse: str = RSE) -> Path:
        """Where the storage keeps a file, or would."""
        scope, _, name = did.partition(":")
        return Path(self._lake.rses[rse]["storage_path"]) / hash_path(scope, name)

    def seconds(self, begin: str, end: str) -> float:
        """Between two of Rucio's times."""
        return (parsedate_to_datetime(end) - parsedate_to_datetime(begin)).total_seconds()

    def get(self, path: str) -> httpx.Response:
        return self._http.get(path)

    def _lines(self, path: str) -> list[dict[str, Any]]:
        answer = self.get(path).raise_for_status()
        return [json.loads(line) for line in answer.text.splitlines() if line]


def until(what: Callable[[], Any], *, within_s: float = PATIENCE_S) -> Any:
    """What ``what`` gives as soon as it is something."""
    limit = time.monotonic() + within_s
    while time.monotonic() < limit:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("It has not come so far.")


def adler32(content: bytes) -> str:
    return f"{zlib.adler32(content):08x}"


def _path(did: str) -> str:
    return did.replace(":", "/", 1)
