"""Data of a test's own in the lake: new files at a source, in new collections.

The lake's seeded data change as tests make them available; a story that needs data in a known state
makes its own.
"""

from __future__ import annotations

import secrets
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from rucio_http import signed_in

from lake.testing import Lake
from rucio_jupyterlab.paths.lfn2pfn import hash_path

SCOPE = "demo"
SOURCE = "CNAF-DISK"
ATTEMPTS = 10
BUSY = ("DatabaseException", "database is locked")


class LakeData:
    """Registers files and collections at the real Rucio, as its administrator."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._http = signed_in(lake, "root")

    def close(self) -> None:
        self._http.close()

    def files(
        self,
        count: int,
        *,
        rse: str = SOURCE,
        size_bytes: int = 1000,
        with_bytes: bool = True,
        begin: str = "test",
    ) -> list[str]:
        """New files at one RSE.

        Without bytes the catalogue says that they are there, and nothing is. The WebDAV storage
        reads those slowly whose names ``begin`` with ``slow``.
        """
        names = [f"{begin}_{secrets.token_hex(6)}_{number:04}.dat" for number in range(count)]
        content = secrets.token_bytes(size_bytes)
        checksum = f"{zlib.adler32(content):08x}"
        place = self._lake.rses[rse]
        folders = {name: _folder(place, name) for name in names}
        if with_bytes:
            for name, folder in folders.items():
                path = Path(place["storage_path"]) / folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        for start in range(0, count, 150):
            self._post(
                "/replicas/",
                {
                    "rse": rse,
                    "files": [
                        {
                            "scope": SCOPE,
                            "name": name,
                            "bytes": size_bytes,
                            "adler32": checksum,
                            **_pfn(place, folders[name], name),
                        }
                        for name in names[start : start + 150]
                    ],
                },
            )
        return [f"{SCOPE}:{name}" for name in names]

    def holding(
        self, content: bytes, *, begin: str = "test", end: str = ".dat", rse: str = SOURCE
    ) -> str:
        """A new file of these bytes, with a name that begins and ends so."""
        did = f"{SCOPE}:{begin}_{secrets.token_hex(6)}{end}"
        self.at_another(did, content, rse=rse)
        return did

    def at_another(self, did: str, content: bytes, *, rse: str) -> None:
        """The same file at one more RSE."""
        name = did.removeprefix(f"{SCOPE}:")
        place = self._lake.rses[rse]
        folder = _folder(place, name)
        path = Path(place["storage_path"]) / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        about = {
            "scope": SCOPE,
            "name": name,
            "bytes": len(content),
            "adler32": f"{zlib.adler32(content):08x}",
        }
        self._post("/replicas/", {"rse": rse, "files": [about | _pfn(place, folder, name)]})

    def claimed(self, size_bytes: int, *, rse: str = SOURCE) -> str:
        """A new file of which the catalogue says that it has so many bytes. Nothing is there."""
        name = f"test_{secrets.token_hex(6)}.dat"
        file = {"scope": SCOPE, "name": name, "bytes": size_bytes, "adler32": "0" * 8}
        self._post("/replicas/", {"rse": rse, "files": [file]})
        return f"{SCOPE}:{name}"

    def large_file(self, size_bytes: int, *, rse: str = SOURCE) -> str:
        """A new file of zeros, which takes no room at the storage."""
        name = f"large_{secrets.token_hex(6)}.dat"
        place = self._lake.rses[rse]
        folder = _folder(place, name)
        path = Path(place["storage_path"]) / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(size_bytes)
        # Of zeros: the first sum stays one, and the second counts them.
        checksum = f"{size_bytes % 65521:04x}0001"
        about = {"scope": SCOPE, "name": name, "bytes": size_bytes, "adler32": checksum}
        self._post("/replicas/", {"rse": rse, "files": [about | _pfn(place, folder, name)]})
        return f"{SCOPE}:{name}"

    def collection(self, kind: str, children: Sequence[str], *, is_open: bool = False) -> str:
        """A new ``dataset`` or ``container`` of these DIDs."""
        did = f"{SCOPE}:test_{kind}_{secrets.token_hex(6)}"
        self._post(_path(did), {"type": kind.upper()})
        for start in range(0, len(children), 150):
            self.attach(did, children[start : start + 150])
        if not is_open:
            answer = self._http.put(f"{_path(did)}/status", json={"open": False})
            answer.raise_for_status()
        return did

    def named(self, kind: str, scope: str, name: str) -> str:
        """A new, empty ``dataset`` or ``container`` of this very name."""
        did = f"{scope}:{name}"
        self._post(_path(did), {"type": kind.upper()})
        return did

    def describe(self, did: str, metadata: dict[str, Any]) -> None:
        """Sets metadata: columns of Rucio's and JSON alike."""
        self._post(f"{_path(did)}/meta", {"meta": metadata})

    def convention(self, key: str, values: Sequence[str]) -> None:
        """Writes down a metadata key and the only values that it may have."""
        self._post(f"/meta_conventions/{key}", {"key_type": "ALL"})
        for value in values:
            self._post(f"/meta_conventions/{key}/", {"value": value})

    def attach(self, parent: str, children: Sequence[str]) -> None:
        self._post(f"{_path(parent)}/dids", {"dids": [_parts(child) for child in children]})

    def rule(self, did: str, rse_expression: str, **more: Any) -> str:
        """A rule for alice, with what only an administrator may ask for; its id."""
        answer = self._post(
            "/rules/",
            {
                "dids": [_parts(did)],
                "copies": 1,
                "rse_expression": rse_expression,
                "account": "alice",
                **more,
            },
        )
        (rule_id,) = answer.json()
        return str(rule_id)

    def end_rule(self, rule_id: str) -> None:
        """As who deletes it: Rucio lets it end within the hour."""
        for _ in range(ATTEMPTS):
            answer = self._http.request("DELETE", f"/rules/{rule_id}", json={})
            if answer.is_success or not any(word in answer.text for word in BUSY):
                break
            time.sleep(0.2)
        assert answer.is_success, answer.text

    def _post(self, path: str, body: object) -> httpx.Response:
        for _ in range(ATTEMPTS):
            answer = self._http.post(path, json=body)
            # SQLite refuses a write at once when a daemon has written since this one began to read.
            if answer.is_success or not any(word in answer.text for word in BUSY):
                break
            time.sleep(0.2)
        assert answer.is_success, (path, answer.text)
        return answer


def _folder(place: dict[str, Any], name: str) -> str:
    """Below the RSE's prefix: by the name's hash, or by nothing that a name could tell."""
    if place["deterministic"]:
        return str(Path(hash_path(SCOPE, name)).parent)
    return f"uploads/{secrets.token_hex(4)}"


def _pfn(place: dict[str, Any], folder: str, name: str) -> dict[str, str]:
    if place["deterministic"]:
        return {}
    return {"pfn": f"{place['scheme']}://{place['hostname']}{place['prefix']}{folder}/{name}"}


def _parts(did: str) -> dict[str, str]:
    scope, _, name = did.partition(":")
    return {"scope": scope, "name": name}


def _path(did: str) -> str:
    scope, _, name = did.partition(":")
    return f"/dids/{quote(scope, safe='')}/{quote(name, safe='')}"
