"""The names that files get, and which of them the lake's Rucio takes.

Each Rucio has a schema for names, which is not to be read from outside. Rucio is asked without
side effects: it refuses to look up what its schema does not allow. What the generic schema says
(``NAME`` in ``rucio.common.schema.generic``) is the first guess, and decides only where asking
about each name would take too long.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import (
    BadRequest,
    ExtensionError,
    RucioBadAnswer,
    Unprocessable,
)

LONGEST_NAME = 250
_GENERIC = re.compile(r"[/A-Za-z0-9][/A-Za-z0-9._-]*")
# So many refused names are found one by one; then the guess is believed, if it has proved right.
MOST_ASKED_ALONE = 20


@dataclass(frozen=True)
class Known:
    """``found`` are the columns of those DIDs that exist, ``refused`` those that cannot."""

    found: Mapping[Did, Mapping[str, Any]]
    refused: frozenset[Did]


def name_of(prefix: str, relative: str) -> str:
    """The name of a file: the prefix and its path below what was chosen, put together."""
    return f"{prefix}{relative}"


def check_texts(scope: str, prefix: str) -> None:
    """
    Raises:
        BadRequest: they cannot be part of any name, or lead up in a path.
    """
    for what, text in (("scope", scope), ("prefix", prefix)):
        if any(ord(character) < 32 or ord(character) == 127 for character in text):
            raise BadRequest(f"The {what} holds control characters.", code="invalid_argument")
        if has_way_up(text):
            raise BadRequest(
                f"The {what} “{text}” leads up in a path.",
                code="invalid_argument",
                hint="Leave .. out of it.",
            )


def has_way_up(text: str) -> bool:
    """Storage keeps a file by its name: ``..`` in it would be a place outside of the scope's."""
    return ".." in text.split("/")


def is_generic(name: str) -> bool:
    """Whether Rucio's generic schema takes the name."""
    return bool(_GENERIC.fullmatch(name)) and len(name) <= LONGEST_NAME


def proposed(name: str, *, with_slashes: bool = True) -> str:
    """A name as near as can be that the generic schema takes."""
    text = unicodedata.normalize("NFKD", name)
    text = "".join(character for character in text if not unicodedata.combining(character))
    if not with_slashes:
        text = text.replace("/", "_")
    text = re.sub(r"[^/A-Za-z0-9._-]+", "_", text)
    # No piece may be a way up, and the first character has to be a letter, a figure or a slash.
    text = "/".join("_" if piece in ("..", ".") else piece for piece in text.split("/"))
    first, slash, rest = text.partition("/")
    if first:
        stem, extension = posixpath.splitext(first)
        first = f"{stem.lstrip('._-') or 'file'}{extension}"
    text = f"{first}{slash}{rest}"
    if len(text) <= LONGEST_NAME:
        return text
    stem, extension = posixpath.splitext(text)
    extension = extension[:40]
    return stem[: LONGEST_NAME - len(extension)] + extension


async def ask(client: RucioClient, asked: Sequence[Did]) -> Known:
    """Which exist, and which Rucio's schema refuses."""
    likely = [did for did in asked if is_generic(did.name)]
    unlikely = [did for did in asked if not is_generic(did.name)]
    found: dict[Did, Mapping[str, Any]] = {}
    refused: set[Did] = set()
    await _sort_out(client, likely, found, refused)
    await _sort_out(client, unlikely[:MOST_ASKED_ALONE], found, refused)
    rest = unlikely[MOST_ASKED_ALONE:]
    if rest and len(refused.intersection(unlikely)) == MOST_ASKED_ALONE:
        refused.update(rest)
    else:
        await _sort_out(client, rest, found, refused)
    return Known(found, frozenset(refused))


async def proposals(
    client: RucioClient, refused: Sequence[Did], others: Iterable[Did]
) -> dict[Did, Did]:
    """For each a name that Rucio takes and nobody has, the upload's ``others`` neither; where there
    is one.
    """
    taken = set(others)
    given: dict[Did, Did] = {}
    for with_slashes in (True, False):
        rest = [did for did in refused if did not in given]
        if not rest:
            break
        offered = {
            did: _unused(Did(did.scope, proposed(did.name, with_slashes=with_slashes)), taken)
            for did in rest
        }
        known = await ask(client, list(offered.values()))
        given.update(
            (did, offer)
            for did, offer in offered.items()
            if offer not in known.refused and offer not in known.found
        )
    return given


def _unused(did: Did, taken: set[Did]) -> Did:
    stem, extension = posixpath.splitext(did.name)
    number = 2
    while did in taken:
        did = Did(did.scope, f"{stem}_{number}{extension}")
        number += 1
    taken.add(did)
    return did


async def _sort_out(
    client: RucioClient,
    asked: Sequence[Did],
    found: dict[Did, Mapping[str, Any]],
    refused: set[Did],
) -> None:
    """Halves what is refused until it is known which it is: Rucio refuses all for one."""
    for start in range(0, len(asked), dids.BULK_DIDS):
        waiting = [list(asked[start : start + dids.BULK_DIDS])]
        while waiting:
            some = waiting.pop()
            try:
                found.update(await dids.bulk_metadata(client, some, may_split=False))
            except (BadRequest, Unprocessable, RucioBadAnswer) as error:
                if not _is_about_names(error, some):
                    raise
                if len(some) == 1:
                    refused.add(some[0])
                else:
                    middle = len(some) // 2
                    waiting += [some[:middle], some[middle:]]


def _is_about_names(error: ExtensionError, asked: Sequence[Did]) -> bool:
    if error.rucio is not None:
        return error.rucio.exception_class in ("InvalidObject", "InputValidationError")
    # It repeats the name in a header of its answer, and breaks where that cannot hold it.
    return isinstance(error, RucioBadAnswer) and not all(did.name.isascii() for did in asked)
