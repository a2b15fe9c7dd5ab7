"""What a worker says of its progress: JSON lines on standard output, read by ``jobs.process``."""

from __future__ import annotations

import json
import threading
import time
from typing import Any, TextIO

from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.jobs.model import ItemState

# Items come by the thousand when files are small: they go out in pieces.
PIECE = 200
LONGEST_HOLD_S = 0.25


class Report:
    """Thread-safe. Counts files itself; bytes are those of the whole job."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lock = threading.Lock()
        self._items: dict[str, dict[str, Any]] = {}
        self._states: dict[str, ItemState] = {}
        self._counts: dict[str, int] = {}
        self._bytes_done = 0
        self._flushed_at = time.monotonic()

    @property
    def failed(self) -> int:
        """How many items have failed so far."""
        with self._lock:
            return self._counts.get("failed", 0)

    def total(self, files: int, bytes_: int | None) -> None:
        self._say({"event": "total", "files": files, "bytes": bytes_})

    def item(
        self,
        key: str,
        *,
        state: ItemState,
        did: str | None = None,
        path: str | None = None,
        size_bytes: int | None = None,
        error: ExtensionError | None = None,
        message: str | None = None,
        rule_id: str | None = None,
    ) -> None:
        """How the item ``key`` is now: a download's DID, an upload's path."""
        with self._lock:
            before = self._states.get(key)
            if before is not None:
                self._counts[before] -= 1
            self._states[key] = state
            self._counts[state] = self._counts.get(state, 0) + 1
            self._items[key] = {
                "key": key,
                "state": state,
                "did": did,
                "path": path,
                "size_bytes": size_bytes,
                "error": error.to_dict() if error else None,
                "message": message,
                "rule_id": rule_id,
            }
            is_due = time.monotonic() - self._flushed_at >= LONGEST_HOLD_S
            if is_due or len(self._items) >= PIECE:
                self._flush()

    def bytes_done(self, bytes_done: int) -> None:
        with self._lock:
            self._bytes_done = bytes_done
            self._flush()

    def message(self, text: str | None) -> None:
        """What it does or waits for, in a sentence; None takes it back."""
        self._say({"event": "message", "text": text})

    def made(self, dids: list[str]) -> None:
        """The DIDs that an upload has made, the one to begin with first."""
        self._say({"event": "made", "dids": dids})

    def end(self, error: ExtensionError | None) -> None:
        """The last word."""
        with self._lock:
            self._flush()
            self._write({"event": "end", "error": error.to_dict() if error else None})

    def _say(self, line: dict[str, Any]) -> None:
        with self._lock:
            self._flush()
            self._write(line)

    def _flush(self) -> None:
        if self._items:
            self._write({"event": "items", "items": list(self._items.values())})
            self._items = {}
        self._write(
            {
                "event": "progress",
                "files_done": self._counts.get("done", 0) + self._counts.get("skipped", 0),
                "files_failed": self._counts.get("failed", 0),
                "bytes_done": self._bytes_done,
            }
        )
        self._flushed_at = time.monotonic()

    def _write(self, line: dict[str, Any]) -> None:
        self._out.write(json.dumps(line, separators=(",", ":")) + "\n")
        self._out.flush()
