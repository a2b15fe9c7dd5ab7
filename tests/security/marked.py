"""Secrets that cannot be mistaken for anything else, and the search for them in whatever form."""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

PIECE_LENGTH = 16
# Signs that every notation escapes in its own way.
ODD_SIGNS = "%2F\"'\\+ &é"


@dataclass(frozen=True)
class Secret:
    """``value`` is what is kept secret; ``core`` the part of it that is looked for: letters and
    digits, which quoting and escaping leave as they are.
    """

    name: str
    value: str = field(repr=False)
    core: str = field(repr=False)

    def spellings(self) -> Iterator[tuple[str, bytes]]:
        """(form, bytes) of both ends of the core, since a text may have been cut."""
        for end in (self.core[:PIECE_LENGTH], self.core[-PIECE_LENGTH:]):
            piece = end.encode()
            yield "plain", piece
            yield "hexadecimal", piece.hex().encode()
            yield "reversed", piece[::-1]
            for offset in range(3):
                yield "base64", _inside_base64(piece, offset)


@dataclass(frozen=True)
class Piece:
    """Something that was written, and where."""

    where: str
    content: bytes = field(repr=False)


def marked(name: str, *, odd: str = ODD_SIGNS) -> Secret:
    """A new secret, with ``odd`` in its middle."""
    core = f"Marked{secrets.token_hex(16)}"
    return Secret(name, f"x{odd}{core}{odd}x".replace("  ", " "), core)


def known(name: str, value: str) -> Secret:
    """A secret that somebody else made, such as a token: its last long run is what is random."""
    runs = re.findall(r"[A-Za-z0-9]{16,}", value)
    if not runs:
        raise ValueError(f"{name} has nothing to look for")
    return Secret(name, value, runs[-1])


def leaks(pieces: Iterable[Piece], hidden: Iterable[Secret]) -> list[str]:
    """What was found: which secret, in which form, where, with what stands before it."""
    needles = [(secret, form, spelt) for secret in hidden for form, spelt in secret.spellings()]
    found: dict[tuple[str, str], str] = {}
    for piece in pieces:
        lowered = piece.content.lower()
        for secret, form, spelt in needles:
            # Letters count in base64 only.
            content, needle = (
                (piece.content, spelt) if form == "base64" else (lowered, spelt.lower())
            )
            at = content.find(needle)
            if at >= 0:
                before = piece.content[max(0, at - 160) : at].decode("utf-8", "replace")
                told = f"{secret.name} ({form}) in {piece.where}: …{before}"
                found.setdefault((secret.name, piece.where), told)
    return list(found.values())


def _inside_base64(piece: bytes, offset: int) -> bytes:
    """What base64 makes of ``piece`` whatever stands around it, ``offset`` bytes after a group."""
    encoded = base64.b64encode(b"\0" * offset + piece)
    groups_before = 4 if offset else 0
    whole = len(encoded) - (4 if (offset + len(piece)) % 3 else 0)
    return encoded[groups_before:whole]
