"""Who asks: the browser, through the Jupyter server, and somebody who asks Rucio directly."""

from __future__ import annotations

import json
import time
from typing import Any, NamedTuple

import httpx

from bench.servers import INSTANCE, LIMIT_S, Server
from lake.testing import Lake


class Streamed(NamedTuple):
    """Seconds to the first row and to the last one, and how many there were."""

    first_s: float
    all_s: float
    rows: int


class Session(Server):
    """Our extension, asked as its page asks it."""

    def sign_in(self, instance: str, account: dict[str, str]) -> None:
        document = {"type": "userpass", "params": account}
        self.rucio("PUT", "credentials", instance=instance, json=document)

    def rucio(self, method: str, path: str, *, instance: str = INSTANCE, **options: Any) -> Any:
        return self(method, f"rucio-jupyterlab/instances/{instance}/{path}", **options)

    def availability(self, did: str, *, instance: str = INSTANCE) -> dict[str, Any]:
        answer = self.rucio("GET", "availability", instance=instance, params={"did": did})
        item: dict[str, Any] = answer["items"][0]
        return item

    def files(self, did: str) -> list[dict[str, Any]]:
        """All files below, with their paths."""
        items: list[dict[str, Any]] = self.rucio("GET", "did/files", params={"did": did})["items"]
        return items

    def stream(self, path: str, **params: str) -> Streamed:
        """Reads a list as the browser does, a line each."""
        begun = time.perf_counter()
        first, count = 0.0, 0
        last: dict[str, Any] = {}
        with self._http.stream(
            "GET",
            f"rucio-jupyterlab/instances/{INSTANCE}/{path}",
            params=params,
            headers={"Accept": "application/x-ndjson"},
        ) as answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                first = first or time.perf_counter() - begun
                last = json.loads(line)
                count += 1
        if "end" not in last:
            raise RuntimeError(f"{path} ended with {last}")
        return Streamed(first, time.perf_counter() - begun, count - 1)


class RawRucio:
    """The same questions asked of Rucio directly: the floor."""

    def __init__(self, lake: Lake) -> None:
        alice = lake.accounts["alice"]
        self._http = httpx.Client(base_url=lake.rucio_url, timeout=LIMIT_S, trust_env=False)
        login = self._http.get(
            "/auth/userpass",
            headers={
                "X-Rucio-Username": alice["username"],
                "X-Rucio-Password": alice["password"],
                "X-Rucio-Account": alice["account"],
            },
        )
        login.raise_for_status()
        self._http.headers["X-Rucio-Auth-Token"] = login.headers["X-Rucio-Auth-Token"]

    def version(self) -> str:
        answer = self._http.get("/ping")
        return str(answer.raise_for_status().json()["version"])

    def add_rule(self, name: str) -> None:
        rule = {
            "dids": [{"scope": "bulk", "name": name}],
            "copies": 1,
            "rse_expression": "EULAKE-1",
            "account": "alice",
            "lifetime": 604_800,
        }
        self._http.post("/rules/", json=rule).raise_for_status()

    def rules(self, name: str) -> Streamed:
        return self._read(f"/dids/bulk/{name}/rules")

    def deep(self, name: str) -> Streamed:
        return self._read(f"/replicas/bulk/{name}/datasets", deep="True")

    def files(self, name: str) -> Streamed:
        return self._read(f"/dids/bulk/{name}/files")

    def content(self, name: str) -> Streamed:
        return self._read(f"/dids/bulk/{name}/dids")

    def search(self, name: str, *, long: bool) -> Streamed:
        more = {"long": "True"} if long else {}
        return self._read(
            "/dids/bulk/dids/search", type="file", filters=str([{"name": name}]), **more
        )

    def _read(self, path: str, **params: str) -> Streamed:
        begun = time.perf_counter()
        first, count = 0.0, 0
        with self._http.stream("GET", path, params=params) as answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                first = first or time.perf_counter() - begun
                json.loads(line)
                count += 1
        return Streamed(first, time.perf_counter() - begun, count)
