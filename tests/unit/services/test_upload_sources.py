"""The files of an upload, from disks that may be slow or gone."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from rucio_jupyterlab.errors import FolderHangs, Forbidden, TooLarge
from rucio_jupyterlab.paths.contents import ContentsRoot
from rucio_jupyterlab.services.mounts import Mounts
from rucio_jupyterlab.services.uploads import sources
from rucio_jupyterlab.services.uploads.model import Source
from rucio_jupyterlab.services.uploads.sources import SourceFinder


def find(
    root: Path,
    paths: Sequence[str],
    *,
    scratch: Sequence[str] = (),
    home: Path | None = None,
    limit_s: float = 10,
) -> list[Source]:
    finder = SourceFinder(ContentsRoot(str(root)), str(home or root), Mounts(), limit_s)
    return asyncio.run(finder.find(paths, scratch))


def test_files_of_the_home_folder_and_of_scratch_space(tmp_path: Path) -> None:
    for folder in ("root", "home", "scratch", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x").write_bytes(b"x")
    root, home = tmp_path / "root", tmp_path / "home"
    scratch = [str(tmp_path / "scratch")]
    wanted = [str(tmp_path / folder / "x") for folder in ("root", "home", "scratch")]
    found = find(root, ["x", *wanted], scratch=scratch, home=home)
    assert [source.path for source in found] == wanted
    with pytest.raises(Forbidden):
        find(root, [str(tmp_path / "other" / "x")], scratch=scratch, home=home)
    with pytest.raises(Forbidden):
        find(root, [wanted[2]], home=home)


def test_a_name_that_is_no_text_is_shown_as_far_as_it_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.dat")).write_bytes(b"x")
    (source,) = find(tmp_path, ["f"])
    assert source.problem is not None
    assert source.path.encode("utf-8").endswith(b"?.dat")


def test_more_files_than_an_upload_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(11):
        (tmp_path / str(number)).touch()
    monkeypatch.setattr(sources, "MOST_FILES", 10)
    with pytest.raises(TooLarge):
        find(tmp_path, [str(tmp_path)])


def test_a_disk_that_does_not_answer_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over = threading.Event()
    monkeypatch.setattr(sources, "_gather", lambda *_: is_over.wait())
    with pytest.raises(FolderHangs):
        find(tmp_path, [str(tmp_path)], limit_s=0.1)
    is_over.set()
