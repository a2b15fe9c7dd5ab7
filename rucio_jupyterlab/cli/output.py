"""How things are written: sizes, times, tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import click

GAP = "  "


def print_json(document: object) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def print_json_line(document: object) -> None:
    click.echo(json.dumps(document, ensure_ascii=False))


def say(text: str) -> None:
    """To who watches, and not into what another program reads."""
    click.echo(text, err=True)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as what is in them: nothing is cut, so that all can be copied."""
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    click.secho(_line(head, widths), bold=True)
    for row in rows:
        click.echo(_line(row, widths))


def size(size_bytes: int | None) -> str:
    """``1.5 MB``: decimal, as the panel writes it."""
    from rucio_jupyterlab.services.availability.refusals import in_words  # noqa: PLC0415

    return "?" if size_bytes is None else in_words(size_bytes)


def span(seconds: float) -> str:
    """``3 min``, in the one or two units that matter."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min" if minutes >= 10 or not rest else f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"


def files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def is_terminal() -> bool:
    """Whether somebody watches the progress."""
    return sys.stderr.isatty()


def shown(value: Any) -> str:
    return "" if value is None else str(value)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True)]
    return GAP.join(padded).rstrip()
