"""Writes the notebook *Start here*."""

from __future__ import annotations

from pathlib import Path

import nbformat

HERE = Path(__file__).parent
NAME = "Start here.ipynb"


def write(folder: Path, *, username: str, password: str) -> Path:
    """Writes the notebook into `folder`, unless the user has one of that name already.

    The source, ``start_here.md``, is Markdown; its fenced ``python`` blocks become code cells.
    """
    target = folder / NAME
    if target.exists():
        return target
    text = (HERE / "start_here.md").read_text()
    text = text.replace("{username}", username).replace("{password}", password)
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            }
        }
    )
    for number, piece in enumerate(text.split("```")):
        is_code = number % 2 == 1
        source = piece.removeprefix("python\n").strip()
        if source:
            make = nbformat.v4.new_code_cell if is_code else nbformat.v4.new_markdown_cell
            notebook.cells.append(make(source, id=f"cell-{number}"))
    nbformat.write(notebook, target)
    return target
