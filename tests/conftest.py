"""What the tests of all parts share: one data lake, with a real Rucio in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake, running_lake


@pytest.fixture(scope="session", autouse=True)
def _no_keyring_of_whoever_runs_the_tests() -> Iterator[None]:
    """Alice's password does not belong into it."""
    before = os.environ.get("PYTHON_KEYRING_BACKEND")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    yield
    if before is None:
        del os.environ["PYTHON_KEYRING_BACKEND"]
    else:
        os.environ["PYTHON_KEYRING_BACKEND"] = before


@pytest.fixture(scope="session")
def lake() -> Iterator[Lake]:
    """A lake on SQLite and plain folders, over HTTP and HTTPS.

    ``RUCIO_TEST_LAKE=<lake.json>`` uses one that is up.
    """
    connection = os.environ.get("RUCIO_TEST_LAKE")
    if connection:
        yield Lake(json.loads(Path(connection).read_text()))
        return
    with running_lake(tls=True) as lake:
        yield lake


@pytest.fixture(scope="session")
def xrootd_lake() -> Iterator[Lake]:
    """A lake with XRootD and WebDAV storage, over HTTP and HTTPS; for tests marked ``xrootd``.

    ``RUCIO_TEST_XROOTD_LAKE=<lake.json>`` uses one that is up.
    """
    connection = os.environ.get("RUCIO_TEST_XROOTD_LAKE")
    if connection:
        yield Lake(json.loads(Path(connection).read_text()))
        return
    with running_lake(storage="xrootd", tls=True) as lake:
        yield lake


@pytest.fixture(scope="session")
def data(lake: Lake) -> Iterator[LakeData]:
    """New files and collections in the lake, for a test that needs them in a known state."""
    data = LakeData(lake)
    yield data
    data.close()


@pytest.fixture(scope="session")
def lake_instance(lake: Lake) -> dict[str, Any]:
    """How an operator configures the lake: one entry of ``c.RucioConfig.instances``."""
    destination = lake.connection["destination"]
    return {
        "name": "lake",
        "display_name": "The Lake",
        "mode": "replica",
        "rucio_base_url": lake.rucio_url,
        "rucio_auth_url": lake.connection["auth_url"],
        "rucio_webui_url": "https://rucio.example.org/ui",
        "destination_rse": destination,
        "rse_mount_path": lake.rses[destination]["mount_path"],
        "wildcard_enabled": True,
        "replication_rule_lifetime_days": 7,
    }
