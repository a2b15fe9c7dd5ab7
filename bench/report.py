"""The tables of a run: printed, and written into ``RESULTS.md``."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

from bench import published
from bench.clients import RawRucio
from bench.figures import Figure, Row
from lake.testing import Lake

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
BEGIN = "<!-- what `make bench` writes begins here -->"
END = "<!-- what `make bench` writes ends here -->"
HEADINGS = ("what", "ours", "published", "published / ours", "raw Rucio", "budget")
OVER = "**over** "
LIST_STALL = "… longest stall of the event loop"
LONGEST_STALL = "longest stall of the event loop in any of the above"


@dataclass
class Section:
    """One table with its heading."""

    heading: str
    rows: list[Row]
    note: str = ""


def summary_of_stalls(sections: Sequence[Section]) -> Row | None:
    """The longest stall of all."""
    stalls = [row for section in sections for row in section.rows if row.what == LIST_STALL]
    if not stalls:
        return None
    return Row(
        LONGEST_STALL,
        max((row.ours for row in stalls), key=_value),
        max((row.published for row in stalls), key=_value),
        budget=stalls[0].budget,
    )


def machine(lake: Lake, raw: RawRucio) -> str:
    """A paragraph: where and when this was measured, and with which versions."""
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    memory_gib = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in ("jupyter_server", "httpx"))
    return (
        f"Measured on {today:%-d %B %Y} on a machine with {os.cpu_count()} processors and "
        f"{memory_gib:.0f} GiB of memory, which Rucio, its database, the Jupyter servers and what "
        f"measures shared. Rucio {raw.version()} on PostgreSQL {_postgres_version(lake)}; Python "
        f"{platform.python_version()}, {versions}; “published” is rucio-jupyterlab "
        f"{published.VERSION}, stopped where it took longer than the time after “>”."
    )


def text(about: str, sections: Sequence[Section], took_s: float) -> str:
    """Everything that a run has to say, in Markdown."""
    parts = [about]
    for section in sections:
        parts.append(f"## {section.heading}")
        parts += [section.note] if section.note else []
        parts.append(_table(section.rows))
    parts += ["## Over the budget", _over(sections)]
    parts.append(f"The whole run took {took_s / 60:.0f} minutes.")
    return "\n\n".join(parts)


def write(content: str) -> None:
    """Puts it in the place of what the last run wrote; the text around it is a person's."""
    before, _, rest = RESULTS.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"{RESULTS} does not say where the measured part begins and ends.")
    RESULTS.write_text(f"{before}{BEGIN}\n\n{content}\n\n{END}{after}")


def _table(rows: Sequence[Row]) -> str:
    cells = [HEADINGS, ["-" * len(heading) for heading in HEADINGS], *map(_cells, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADINGS))]
    # The rule below the headings is as wide as they are.
    cells[1] = ["-" * width for width in widths]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    )


def _cells(row: Row) -> Sequence[str]:
    return (
        row.what,
        f"{OVER if row.is_over else ''}{row.ours.shown}",
        row.published.shown,
        row.ratio,
        row.floor.shown,
        row.budget.shown,
    )


def _over(sections: Sequence[Section]) -> str:
    sentences = []
    for section in sections:
        about = ""
        for row in section.rows:
            # A row that begins with dots says more about the one before it.
            is_more = row.what.startswith("… ")
            about = about if is_more else row.what
            if row.is_over:
                what = f"{about} {row.what}" if is_more else about
                sentences.append(f"- {section.heading}, {what}: {row.where_it_goes}")
    return "\n".join(sentences) or "Nothing."


def _postgres_version(lake: Lake) -> str:
    for process in psutil.process_iter(["exe", "cmdline"]):
        exe, arguments = process.info["exe"], process.info["cmdline"] or []
        if exe and Path(exe).name == "postgres" and str(lake.state.root) in " ".join(arguments):
            # postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)
            said = subprocess.run([exe, "--version"], check=True, capture_output=True, text=True)
            return said.stdout.split()[2]
    return "of unknown version"


def _value(figure: Figure) -> float:
    return -1.0 if figure.value is None else figure.value
