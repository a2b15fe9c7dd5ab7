"""Lists of files between server and kernel: kept as long as they may be needed, and not longer."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.services.locations import FileLocation
from rucio_jupyterlab.services.manifests import LIFE_S, Manifests, manifest_line


def locations(name: str) -> list[FileLocation]:
    return [FileLocation(Did("demo", name), 1, f"/mnt/{name}", f"root://host//{name}")]


async def write(manifests: Manifests, name: str) -> Path:
    writer = await manifests.begin()
    await writer.add([manifest_line(location) for location in locations(name)])
    return await writer.finish()


def test_old_lists_and_what_a_crash_left_are_removed(tmp_path: Path) -> None:
    async def run() -> None:
        manifests = Manifests(tmp_path)
        old, kept = await write(manifests, "old"), await write(manifests, "kept")
        crashed = tmp_path / "crashed.part"
        crashed.touch()
        ancient = time.time() - LIFE_S - 60
        for path in (old, crashed):
            os.utime(path, (ancient, ancient))
        new = await write(manifests, "new")
        assert sorted(tmp_path.iterdir()) == sorted([kept, new])

    asyncio.run(run())


def test_attaching_again_keeps_a_list_alive(tmp_path: Path) -> None:
    async def run() -> None:
        manifests = Manifests(tmp_path)
        path = await write(manifests, "a")
        ancient = time.time() - LIFE_S + 60
        os.utime(path, (ancient, ancient))
        assert await write(manifests, "a") == path
        assert path.stat().st_mtime > time.time() - 60

    asyncio.run(run())


def test_an_unfinished_list_cannot_be_read_as_a_whole_one(tmp_path: Path) -> None:
    async def run() -> None:
        writer = await Manifests(tmp_path).begin()
        await writer.add([manifest_line(location) for location in locations("a")])
        assert not list(tmp_path.glob("*.jsonl"))
        await writer.discard()
        assert not list(tmp_path.iterdir())

    asyncio.run(run())
