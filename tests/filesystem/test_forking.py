"""Processes that a notebook starts, ``!ls`` for one, after it has read from a storage."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake

from .conftest import in_home, sign_in, without_mount

READ_AND_FORK = """
import os, sys
from rucio_jupyterlab.filesystem import RucioFileSystem

fs = RucioFileSystem()
for number in range(300):
    assert fs.cat_file(sys.argv[1], 0, 3) == b"abc"
    child = os.fork()
    if child == 0:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.xrootd
def test_who_has_read_over_xrootd_can_start_processes(
    lake_instance: dict[str, Any], xrootd_lake: Lake, tmp_path: Path
) -> None:
    data = LakeData(xrootd_lake)
    did = data.holding(b"abcdef")
    data.close()
    addresses = {
        "rucio_base_url": xrootd_lake.rucio_url,
        "rucio_auth_url": xrootd_lake.connection["auth_url"],
    }
    with in_home(tmp_path, without_mount(lake_instance, **addresses)):
        sign_in("lake", "userpass", xrootd_lake.accounts["alice"])
        environment = {name: os.environ[name] for name in os.environ if name[:4] != "XRD_"}
        done = subprocess.run(
            [sys.executable, "-c", READ_AND_FORK, did],
            capture_output=True,
            text=True,
            env=environment,
            timeout=120,
            check=False,
        )
    assert done.returncode == 0, done.stderr
