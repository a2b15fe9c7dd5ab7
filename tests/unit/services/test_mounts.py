"""Mounts that are there, are not there, or hang."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rucio_jupyterlab.services.mounts import MountHangs, Mounts


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Looks at paths called *stale* block, as on a FUSE mount whose server has died, until it is
    set.
    """
    alive = threading.Event()
    looks: list[str] = []
    exists = Path.exists

    def blocking(path: Path) -> bool:
        if "stale" in path.parts:
            looks.append(threading.current_thread().name)
            alive.wait(30)
        return exists(path)

    monkeypatch.setattr(Path, "exists", blocking)
    alive.looks = looks  # type: ignore[attr-defined]
    yield alive
    alive.set()


def test_a_folder_with_data_is_mounted_and_an_empty_one_is_a_place_for_a_mount(
    tmp_path: Path,
) -> None:
    full, empty, link = tmp_path / "full", tmp_path / "empty", tmp_path / "link"
    (full / "scope").mkdir(parents=True)
    empty.mkdir()
    link.symlink_to(full)

    async def look() -> list[str]:
        mounts = Mounts()
        paths = (full, empty, link, tmp_path / "none", full / "scope" / "file")
        return [await mounts.state(str(path)) for path in paths]

    expected = ["mounted", "missing", "mounted", "missing", "missing"]
    if tmp_path.stat().st_dev != Path("/").stat().st_dev:
        # Temporary folders lie on a file system of their own: there an empty one may be a mount.
        expected[1] = "mounted"
    assert asyncio.run(look()) == expected


def test_a_hanging_mount_keeps_nobody_waiting_and_gets_one_thread(
    tmp_path: Path, hanging: threading.Event
) -> None:
    stale, healthy = str(tmp_path / "stale"), str(tmp_path)

    async def look() -> None:
        mounts = Mounts(look_limit_s=0.2)
        with pytest.raises(MountHangs):
            await mounts.existing(stale, [f"{stale}/file"])
        # Known to hang: not looked at a second time.
        for _ in range(20):
            with pytest.raises(MountHangs):
                await mounts.existing(stale, [f"{stale}/file"])
        # Another mount is not held up.
        assert await mounts.existing(healthy, [healthy, f"{healthy}/none"]) == [True, False]

        # Once it answers again, it is looked at again.
        hanging.set()
        await asyncio.sleep(0.1)
        assert await mounts.existing(stale, [f"{stale}/file"]) == [False]

    asyncio.run(look())
    assert len(hanging.looks) == 2  # type: ignore[attr-defined]
