"""A real IPython kernel on alice's machine, driven as a notebook drives it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager
from kernels.conftest import Kernel

from .conftest import Machine

TIMEOUT_S = 60
PRESSES = 15


@contextmanager
def kernel_on(machine: Machine, folder: Path, **environ: str) -> Iterator[Kernel]:
    manager = KernelManager(connection_file=str(folder / "kernel.json"))
    manager.kernel_spec.argv[0] = sys.executable  # type: ignore[union-attr]
    environment = {**machine.environment, "IPYTHONDIR": str(folder / "ipython"), **environ}
    manager.start_kernel(env=environment, cwd=str(folder))
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=TIMEOUT_S)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def offers(kernel: Kernel, line: str, whole: str) -> bool:
    """Whether the tab key makes the one of the other; pressed again where Rucio has not answered in
    time.
    """
    for _ in range(PRESSES):
        answer = kernel.client.complete(line, reply=True, timeout=TIMEOUT_S)
        reply: dict[str, Any] = answer["content"]
        if whole in [line[: reply["cursor_start"]] + match for match in reply["matches"]]:
            return True
    return False
