"""What only an administrator can set at the lake's Rucio, each set back at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from rucio_http import signed_in

from lake.testing import Lake


class Administrator:
    """The real Rucio's root."""

    def __init__(self, lake: Lake) -> None:
        self._http = signed_in(lake, "root")

    def close(self) -> None:
        self._http.close()

    @contextmanager
    def not_writable(self, rse: str) -> Iterator[None]:
        """Nothing new goes to the RSE meanwhile."""
        self._http.put(f"/rses/{rse}", json={"availability_write": False}).raise_for_status()
        try:
            yield
        finally:
            self._http.put(f"/rses/{rse}", json={"availability_write": True}).raise_for_status()

    @contextmanager
    def limit_on(self, rse_expression: str, limit_bytes: int) -> Iterator[None]:
        """Alice's quota at all RSEs of an expression together."""
        path = f"/accounts/alice/limits/global/{quote(rse_expression, safe='')}"
        self._http.post(path, json={"bytes": limit_bytes}).raise_for_status()
        try:
            yield
        finally:
            self._http.delete(path).raise_for_status()

    @contextmanager
    def limited_to(self, rse: str, limit_bytes: int) -> Iterator[None]:
        """Alice's quota at one RSE; it is set back to what it was."""
        known = self._http.get("/accounts/alice/limits/local")
        known.raise_for_status()
        path = f"/accounts/alice/limits/local/{rse}"
        self._http.post(path, json={"bytes": limit_bytes}).raise_for_status()
        try:
            yield
        finally:
            self._http.post(path, json={"bytes": known.json()[rse]}).raise_for_status()

    def rule(self, rule_id: str) -> dict[str, Any]:
        answer = self._http.get(f"/rules/{rule_id}")
        answer.raise_for_status()
        rule: dict[str, Any] = answer.json()
        return rule

    def set_rule(self, rule_id: str, **options: object) -> None:
        self._http.put(f"/rules/{rule_id}", json={"options": options}).raise_for_status()
