"""Others write to scratch storage while it is tidied up, and some of them play tricks."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from rucio_jupyterlab.services.scratch.folder import HasChanged, OldFile, ScratchFolder


@pytest.fixture
def mount(tmp_path: Path) -> Path:
    mount = tmp_path / "mount"
    (mount / "a" / "b").mkdir(parents=True)
    (mount / "a" / "b" / "old.root").write_bytes(b"12345")
    return mount


def old_files(mount: Path) -> list[OldFile]:
    return ScratchFolder(str(mount)).look(0.0).old


def test_it_finds_regular_files_at_any_depth_with_their_sizes(mount: Path) -> None:
    (mount / ".hidden").write_bytes(b"1")
    os.mkfifo(mount / "pipe")
    found = {file.parts: file.size_bytes for file in old_files(mount)}
    assert found == {("a", "b", "old.root"): 5, (".hidden",): 1}


def test_young_is_what_was_written_or_put_there_lately(mount: Path) -> None:
    unpacked = mount / "unpacked.root"
    unpacked.write_bytes(b"x")
    long_ago = time.time() - 1e7
    os.utime(unpacked, (long_ago, long_ago))
    listing = ScratchFolder(str(mount)).look(3600.0)
    assert (listing.old, listing.young) == ([], 2)


def test_a_mount_that_is_a_link_is_looked_into_and_links_below_it_are_not(
    mount: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "thesis.tex").write_text("years")
    (mount / "out").symlink_to(outside)
    (mount / "round").symlink_to(mount)
    link = tmp_path / "link"
    link.symlink_to(mount)
    listing = ScratchFolder(str(link)).look(0.0)
    assert [file.parts for file in listing.old] == [("a", "b", "old.root")]
    assert {parts for parts, _ in listing.skipped} == {("out",), ("round",)}


def test_a_folder_that_was_replaced_by_a_link_leads_nowhere(mount: Path, tmp_path: Path) -> None:
    (file,) = old_files(mount)
    outside = tmp_path / "outside"
    (mount / "a" / "b").rename(outside)
    (mount / "a" / "b").symlink_to(outside)
    with pytest.raises(HasChanged):
        ScratchFolder(str(mount)).delete(file)
    assert (outside / "old.root").read_bytes() == b"12345"
    assert ScratchFolder(str(mount)).remove_empty(("a", "b")) == 0


def test_a_file_that_was_written_to_since_stays(mount: Path) -> None:
    (file,) = old_files(mount)
    (mount / "a" / "b" / "old.root").write_bytes(b"54321")
    with pytest.raises(HasChanged):
        ScratchFolder(str(mount)).delete(file)
    assert (mount / "a" / "b" / "old.root").exists()


def test_one_that_is_gone_already_is_no_trouble(mount: Path) -> None:
    (file,) = old_files(mount)
    (mount / "a" / "b" / "old.root").unlink()
    (mount / "a" / "b").rmdir()
    with pytest.raises(HasChanged):
        ScratchFolder(str(mount)).delete(file)


def test_folders_go_when_they_are_empty_and_the_mount_never(mount: Path) -> None:
    folder = ScratchFolder(str(mount))
    (file,) = old_files(mount)
    folder.delete(file)
    (mount / "a" / "keeps.root").write_bytes(b"x")
    assert folder.remove_empty(("a", "b")) == 1
    (mount / "a" / "keeps.root").unlink()
    assert folder.remove_empty(("a",)) == 1
    assert mount.is_dir()
    assert not list(mount.iterdir())


def test_it_does_not_enter_what_is_mounted_below() -> None:
    listing = ScratchFolder("/dev").look(0.0)
    assert ("shm",) in [parts for parts, _ in listing.skipped]
    assert all(file.parts[0] != "shm" for file in listing.old)
