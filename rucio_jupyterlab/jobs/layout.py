"""Where a local copy of a DID lies: ``<root>/<scope>/<name>/`` with the files in it, for any DID.

Each scope, name and file is one piece of a path that a person can read: letters of any language,
digits and most signs stay, what means something to a file system, to Jupyter or to a shell's globs
is written as ``%`` and two digits. Names that are too long for a file system are cut, and end in a
part of their SHA-256; they cannot be read back.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from rucio_jupyterlab.client.did import Did

MARKER = ".rucio.json"
PARTS = ".parts"

# Bytes: file systems take 255, and something may be put behind it.
LONGEST_PIECE = 200
_HASH_DIGITS = 16
# ``~`` parts the scope from the name, and two of them begin the hash of a name that was cut.
_MEANS_SOMETHING = re.compile(r'[\x00-\x1f\x7f/\\:%?*"<>|~]|^[. ]|[. ]$')
_CUT = re.compile(r"~~[0-9a-f]{16}(\.[^.]*)?$")


def piece(text: str) -> str:
    """``text`` as one piece of a path. Different texts give different pieces."""
    safe = _safe(text)
    return safe if _size(safe) <= LONGEST_PIECE else _cut(safe, text)


def text_of(name: str) -> str | None:
    """What ``piece`` was given; None where it was cut."""
    return None if _CUT.search(name) else unquote(name)


@dataclass(frozen=True)
class Layout:
    """The local copies below ``root``, which is one instance's."""

    root: str

    def folder(self, did: Did) -> str:
        """Of a DID that was asked for: a collection's files, or a file, lie in it."""
        return f"{self.root}/{piece(did.scope)}/{piece(did.name)}"

    @property
    def parts(self) -> str:
        """For files that are not whole yet: hidden, and on the same file system."""
        return f"{self.root}/{PARTS}"


def file_name(file: Did, of: Did) -> str:
    """How ``file`` is called in the folder of ``of``: by its name, and by its scope where that
    differs.
    """
    if file.scope == of.scope:
        return piece(file.name)
    name = f"{_safe(file.scope)}~{_safe(file.name)}"
    # No name has the zero byte in it: it is not that of any file of the scope itself.
    return name if _size(name) <= LONGEST_PIECE else _cut(name, f"{file.scope}\0{file.name}")


def file_did(name: str, of: Did) -> Did | None:
    """The DID of a file in the folder of ``of``; None where its name was cut."""
    if _CUT.search(name):
        return None
    scope, tilde, rest = name.rpartition("~")
    text = text_of(rest)
    if text is None or not text:
        return None
    return Did(unquote(scope) if tilde else of.scope, text)


def _safe(text: str) -> str:
    return _MEANS_SOMETHING.sub(lambda found: f"%{ord(found.group()):02X}", text)


def _size(name: str) -> int:
    return len(name.encode("utf-8", "surrogatepass"))


def _cut(safe: str, text: str) -> str:
    """``safe``, which stands for ``text``, as long as it may be."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]
    # The end says to programs what is in a file.
    suffix = PurePosixPath(safe).suffix
    suffix = suffix if len(suffix.encode()) <= 20 else ""
    end = f"~~{digest}{suffix}"
    head = safe.encode("utf-8", "surrogatepass")[: LONGEST_PIECE - len(end.encode())]
    return head.decode("utf-8", "ignore").rstrip("%. ") + end
