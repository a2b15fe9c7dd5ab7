"""How attached variables look below a cell. All that comes from elsewhere is escaped in HTML."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from rucio_jupyterlab.kernels.records import Record, is_here, needs_look

MOST_ROWS = 10
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_STEP = 1000


def as_sentence(text: str) -> str:
    """With a full stop, unless it ends like a sentence already."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def number_of_files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def size(size_bytes: object) -> str:
    """In the unit that fits; empty where it is not known."""
    if not isinstance(size_bytes, int):
        return ""
    value, unit = float(size_bytes), _UNITS[0]
    for unit in _UNITS:  # noqa: B007 - the last one is for all that is larger
        if abs(value) < _STEP:
            break
        value /= _STEP
    return f"{size_bytes} B" if unit == "B" else f"{value:.3g} {unit}"


def table(did: str, about: str, records: Iterable[Record], left_out: int) -> str:
    """The first files of a collection, and how many more there are."""
    rows = "".join(_row(record) for record in records)
    more = f"<p>… and {number_of_files(left_out)} more</p>" if left_out else ""
    return (
        f"<div><p><b>{escape(did)}</b>, {escape(about)}</p>"
        '<table><thead><tr><th style="text-align: left">File</th><th>Size</th>'
        '<th style="text-align: left">Path</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{more}</div>"
    )


def absence(did: str, kind: str, reason: str | None) -> str:
    """What stands for a file or a collection that is not there."""
    why = f": {as_sentence(reason)}" if reason else "."
    return f"<div><b>{escape(did)}</b>, {kind}, not available{escape(why)}</div>"


def _row(record: Record) -> str:
    if needs_look(record):
        # A look at a disk far away may take long, and this is shown without being asked for.
        where = "<em>known when it is used</em>"
    elif is_here(record):
        where = f"<code>{escape(str(record['path']))}</code>"
    else:
        why = record.get("message")
        where = f"<em>not here{escape(f': {why}' if why else '')}</em>"
    left = '<td style="text-align: left">'
    name = escape(str(record.get("did") or ""))
    bytes_ = f'<td style="white-space: nowrap">{escape(size(record.get("size")))}</td>'
    return f"<tr>{left}{name}</td>{bytes_}{left}{where}</td></tr>"
