"""Runs other programs for a look: with a time limit, and with little of our environment."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_OUTPUT_BYTES = 20_000

# What decides where programs are found and what an interpreter can import. No tokens among it.
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONUSERBASE",
    "PYTHONNOUSERSITE",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
)


@dataclass(frozen=True)
class Outcome:
    """``status`` is None where the program did not end in time; ``output`` is what it wrote to
    either stream.
    """

    status: int | None
    output: str


def little_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    known = os.environ if environ is None else environ
    return {name: known[name] for name in _PASSED_ON if name in known}


async def run(
    command: Sequence[str], *, limit_s: float, environ: Mapping[str, str] | None = None
) -> Outcome:
    """
    Raises:
        OSError: it cannot be started, as when there is no such program.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=dict(little_environment() if environ is None else environ),
        # Python imports from where it is started, and that must not be the server's folder.
        cwd="/",
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), limit_s)
    except (asyncio.TimeoutError, TimeoutError):
        return Outcome(None, "")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Outcome(process.returncode, output[:MOST_OUTPUT_BYTES].decode(errors="replace"))
