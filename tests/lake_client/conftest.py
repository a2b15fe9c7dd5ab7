"""Alice at the lake's real Rucio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from lake.testing import Lake
from rucio_jupyterlab.client.auth.userpass import UserpassAuthenticator
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance, parse_instance


@pytest.fixture(scope="session")
def instance(lake_instance: dict[str, Any]) -> Instance:
    return parse_instance(lake_instance)


@pytest_asyncio.fixture
async def alice(lake: Lake, instance: Instance) -> AsyncIterator[RucioClient]:
    async with signed_in(lake, instance, "alice") as client:
        yield client


def signed_in(lake: Lake, instance: Instance, name: str) -> RucioClient:
    known = lake.accounts[name]
    way_in = UserpassAuthenticator(instance, known["username"], known["password"], known["account"])
    return RucioClient(instance, way_in)
