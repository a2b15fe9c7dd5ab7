"""JSON documents, one a line, from bytes that come in pieces."""

from __future__ import annotations

import json
from typing import Any

# Rucio's longest lines are those of a file with hundreds of replicas: some 100 kB.
MAX_LINE_BYTES = 32 * 1024 * 1024


class BadLine(ValueError):
    """A line is no JSON document, or too long to be one of Rucio's."""


class LineReader:
    """Feed it pieces as they come; it gives the documents that are complete.

    A piece is copied once, however many of them a line is made of.
    """

    def __init__(self, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._pieces: list[bytes] = []
        self._pending_bytes = 0
        self._max_line_bytes = max_line_bytes
        self.has_given = False

    def feed(self, piece: bytes) -> list[Any]:
        """
        Raises:
            BadLine
        """
        end = piece.rfind(b"\n")
        if end < 0:
            self._keep(piece)
            return []
        self._pieces.append(piece[:end])
        whole = b"".join(self._pieces)
        self._pieces.clear()
        self._pending_bytes = 0
        self._keep(piece[end + 1 :])
        return self._documents(whole)

    def finish(self) -> list[Any]:
        """What stands after the last line end: nothing, or a document without one.

        Raises:
            BadLine: it is half a document, so the stream was cut.
        """
        rest = b"".join(self._pieces)
        self._pieces.clear()
        self._pending_bytes = 0
        return self._documents(rest)

    def _documents(self, lines: bytes) -> list[Any]:
        try:
            found = [json.loads(line) for line in lines.decode().split("\n") if line.strip()]
        except ValueError as error:
            raise BadLine(str(error)) from None
        self.has_given = self.has_given or bool(found)
        return found

    def _keep(self, piece: bytes) -> None:
        if not piece:
            return
        self._pieces.append(piece)
        self._pending_bytes += len(piece)
        if self._pending_bytes > self._max_line_bytes:
            raise BadLine("a line is longer than any of Rucio's")
