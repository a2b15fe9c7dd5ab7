"""Writes what docs/operators says of keys and traits, from the schema and the trait class.

python scripts/configuration_docs.py            # the tables, and the published schema
python scripts/configuration_docs.py --check    # names what is not as it should be, exits with 1
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from rucio_jupyterlab.config import schema
from rucio_jupyterlab.config.environment import TRAIT_VARIABLES
from rucio_jupyterlab.config.traits import RucioConfig

REPOSITORY = Path(__file__).resolve().parents[1]
OPERATORS = REPOSITORY / "docs" / "operators"
PAGE = OPERATORS / "configuration.md"
PUBLISHED_SCHEMA = OPERATORS / schema.SCHEMA_FILE


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true")
    is_check = arguments.parse_args().check
    stale = {path: text for path, text in _wanted().items() if _read(path) != text}
    for path, text in stale.items():
        if is_check:
            print(f"{path.relative_to(REPOSITORY)} is old: python scripts/configuration_docs.py")
        else:
            path.write_text(text, "utf-8")
            print(f"{path.relative_to(REPOSITORY)} is written")
    return 1 if is_check and stale else 0


def _wanted() -> dict[Path, str]:
    page = _with_table(_with_table(_read(PAGE), "traits", _traits()), "keys", _keys())
    shipped = files("rucio_jupyterlab.config").joinpath(schema.SCHEMA_FILE).read_text("utf-8")
    return {PAGE: page, PUBLISHED_SCHEMA: shipped}


def _with_table(page: str, name: str, table: str) -> str:
    before, begin, rest = page.partition(f"<!-- begin: {name} -->")
    _, end, after = rest.partition(f"<!-- end: {name} -->")
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


def _keys() -> str:
    required = schema.document()["required"]
    rows = []
    for key, node in schema.properties().items():
        name = f"**`{key}`**" if key in required else f"`{key}`"
        expected, meaning = node["x-expected"], node["description"]
        rows.append((name, expected, _variable(node), _who(node), meaning))
    return _table(("key", "value", "variable", "who decides", "meaning"), rows)


def _variable(node: Mapping[str, Any]) -> str:
    return f"`{node['x-variable']}`" if "x-variable" in node else "–"


def _who(node: Mapping[str, Any]) -> str:
    return f"administrator; the user: {node['x-user']}" if "x-user" in node else "administrator"


def _traits() -> str:
    variables = {trait: variable for variable, trait in TRAIT_VARIABLES.items()}
    rows = []
    for name, trait in RucioConfig.class_own_traits(config=True).items():
        variable = f"`{variables[name]}`" if name in variables else "–"
        meaning = " ".join(trait.help.split()).replace("``", "`")
        rows.append((f"`{name}`", variable, meaning))
    return _table(("trait", "variable", "meaning"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """As prettier writes it."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = [
        "| " + " | ".join(map(str.ljust, row, widths)) + " |"
        for row in (cells[0], ["-" * width for width in widths], *cells[1:])
    ]
    return "\n".join(lines)


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
