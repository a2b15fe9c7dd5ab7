"""Wildcards in what follows a scope, where slashes may be of a name or lead into a collection."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from fsspec.utils import glob_translate

from rucio_jupyterlab.filesystem import address
from rucio_jupyterlab.filesystem.tree import Info


class Pattern:
    """``text`` is a stripped address. ``names`` is empty where it is scopes that are looked for.

    ``root`` is what stands before the part with the first wildcard, None where there is none.
    """

    def __init__(self, text: str) -> None:
        self.scopes, _, self.names = text.partition(":")
        self._parts = text.split("/")
        first = (at for at, part in enumerate(self._parts) if address.MAGIC.search(part))
        self._first = next(first, None)

    @property
    def root(self) -> str | None:
        return None if self._first is None else "/".join(self._parts[: self._first])

    def scope(self, info: Info) -> bool:
        """Whether a scope fits, with its colon or without."""
        wanted = re.compile(glob_translate(self.scopes))
        return any(wanted.match(text) for text in (info["scope"], info["name"]))

    def matches(
        self, listed: Iterable[Info], inside: Callable[[str], dict[str, Info]]
    ) -> Iterator[tuple[str, Info]]:
        """The DIDs that fit as a whole and, of collections that a beginning with a wildcard fits,
        what ``inside`` finds by the rest.
        """
        count = len(self._parts)
        lengths = range(count, self._first or 0, -1)
        fits = {of: _fits("/".join(self._parts[:of])) for of in lengths}
        for info in listed:
            of = next((of for of in lengths if fits[of](info)), None)
            if of == count:
                yield info["name"], info
            elif of is not None and info["type"] == "directory":
                yield from inside("/".join((info["name"], *self._parts[of:]))).items()


def _fits(pattern: str) -> Callable[[Info], bool]:
    """Whether a DID fits, as it is called or as listings write it."""
    wanted = re.compile(glob_translate(pattern))

    def fits(info: Info) -> bool:
        return any(wanted.match(text) for text in (info["did"], info["name"]))

    return fits
