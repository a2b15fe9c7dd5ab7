"""Registers a dataset of very many files in a lake that is up, for tests of scale."""

from __future__ import annotations

import subprocess
from typing import Literal

from lake.environment import python, rucio_environment
from lake.errors import LakeError
from lake.state import State

Where = Literal["source", "both"]


def register_bulk(
    state: State,
    files: int,
    *,
    name: str | None = None,
    scope: str = "bulk",
    where: Where = "both",
    has_rule: bool = False,
) -> str:
    """Registers ``scope:name`` with `files` files and no bytes; see `lake.rucio_side.bulk`.

    Args:
        name: By default one that says what is in it.
        where: At the source only, or at the destination too.
        has_rule: With a satisfied rule of alice's at the destination.

    Returns:
        One line: the DID, the number of files and how long it took.

    Raises:
        LakeError: the lake is not up, or there is such a DID already.
    """
    if not state.connection_file.exists():
        raise LakeError(f"The lake in {state.root} is not up. Start it with: python -m lake up")
    variant = "rule" if has_rule else where
    command = [str(python()), "-m", "lake.rucio_side.bulk", str(files)]
    command += ["--scope", scope, "--name", name or f"files_{files}_{variant}", "--where", where]
    if has_rule:
        command.append("--rule")
    done = subprocess.run(
        command,
        env=rucio_environment(state),
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise LakeError(f"The dataset was not registered: {lines[-1]}")
    return done.stdout.strip()
