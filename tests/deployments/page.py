"""The deployments of docs/operators/existing-deployments.md, taken from its blocks."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operators" / "existing-deployments.md"

EXPECTED = "GET instances"
COMMAND = "command"

_SECTION = re.compile(r"^## (.+?)$(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r'^```(\w+) title="([^"]+)"$\n(.*?)^```$', re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    language: str
    title: str
    text: str


@dataclass(frozen=True)
class Deployment:
    """One section of the page: what an operator has, and what ``GET instances`` then says."""

    name: str
    blocks: tuple[Block, ...]
    expected: dict[str, Any] = field(repr=False)


def deployments() -> list[Deployment]:
    """All sections that show one, in the order of the page."""
    found = []
    for name, text in _SECTION.findall(PAGE.read_text("utf-8")):
        blocks = [Block(*parts) for parts in _BLOCK.findall(text)]
        expected = [json.loads(block.text) for block in blocks if block.title == EXPECTED]
        if blocks:
            (one,) = expected
            setup = tuple(block for block in blocks if block.title != EXPECTED)
            found.append(Deployment(name, setup, one))
    return found
