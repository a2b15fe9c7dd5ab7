"""Whether the process that ran a job is still there."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from rucio_jupyterlab.jobs.owner import is_gone, this_owner

HOST = this_owner().rpartition("/")[0]


def of(pid: int) -> str:
    return f"{HOST}/{pid}-{round(psutil.Process(pid).create_time() * 100)}"


def test_who_runs_is_not_gone_and_who_has_ended_is() -> None:
    assert is_gone(this_owner()) is False
    assert is_gone(of(os.getppid())) is False
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        owner = of(process.pid)
        assert is_gone(owner) is False
        process.communicate(b"\n")
    assert is_gone(owner) is True


def test_another_process_with_the_same_number_is_another_one() -> None:
    assert is_gone(f"{HOST}/{os.getpid()}-1") is True


def test_of_another_machine_nothing_is_known() -> None:
    assert is_gone("another-machine/1-1") is None


@pytest.mark.parametrize("owner", [f"{HOST}/", f"{HOST}/x-y", f"{HOST}/-", f"{HOST}/0-"])
def test_what_makes_no_sense_is_nobody(owner: str) -> None:
    assert is_gone(owner) is True
