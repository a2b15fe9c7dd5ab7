"""Addresses below ``rucio://``: how they are read, and how a listing writes them.

An address is a scope, a colon, and one or more names with slashes between them: a DID, and what is
in it. Names hold slashes too, so which slash divides only Rucio can tell; an address gives the DIDs
that it can mean. What a listing writes has its own slashes and colons quoted, and means one thing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import InvalidDid

PROTOCOL = "rucio"
ROOT = ""

# Slashes and colons divide an address, two colons chain file systems, and the others are
# wildcards or end the path where a library takes the address for a URL.
_SPECIAL = re.compile(r"[%/:?#*\[\]]")
MAGIC = re.compile(r"[*?\[]")
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_QUOTED_COLON = re.compile("%3[Aa]")


def stripped(text: str) -> str:
    """Without the protocol, and without slashes at the end."""
    for beginning in (f"{PROTOCOL}://", f"{PROTOCOL}::"):
        text = text.removeprefix(beginning)
    return text.rstrip("/")


@dataclass(frozen=True)
class Address:
    """``scope`` and ``parts`` as they were written; a scope by itself has no parts."""

    text: str
    scope: str
    parts: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Address:
        """Reads what :func:`stripped` gives, which is not the root.

        The first colon ends the scope. Where there is none a quoted one does: some libraries take
        a colon for something of their own.

        Raises:
            InvalidDid: there is no colon, or nothing before it.
        """
        scope, colon, rest = text.partition(":")
        if not colon and (quoted := _QUOTED_COLON.search(text)):
            scope, colon, rest = text[: quoted.start()], ":", text[quoted.end() :]
        if not colon or not scope:
            raise InvalidDid(
                f"“{PROTOCOL}://{text}” is no address in Rucio.",
                hint=f"Write {PROTOCOL}://scope:name, or {PROTOCOL}://scope: for a whole scope.",
            )
        return cls(text, scope, tuple(rest.split("/")) if rest else ())

    @property
    def scopes(self) -> list[str]:
        return readings(self.scope)

    def beginnings(self, of: int) -> list[Did]:
        """The DIDs that the first ``of`` parts can mean: as written, and with escapes resolved."""
        return _dids(readings(f"{self.scope}:{'/'.join(self.parts[:of])}"))


def inside(collection: Did, parts: tuple[str, ...]) -> list[Did]:
    """The DIDs that ``parts`` can mean as something in a collection: of its scope, unless another
    one is written.
    """
    written = "/".join(parts)
    names = readings(written)
    found = [f"{collection.scope}:{name}" for name in names]
    scope, colon, name = written.partition(":")
    if colon and "/" not in scope:
        found += readings(f"{scope}:{name}")
    return _dids(found)


def readings(text: str) -> list[str]:
    """As it is written and, where that is something else, with its escapes resolved."""
    if not _ESCAPE.search(text):
        return [text]
    try:
        return list(dict.fromkeys((text, unquote(text, errors="strict"))))
    except UnicodeDecodeError:
        return [text]


def of_scope(scope: str) -> str:
    return f"{quoted(scope)}:"


def of_did(did: Did) -> str:
    return f"{quoted(did.scope)}:{quoted(did.name)}"


def below(parent: str, collection: Did, child: Did) -> str:
    """The address of ``child`` below ``parent``, which is an address of ``collection``."""
    name = quoted(child.name)
    return f"{parent}/{name if child.scope == collection.scope else of_did(child)}"


def is_scope(text: str) -> bool:
    """Whether a stripped address is the root or a scope, and no DID."""
    return text == ROOT or text.endswith(":")


def parent(text: str) -> str:
    """Of an address as listings write them."""
    if "/" in text:
        return text.rpartition("/")[0]
    scope, colon, name = text.partition(":")
    return f"{scope}{colon}" if name else ROOT


def quoted(piece: str) -> str:
    """A scope or a name, so that nothing in it divides."""
    return _SPECIAL.sub(lambda match: f"%{ord(match[0]):02X}", piece)


def _dids(texts: list[str]) -> list[Did]:
    found = []
    for text in dict.fromkeys(texts):
        scope, _, name = text.partition(":")
        if scope and name and text.strip() == text:
            try:
                found.append(Did.parse(text))
            except InvalidDid:
                # Too long, or with control characters: nothing can be called this.
                continue
    return found
