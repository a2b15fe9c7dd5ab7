"""Keys to offer where somebody writes a condition."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from rucio_jupyterlab.client import meta_conventions
from rucio_jupyterlab.client.meta_columns import COLUMNS, UNSEARCHABLE, KeyType, key_type
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import NotFound, RucioBadAnswer
from rucio_jupyterlab.services.concurrency import gather_bounded
from rucio_jupyterlab.services.sessions import Sessions

CONVENTIONS_LIFE_S = 300.0
# A site that writes metadata of its own under ever new keys shall not fill the memory.
MOST_SEEN = 500

Conventions = Mapping[str, list[str]]


class MetadataKeys:
    """Rucio's columns, the instance's conventions, and what this server has shown."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._seen: dict[Instance, dict[str, KeyType | None]] = {}
        self._conventions: dict[Instance, tuple[float, Conventions]] = {}

    def note(self, instance: Instance, metadata: Mapping[str, Any]) -> None:
        """Remembers which keys there are. A key with values of several types has none."""
        seen = self._seen.setdefault(instance, {})
        for key, value in metadata.items():
            if key in COLUMNS or key in UNSEARCHABLE or value is None or "." in key:
                continue
            kind = _type_of(value)
            if key in seen:
                seen[key] = kind if seen[key] == kind else None
            elif len(seen) < MOST_SEEN:
                seen[key] = kind

    async def list_keys(self, instance: Instance) -> AsyncGenerator[dict[str, Any], None]:
        """``{key, type, values, source}``, each key once: columns, conventions, then seen ones."""
        client = await self._sessions.client(instance)
        conventions = await self._known_conventions(client)
        for key, column in COLUMNS.items():
            if key != "name":
                yield _item(key, key_type(column), conventions.get(key), "did_column")
        seen = self._seen.get(instance, {})
        for key, values in conventions.items():
            if key not in COLUMNS and key not in UNSEARCHABLE:
                yield _item(key, seen.get(key), values, "convention")
        for key, kind in sorted(seen.items()):
            if key not in conventions:
                yield _item(key, kind, None, "seen")

    async def _known_conventions(self, client: RucioClient) -> Conventions:
        instance = client.instance
        at, known = self._conventions.get(instance, (0.0, {}))
        if instance in self._conventions and time.monotonic() - at < CONVENTIONS_LIFE_S:
            return known
        try:
            keys = await meta_conventions.list_keys(client)
        except (NotFound, RucioBadAnswer):
            # An operator may leave this part of Rucio out; keys can be typed all the same.
            keys = []
        values = await gather_bounded(lambda key: meta_conventions.list_values(client, key), keys)
        conventions = dict(zip(keys, values, strict=True))
        self._conventions[instance] = (time.monotonic(), conventions)
        return conventions


def _item(key: str, kind: KeyType | None, values: list[str] | None, source: str) -> dict[str, Any]:
    return {"key": key, "type": kind, "values": values or None, "source": source}


def _type_of(value: Any) -> KeyType | None:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return "string" if isinstance(value, str) else None
