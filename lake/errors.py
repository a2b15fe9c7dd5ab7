"""The one exception that the lake shows to people."""

from __future__ import annotations

from pathlib import Path


class LakeError(Exception):
    """Something that the reader can act on.

    The message is one sentence with the next step; `log` names the file whose end says more.
    """

    def __init__(self, message: str, *, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log

    def tail(self, lines: int = 15) -> str:
        """The last lines of the log, or nothing when there is no log."""
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
