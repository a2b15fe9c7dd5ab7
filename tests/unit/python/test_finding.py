"""Which notebook a kernel runs, from the command that has started it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rucio_jupyterlab.kernels.ipython import finding


@contextmanager
def begun(folder: Path, *words: str) -> Iterator[dict[str, str]]:
    """A process with these words in its command; gives what a kernel of its would find exported."""
    waits = [sys.executable, "-c", "print(flush=True); input()"]
    process = subprocess.Popen(
        [*waits, *words], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield {"JPY_PARENT_PID": str(process.pid)}
    finally:
        process.communicate(b"\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.ipynb", "b.ipynb", "deep/c.ipynb"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        cells = [{"cell_type": "code", "source": ["x = ", repr(name)]}]
        path.write_text(json.dumps({"cells": cells}))
    return tmp_path


@pytest.mark.parametrize(
    ("command", "notebooks"),
    [
        ("jupyter-nbconvert --to notebook --execute a.ipynb", ["a.ipynb"]),
        ("/opt/bin/jupyter-nbconvert --execute deep/c.ipynb --output b.ipynb", ["deep/c.ipynb"]),
        ("jupyter-nbconvert --execute --output=b.ipynb a", ["a.ipynb"]),
        ("jupyter-nbconvert --execute *.ipynb", ["a.ipynb", "b.ipynb"]),
        ("jupyter-execute a b.ipynb", ["a.ipynb", "b.ipynb"]),
        ("papermill a.ipynb b.ipynb -p run 7", ["a.ipynb"]),
        ("papermill -k python3 deep/c.ipynb a.ipynb", ["deep/c.ipynb"]),
        ("jupyter-nbconvert --execute gone.ipynb", []),
        ("jupyter-lab a.ipynb", []),
        ("pytest a.ipynb", []),
    ],
)
def test_the_tool_names_it(folder: Path, command: str, notebooks: list[str]) -> None:
    with begun(folder, *command.split()) as environ:
        assert finding.candidates(environ) == [str(folder / name) for name in notebooks]


def test_of_several_it_is_the_one_whose_cell_is_run(folder: Path) -> None:
    several = [str(folder / name) for name in ("a.ipynb", "b.ipynb")]
    assert finding.one_with(several, "x = 'b.ipynb'\n") == several[1]
    assert finding.one_with(several, "y = 1") is None
    assert finding.one_with(several[:1], "y = 1") == several[0]


def test_what_the_user_says_goes_before(folder: Path) -> None:
    said = {"RUCIO_NOTEBOOK": "deep/c.ipynb", "PWD": str(folder)}
    assert finding.told({}, said) == str(folder / "deep/c.ipynb")
    assert finding.told({"PAPERMILL_INPUT_PATH": "in.ipynb"}, {}) == "in.ipynb"
    assert finding.told({"PAPERMILL_INPUT_PATH": 5}, {}) is None
