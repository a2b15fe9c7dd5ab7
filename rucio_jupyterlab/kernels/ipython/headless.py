"""Attached variables where no browser injects them: nbconvert, papermill, ``jupyter execute``.

They are resolved when the first cell is about to run, by the package's Python API. A browser that
has come to the kernel is left to do it.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from rucio_jupyterlab.kernels import notebook
from rucio_jupyterlab.kernels.injection import Injection
from rucio_jupyterlab.kernels.ipython import finding
from rucio_jupyterlab.kernels.notebook import NotebookError

WAIT = "RUCIO_WAIT"

# On the shell: what is attached there, and whether a browser does it.
INJECTION = "_rucio_jupyterlab_injection"
BROWSER = "_rucio_jupyterlab_browser"
_HEADLESS = "_rucio_jupyterlab_headless"


class Events(Protocol):
    def register(self, event: str, function: Callable[..., None]) -> None: ...


class Shell(Protocol):
    """What is needed of IPython's shell."""

    user_ns: dict[str, Any]
    events: Events


def injection_of(shell: Any) -> Injection:
    """The shell's one, whoever injects."""
    injection: Injection | None = getattr(shell, INJECTION, None)
    if injection is None:
        injection = Injection(shell.user_ns)
        setattr(shell, INJECTION, injection)
    return injection


def arm(shell: Shell) -> None:
    """Looks for the notebook when cells are run, once for a shell."""
    if getattr(shell, _HEADLESS, None) is None:
        headless = _Headless(shell)
        setattr(shell, _HEADLESS, headless)
        shell.events.register("pre_run_cell", headless.before_cell)


def attach(
    shell: Any,
    path: str,
    *,
    wait: bool = False,
    timeout: float | None = None,
    make_available: bool = False,
    progress: bool = True,
) -> list[str]:
    """Makes the variables that are attached in a notebook.

    Args:
        wait: for those that are on their way.
        timeout: seconds to wait at most; ``None`` waits as long as it takes.
        make_available: what is not here, before it is waited for.

    Returns:
        A sentence for each that is not available, or could not be made.

    Raises:
        NotebookError: there is no notebook, or it is none.
    """
    wanted = notebook.attachments(path)
    notebook.note_instances(item.instance for item in wanted)
    if not wanted:
        return []
    try:
        # Not written as an import: the kernels part stands alone, and most kernels never need it.
        api: Any = importlib.import_module("rucio_jupyterlab.python.notebooks")
        entries = api.entries_for(
            wanted, wait, timeout, make_available=make_available, progress=progress
        )
    except ImportError as error:
        entries = [item.absent(f"the kernel cannot ask Rucio ({error})") for item in wanted]
    done = injection_of(shell).inject(entries)
    return [*_missing(entries), *done.problems.values()]


class _Headless:
    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._is_done = False
        self._candidates: list[str] | None = None

    def before_cell(self, info: Any) -> None:
        """For ``pre_run_cell``."""
        if self._is_done or getattr(self._shell, BROWSER, False):
            return
        path = self._notebook(str(getattr(info, "raw_cell", "")))
        if path is None:
            return
        self._is_done = True
        try:
            wait_s = _seconds(os.environ)
            told = attach(
                self._shell, path, wait=wait_s != 0, timeout=wait_s or None, progress=False
            )
        except NotebookError as error:
            told = [str(error)]
        for sentence in told:
            print(f"Rucio: {sentence}", file=sys.stderr)  # noqa: T201 - below the cell, and in logs

    def _notebook(self, code: str) -> str | None:
        path = finding.told(self._shell.user_ns, os.environ)
        if path is not None:
            return path
        if self._candidates is None:
            self._candidates = finding.candidates(os.environ)
        return finding.one_with(self._candidates, code) if self._candidates else None


def _seconds(environ: Mapping[str, str]) -> float:
    """
    Raises:
        NotebookError: what is there is no number, and whether to wait is not ours to guess.
    """
    said = environ.get(WAIT, "")
    try:
        return max(float(said or 0), 0.0)
    except ValueError:
        raise NotebookError(
            f"{WAIT} is “{said}”, which is no number of seconds. Nothing was attached."
        ) from None


def _missing(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    return [
        f"{entry['variableName']} ({entry['did']}) is not available: {entry['message']}"
        for entry in entries
        if not entry["didAvailable"]
    ]
