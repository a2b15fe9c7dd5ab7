"""What the lake's users do with its Rucio, over plain HTTP."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from rucio_http import signed_in

from lake.testing import Lake

# Rules here take seconds; this is for a machine that is busy with something else.
PATIENCE_S = 90


class RucioUser:
    """An account of the lake's Rucio, signed in."""

    def __init__(self, lake: Lake, account: str) -> None:
        who = lake.accounts[account]
        self.account = who["account"]
        self._http = signed_in(lake, account)

    def close(self) -> None:
        self._http.close()

    def request(self, method: str, path: str, document: Any = None) -> httpx.Response:
        return self._http.request(method, path, json=document)

    def rows(self, path: str, document: Any = None) -> list[dict[str, Any]]:
        """The lines of a stream."""
        answer = self.request("GET" if document is None else "POST", path, document)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text[:300]}"
        return [json.loads(line) for line in answer.text.splitlines() if line]

    def did(self, did: str) -> dict[str, Any]:
        (row,) = self.rows(f"/dids/{_path(did)}")
        return row

    def content(self, did: str) -> list[str]:
        rows = self.rows(f"/dids/{_path(did)}/dids")
        return [f"{row['scope']}:{row['name']}" for row in rows]

    def replicas(self, did: str, rse: str | None = None) -> list[dict[str, Any]]:
        scope, _, name = did.partition(":")
        question = {"dids": [{"scope": scope, "name": name}]}
        return self.rows(
            "/replicas/list", question | ({"rse_expression": rse} if rse is not None else {})
        )

    def ask_for(self, did: str, rse: str) -> str:
        """Asks for `did` at `rse`; gives the rule's id."""
        answer = self.try_to_ask_for(did, rse)
        assert answer.status_code == 201, answer.text
        rule: str = answer.json()[0]
        return rule

    def try_to_ask_for(self, did: str, rse: str) -> httpx.Response:
        scope, _, name = did.partition(":")
        return self.request(
            "POST",
            "/rules/",
            {
                "dids": [{"scope": scope, "name": name}],
                "account": self.account,
                "copies": 1,
                "rse_expression": rse,
            },
        )

    def rule(self, rule_id: str) -> dict[str, Any] | None:
        """The rule, or None when it is gone."""
        answer = self.request("GET", f"/rules/{rule_id}")
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        rule: dict[str, Any] = answer.json()
        return rule

    def existing_rule(self, rule_id: str) -> dict[str, Any]:
        rule = self.rule(rule_id)
        assert rule is not None, f"the rule {rule_id} has gone"
        return rule

    def rule_in_state(self, rule_id: str, state: str) -> dict[str, Any]:
        """Waits until the rule is in `state`, and gives it."""
        seen: list[dict[str, Any]] = []

        def is_there() -> bool:
            seen.append(self.existing_rule(rule_id))
            return bool(seen[-1]["state"] == state)

        assert becomes_true(is_there), f"not {state} but {seen[-1]}"
        return seen[-1]

    def end_rule(self, rule_id: str) -> None:
        """Ends the rule, deletes what it kept, and waits until both are done (for root alone)."""
        if self.rule(rule_id) is None:
            return
        options = {"lifetime": 0, "purge_replicas": True}
        self.request("PUT", f"/rules/{rule_id}", {"options": options}).raise_for_status()
        assert becomes_true(lambda: self.rule(rule_id) is None)


def becomes_true(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def path_at_mount(lake: Lake, replica: dict[str, Any]) -> Path:
    """Where a scientist finds the file of `replica` (a row of Rucio's) at the mount."""
    mount = lake.rses[lake.connection["destination"]]["mount_path"]
    return Path(mount) / path_below_mount(lake, replica)


def path_below_mount(lake: Lake, replica: dict[str, Any]) -> str:
    site = lake.rses[lake.connection["destination"]]
    (pfn,) = replica["pfns"]
    return str(pfn).partition(site["prefix"])[2]


def adler32(path: Path) -> str:
    return f"{zlib.adler32(path.read_bytes()):08x}"


def _path(did: str) -> str:
    scope, _, name = did.partition(":")
    return f"{quote(scope, safe='')}/{quote(name, safe='')}"
