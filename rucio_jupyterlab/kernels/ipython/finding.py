"""Which notebook a kernel runs, where no browser tells it."""

from __future__ import annotations

import glob
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rucio_jupyterlab.kernels.notebook import NotebookError, code_cells

ENDING = ".ipynb"
VARIABLE = "RUCIO_NOTEBOOK"
# What papermill gives the notebook as a parameter, with --inject-paths or --inject-input-path.
PARAMETER = "PAPERMILL_INPUT_PATH"

_PAPERMILL = "papermill"
_TOOLS = frozenset({"jupyter-nbconvert", "nbconvert", "jupyter-execute", "jupyter-run", _PAPERMILL})
# Their values may be notebooks too, and those are written.
_OUTPUT_OPTIONS = frozenset({"--output", "--output-dir", "--to", "--config"})
_LONGEST_COMMAND = 1 << 16
_PS_LIMIT_S = 2.0


def told(variables: Mapping[str, Any], environ: Mapping[str, str]) -> str | None:
    """What the user has said: ``RUCIO_NOTEBOOK``, or papermill's parameter."""
    said = environ.get(VARIABLE, "").strip() or variables.get(PARAMETER)
    if not isinstance(said, str) or not said:
        return None
    # The tool may have started the kernel in the notebook's own folder.
    elsewhere = Path(environ.get("PWD", "")) / said
    return str(elsewhere) if not Path(said).exists() and elsewhere.exists() else said


def candidates(environ: Mapping[str, str]) -> list[str]:
    """The notebooks that the tool was called with that has started this kernel; none where that is
    no tool that runs notebooks.
    """
    pid = environ.get("JPY_PARENT_PID", "")
    parent = int(pid) if pid.isdigit() and pid != "0" else os.getppid()
    command = _command(parent)
    names = _notebooks(command)
    if not names:
        return []
    folder = _folder(parent, environ)
    found: dict[str, None] = {}
    for name in names:
        found.update(dict.fromkeys(_existing(folder, name)))
    return list(found)


def one_with(paths: Sequence[str], code: str) -> str | None:
    """Of several, the one that has a cell of this code."""
    if len(paths) == 1:
        return paths[0]
    for path in paths:
        try:
            if code.strip() in map(str.strip, code_cells(path)):
                return path
        except NotebookError:
            continue
    return None


def _notebooks(command: Sequence[str]) -> list[str]:
    """As they stand in the command; papermill reads its first, and writes the second."""
    tool = next((at for at, word in enumerate(command[:5]) if _name(word) in _TOOLS), None)
    if tool is None:
        return []
    words = command[tool + 1 :]
    after = ("", *words)
    named = [
        word
        for word, before in zip(words, after, strict=False)
        if not word.startswith("-") and before not in _OUTPUT_OPTIONS
    ]
    if _name(command[tool]) == _PAPERMILL:
        return [word for word in named if word.endswith(ENDING)][:1]
    return named


def _existing(folder: Path, name: str) -> Iterator[str]:
    """nbconvert reads patterns, and does not ask for the ending."""
    for text in (name, name + ENDING):
        path = folder / text
        if text.endswith(ENDING):
            yield from [str(path)] if path.is_file() else sorted(glob.glob(str(path)))  # noqa: PTH207 - may be absolute


def _name(word: str) -> str:
    name = os.path.basename(word)  # noqa: PTH119 - text, which need not be a path
    return name.removesuffix(".exe").removesuffix(".py")


def _command(pid: int) -> list[str]:
    """Empty where the system does not tell."""
    try:
        with Path(f"/proc/{pid}/cmdline").open("rb") as file:
            words = file.read(_LONGEST_COMMAND).split(b"\0")
        return [os.fsdecode(word) for word in words if word]
    except OSError:
        return _command_by_ps(pid) if not Path("/proc/self").exists() else []


def _command_by_ps(pid: int) -> list[str]:
    try:
        told_ = subprocess.run(
            ["ps", "-o", "args=", "-p", str(pid)],
            capture_output=True,
            text=True,
            timeout=_PS_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return told_.stdout.split()


def _folder(pid: int, environ: Mapping[str, str]) -> Path:
    try:
        return Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        # As the tool's shell has left it; the kernel itself is started elsewhere.
        return Path(environ.get("PWD") or Path.cwd())
