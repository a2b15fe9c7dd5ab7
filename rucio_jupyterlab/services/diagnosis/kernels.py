"""Whether the kernels can import what attached variables are made of."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from string import Template
from typing import Any

from rucio_jupyterlab.aside import aside
from rucio_jupyterlab.services.concurrency import gather_bounded
from rucio_jupyterlab.services.diagnosis import programs
from rucio_jupyterlab.services.diagnosis.model import Finding, Step, fine, irrelevant, warning
from rucio_jupyterlab.services.diagnosis.words import listed

KernelSpecs = Mapping[str, Mapping[str, Any]]
FindKernelSpecs = Callable[[], KernelSpecs | Awaitable[KernelSpecs]]
"""``get_all_specs`` of Jupyter's kernel spec manager: by name ``{"spec": {"argv", "env", …}}``."""

TITLES = {"kernels": "Kernel package"}

# Each costs the start of a Python; who has more kernels learns of the first.
MOST_KERNELS = 10
AT_ONCE = 3
IMPORT_LIMIT_S = 10.0
LOOK_LIMIT_S = 15.0

_CODE = (
    "import rucio_jupyterlab, rucio_jupyterlab.kernels.ipython as it;"
    "print('found', rucio_jupyterlab.__version__)"
)
_PYTHON = re.compile(r"python(\d+(\.\d+)*)?(\.exe)?")
# Jupyter starts kernels that name no other Python with its own.
_OWN_PYTHON = (
    "python",
    f"python{sys.version_info.major}",
    f"python{sys.version_info.major}.{sys.version_info.minor}",
)


@dataclass(frozen=True)
class _Kernel:
    name: str
    display_name: str
    interpreter: tuple[str, ...]
    environ: Mapping[str, str]


class Kernels:
    """The check of the kernels of this server."""

    def __init__(self, find_specs: FindKernelSpecs) -> None:
        self._find_specs = find_specs

    def steps(self) -> list[Step]:
        return [Step("kernels", TITLES["kernels"], self._kernels, limit_s=LOOK_LIMIT_S)]

    async def _kernels(self) -> Finding:
        specs = await aside(self._find_specs, name="rucio-kernel-specs")[1]
        if inspect.isawaitable(specs):
            specs = await specs
        kernels = [
            kernel
            for name, about in sorted(specs.items())
            if (kernel := _python_kernel(name, about)) is not None
        ]
        if not kernels:
            return irrelevant("There is no Python kernel on this machine; others need no package.")
        kernels = kernels[:MOST_KERNELS]
        lacks = await gather_bounded(_lack, kernels, AT_ONCE)
        missing = [
            f"{kernel.display_name} ({lack})"
            for kernel, lack in zip(kernels, lacks, strict=True)
            if lack is not None
        ]
        able = [
            kernel.display_name for kernel, lack in zip(kernels, lacks, strict=True) if lack is None
        ]
        if not missing:
            return fine(f"{listed(able)} can import rucio_jupyterlab.kernels.")
        also = f" {listed(able)} can." if able else ""
        return warning(
            f"rucio_jupyterlab.kernels cannot be imported by {listed(missing)}.{also} Variables "
            "there are plain paths and lists of them.",
            "Run “pip install rucio-jupyterlab” in the environment of the kernel.",
        )


def _python_kernel(name: str, about: Mapping[str, Any]) -> _Kernel | None:
    """None where the kernel is of another language, or no Python is seen in its command."""
    spec = about.get("spec") or {}
    argv = [str(part) for part in spec.get("argv") or ()]
    if str(spec.get("language", "")).lower() != "python":
        return None
    interpreter = _interpreter(argv)
    if interpreter is None:
        return None
    environ = programs.little_environment()
    for key, value in (spec.get("env") or {}).items():
        environ[str(key)] = Template(str(value)).safe_substitute(environ)
    return _Kernel(name, str(spec.get("display_name") or name), interpreter, environ)


def _interpreter(argv: Sequence[str]) -> tuple[str, ...] | None:
    """The command up to its Python, as in ``conda run -n analysis python -m ipykernel``."""
    for position, part in enumerate(argv):
        if _PYTHON.fullmatch(PurePath(part).name):
            if position == 0 and part in _OWN_PYTHON:
                return (sys.executable,)
            return tuple(argv[: position + 1])
    return None


async def _lack(kernel: _Kernel) -> str | None:
    """What the kernel lacks, in a few words; None where it can import the package."""
    try:
        outcome = await programs.run(
            [*kernel.interpreter, "-c", _CODE], limit_s=IMPORT_LIMIT_S, environ=kernel.environ
        )
    except OSError as error:
        return f"{kernel.interpreter[0]}: {error.strerror}"
    if outcome.status is None:
        return f"no answer within {IMPORT_LIMIT_S:g} s"
    if outcome.status == 0:
        return None
    lines = [line for line in outcome.output.splitlines() if line.strip()]
    return lines[-1].strip()[:120] if lines else f"it ended with status {outcome.status}"
