"""Data identifiers: ``scope:name``."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from rucio_jupyterlab.errors import InvalidDid

# Rucio's own columns: scope 25 (30 in recent schemas), name 250 (up to 500 where a site widened
# it). These bounds only keep absurd input away from Rucio, which has the last word on what is
# valid.
MAX_SCOPE_CHARACTERS = 255
MAX_NAME_CHARACTERS = 1024


@dataclass(frozen=True, order=True, slots=True)
class Did:
    """A data identifier. ``str(did)`` gives ``scope:name``, ``Did.parse`` reads it."""

    scope: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Did:
        """Reads ``scope:name``.

        The first colon separates: scopes have none, names may. Surrounding blanks, as they come
        with a copied text, are dropped.

        Raises:
            InvalidDid: there is no colon, a part is empty or too long, or it holds control
                characters.
        """
        scope, colon, name = text.strip().partition(":")
        if not colon or not scope or not name:
            raise InvalidDid(
                f"“{_shorten(text)}” is not a data identifier.",
                hint="Write it as scope:name, for example demo:dimuon_2021.",
            )
        if len(scope) > MAX_SCOPE_CHARACTERS or len(name) > MAX_NAME_CHARACTERS:
            raise InvalidDid(f"The data identifier “{_shorten(text)}” is too long.")
        if any(ord(character) < 32 or ord(character) == 127 for character in scope + name):
            raise InvalidDid("A data identifier cannot hold control characters.")
        return cls(scope, name)

    def __str__(self) -> str:
        return f"{self.scope}:{self.name}"

    @property
    def url_path(self) -> str:
        """``scope/name`` with everything quoted that would change the meaning of a URL.

        The name is one quoted piece, its slashes included: Rucio's routes take the rest of the path
        as the DID and tell scope and name apart by the first slash (or by its scope schema), so
        slashes in names stay as they are while ``?``, ``#``, ``%`` and blanks do not survive
        unquoted.
        """
        return f"{quoted(self.scope)}/{quoted(self.name)}"


def quoted(piece: str) -> str:
    """One piece of an address, slashes included.

    HTTP clients resolve pieces that are ``.`` and ``..``, unless their dots are quoted.
    """
    text = quote(piece, safe="")
    return text.replace(".", "%2E") if text in (".", "..") else text


def _shorten(text: str, characters: int = 80) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"
