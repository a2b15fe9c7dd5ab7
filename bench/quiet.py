"""Waiting until Rucio has done what it was asked, so that it is not in the way of the next."""

from __future__ import annotations

import json
import sys
import time

import psutil

from lake.testing import Lake

LOOK_S = 1.0
LONGEST_S = 120.0
IDLE_SHARE = 0.1


def wait_until_quiet(lake: Lake) -> None:
    """Returns once the lake's processes use less than a tenth of one processor."""
    deadline = time.monotonic() + LONGEST_S
    while time.monotonic() < deadline:
        before = _busy_s(lake)
        time.sleep(LOOK_S)
        # A process that has ended takes its time with it.
        if abs(_busy_s(lake) - before) < IDLE_SHARE * LOOK_S:
            return
    print(f"Rucio was still busy after {LONGEST_S:.0f} s.", file=sys.stderr, flush=True)


def _busy_s(lake: Lake) -> float:
    """Processor time that the lake's processes have used, in seconds."""
    total = 0.0
    for started in json.loads(lake.state.processes_file.read_text()):
        try:
            parent = psutil.Process(started["pid"])
            family = [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for process in family:
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
    return total
