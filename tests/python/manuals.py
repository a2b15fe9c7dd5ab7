"""The examples of the manuals."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "users"


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    text = (DOCS / page).read_text("utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert found
    return found
