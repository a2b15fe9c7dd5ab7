"""Waiting goes on while Rucio is away, and says so when that takes too long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cli.lakeside import until
from faultproxy import Fault, FaultProxy, fault_proxy
from lakedata import LakeData

from lake.testing import Lake as RunningLake
from rucio_jupyterlab.config.traits import RucioConfig
from rucio_jupyterlab.python.lake import Lake
from rucio_jupyterlab.services import build_services

AWAY = Fault(drop=True)
Opened = Callable[[FaultProxy], Any]


@pytest.fixture
def opened(lake: RunningLake, lake_instance: dict[str, Any], tmp_path: Path) -> Opened:
    """Alice's client behind a line that can be cut."""

    @asynccontextmanager
    async def open_by(proxy: FaultProxy) -> AsyncIterator[Lake]:
        instance = {**lake_instance, "rucio_base_url": proxy.url, "rucio_auth_url": proxy.url}
        services = build_services(
            RucioConfig(instances=[instance]),
            environ={"HOME": str(tmp_path)},
            data_dir=tmp_path / "data",
            runtime_dir=tmp_path / "run",
            emit_availability=lambda _: False,
            emit_job=lambda _: False,
            find_kernel_specs=dict,
        )
        found = services.instances.get("lake")
        try:
            await services.sessions.sign_in(found, "userpass", lake.accounts["alice"])
            yield Lake(services, found)
        finally:
            await services.aclose()

    return open_by


def run(lake: RunningLake, story: Callable[[FaultProxy], Coroutine[Any, Any, None]]) -> None:
    with lake.paused_daemons(), fault_proxy(lake.rucio_url) as proxy:
        asyncio.run(story(proxy))


def test_a_rucio_that_comes_back_is_waited_for(
    lake: RunningLake, data: LakeData, opened: Opened
) -> None:
    (file,) = data.files(1)

    async def story(proxy: FaultProxy) -> None:
        async with opened(proxy) as client:
            await client.make_available(file)
            looks = client.follow([file], timeout_s=90)
            assert (await anext(looks)).missing[0].state == "replicating"
            proxy.set("/", AWAY)
            asked = proxy.count("/")
            looking = asyncio.ensure_future(anext(looks))
            await asyncio.to_thread(until, lambda: proxy.count("/") > asked)
            assert not looking.done()
            proxy.clear()
            await asyncio.to_thread(lake.resume_daemons)
            states = [(await looking).items[0].state, *[now.items[0].state async for now in looks]]
            assert states[-1] == "available"

    run(lake, story)


def test_a_rucio_that_stays_away_is_named_by_the_time_limit(
    lake: RunningLake, data: LakeData, opened: Opened
) -> None:
    (file,) = data.files(1)

    async def story(proxy: FaultProxy) -> None:
        async with opened(proxy) as client:
            await client.make_available(file)
            looks = client.follow([file], timeout_s=1)
            await anext(looks)
            proxy.set("/", AWAY)
            with pytest.raises(TimeoutError, match=rf"Still moving: {file} .*\. The Lake closed"):
                async for _ in looks:
                    pass

    run(lake, story)
