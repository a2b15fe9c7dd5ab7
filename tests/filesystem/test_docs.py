"""What the page shows is run, from top to bottom, as somebody would who types it."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "users" / "fsspec.md"


def blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_every_example_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    typed: dict[str, Any] = {}
    examples = blocks()
    assert len(examples) > 8
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        for number, code in enumerate(examples, 1):
            exec(compile(code, f"{PAGE.name}, example {number}", "exec"), typed)  # noqa: S102 - ours
    assert typed["text"].startswith("{")
    assert len(typed["table"]) > 0
    assert (tmp_path / "kept").is_dir()
