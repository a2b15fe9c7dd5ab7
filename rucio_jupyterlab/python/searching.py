"""Looking for DIDs."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import islice
from typing import Any

from rucio_jupyterlab.client.dids import SearchType
from rucio_jupyterlab.python.asking import read
from rucio_jupyterlab.python.conditions import Conditions, filters_of
from rucio_jupyterlab.python.identifier import DataIdentifier
from rucio_jupyterlab.services.availability.refusals import in_words

MOST_SHOWN = 20


class Search:
    """What is found, read as it is iterated: Rucio is asked anew by each loop, and no further than
    the loop goes.
    """

    def __init__(
        self,
        pattern: str,
        *,
        type: SearchType,
        filters: Conditions | None,
        recursive: bool,
        limit: int | None,
        instance: str | None,
    ) -> None:
        filters_of(filters)
        self.pattern = pattern
        self.instance = instance
        self._asked: dict[str, Any] = {
            "type": type,
            "filters": filters,
            "recursive": recursive,
            "limit": limit,
        }

    def __iter__(self) -> Iterator[DataIdentifier]:
        for item in read(self.instance, lambda lake: lake.search(self.pattern, **self._asked)):
            yield DataIdentifier(item["did"], instance=self.instance, known=item)

    def __repr__(self) -> str:
        asked = "".join(
            f", {key}={value!r}" for key, value in self._asked.items() if value not in (None, False)
        )
        return f"<Rucio search {self.pattern!r}{asked}: iterate over it>"

    def _repr_html_(self) -> str:
        """The first of what is found. Asks Rucio."""
        found = list(islice(self, MOST_SHOWN + 1))
        rows = "".join(_row(item) for item in found[:MOST_SHOWN])
        more = "<p>… and more</p>" if len(found) > MOST_SHOWN else ""
        head = "".join(f'<th style="text-align: left">{word}</th>' for word in _COLUMNS)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"


_COLUMNS = ("DID", "Type", "Files", "Size")


def _row(item: DataIdentifier) -> str:
    known = item.known or {}
    length, size = known.get("length"), known.get("size")
    cells = (
        item.did,
        str(known.get("type")),
        "" if length is None else f"{length:,}",
        "" if size is None else in_words(size),
    )
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
