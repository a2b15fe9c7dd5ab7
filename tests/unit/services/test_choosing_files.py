"""Folders that cannot be read, and a file system that does not answer."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from rucio_jupyterlab.errors import ExtensionError, FolderHangs
from rucio_jupyterlab.services.files import FilePicker
from rucio_jupyterlab.services.mounts import Mounts

NOBODY = 65534

FORK = multiprocessing.get_context("fork")


def _look(root: Path, path: Path, tell: Connection) -> None:
    """In a child process, which gives up what root may do."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        folder = asyncio.run(FilePicker(str(root), Mounts()).folder(str(path)))
        tell.send([(entry.name, entry.is_readable) for entry in folder.entries])
    except ExtensionError as error:
        tell.send((error.status, error.code))


def seen(root: Path, path: Path) -> Any:
    """What somebody sees who is not root."""
    receiver, sender = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_look, args=(root, path, sender))
    child.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        child.join()


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user of this machine can come to."""
    folder = Path(tempfile.mkdtemp(prefix="shared-"))
    folder.chmod(0o755)
    yield folder
    (folder / "private").chmod(0o700)
    shutil.rmtree(folder)


def test_what_the_user_may_not_read_is_shown_and_not_offered(shared: Path) -> None:
    (shared / "private").mkdir(mode=0o000)
    (shared / "private.pem").touch(mode=0o000)
    (shared / "public.pem").touch(mode=0o644)

    everything = seen(shared, shared)
    assert everything == [("private", False), ("private.pem", False), ("public.pem", True)]
    assert seen(shared, shared / "private") == (403, "folder_unreadable")


def test_a_home_that_hangs_is_given_up_and_not_looked_at_by_more_and_more_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A network home whose server is gone; a healthy file system cannot be made to do it.
    answers = threading.Event()
    real, looks = os.scandir, []

    def blocking(path: Any) -> Any:
        looks.append(path)
        answers.wait(30)
        return real(path)

    monkeypatch.setattr(os, "scandir", blocking)
    monkeypatch.setattr("rucio_jupyterlab.services.files.LOOK_LIMIT_S", 0.2)

    async def story() -> None:
        picker = FilePicker(str(tmp_path), Mounts())
        for _ in range(5):
            with pytest.raises(FolderHangs) as raised:
                await picker.folder(str(tmp_path))
        assert raised.value.status == 504
        assert raised.value.hint
        assert len(looks) == 1
        answers.set()

    try:
        asyncio.run(story())
    finally:
        answers.set()
