"""From absolute paths to those by which Jupyter's own file browser knows files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class ContentsRoot:
    """The folder that Jupyter shows, and whether it shows what is hidden there."""

    path: str
    shows_hidden: bool = False

    def path_of(self, path: str) -> str | None:
        """``path`` relative to the root, "" for the root itself; None where Jupyter cannot show it.

        Looks at the names alone: storage may hang, and a link below the root is where the user
        expects it.
        """
        try:
            below = PurePosixPath(path).relative_to(self.path)
        except ValueError:
            return None
        if ".." in below.parts:
            return None
        if not self.shows_hidden and any(part.startswith(".") for part in below.parts):
            return None
        return "/".join(below.parts)
