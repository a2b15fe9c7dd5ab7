"""Local copies as users leave them: half deleted, changed, and from the extension of before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.jobs.layout import MARKER, Layout
from rucio_jupyterlab.services.copies import disk, legacy

DATASET = Did("demo", "run_7")
FILE = Did("demo", "f.root")
OLD = Did("user.alice", "/store/old one")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """With a complete copy of two files, one of which is of another scope."""
    folder = Path(Layout(str(tmp_path)).folder(DATASET))
    folder.mkdir(parents=True)
    (folder / "f.root").write_bytes(b"12345")
    (folder / "cms~%2Fstore%2Fg.root").write_bytes(b"123")
    marker = {"did": str(DATASET), "type": "dataset", "is_complete": True, "files": 2}
    (folder / MARKER).write_text(json.dumps(marker))
    return tmp_path


def old_copy(root: Path, paths: object, name: str | None = None) -> Path:
    folder = root / (name or legacy.folder_name(OLD))
    folder.mkdir()
    (folder / legacy.DONE_FILE).write_text(json.dumps(paths))
    return folder


def test_what_is_in_a_copy_is_what_is_on_the_disk(root: Path) -> None:
    (copy,) = disk.all_copies(root)
    assert (copy.did, copy.files, copy.size_bytes, copy.is_complete) == (DATASET, 2, 8, True)
    assert [str(did) for did in disk.files_of(root, DATASET)] == [
        "cms:/store/g.root",
        "demo:f.root",
    ]
    Path(copy.path, "f.root").unlink()
    # What users put beside it is theirs.
    Path(copy.path, "plots").mkdir()
    Path(copy.path, ".ipynb_checkpoints").mkdir()
    (copy,) = disk.all_copies(root)
    assert (copy.files, copy.is_complete) == (1, False)
    assert FILE not in disk.find(root, [FILE]).files


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"did": 7}', '{"did": "x"}', '{"a": 1}'])
def test_a_marker_that_says_nothing_is_no_copy(root: Path, content: str) -> None:
    (Path(Layout(str(root)).folder(DATASET)) / MARKER).write_text(content)
    assert disk.all_copies(root) == []
    assert disk.find(root, [DATASET, FILE]).copies == {}


def test_deleting_frees_what_no_other_copy_has(root: Path) -> None:
    other = Path(Layout(str(root)).folder(FILE))
    other.mkdir(parents=True)
    shared = Path(Layout(str(root)).folder(DATASET), "f.root")
    (other / "f.root").hardlink_to(shared)
    (copy,) = disk.all_copies(root)
    assert disk.delete(root, copy) == 3
    assert (other / "f.root").read_bytes() == b"12345"
    assert not Path(copy.path).exists()
    assert not list((root / ".parts").iterdir())


def test_a_copy_of_before_is_found_by_its_name(root: Path) -> None:
    path = root / "somewhere.root"
    path.write_bytes(b"12")
    old_copy(root, {"paths": {str(FILE): str(path)}})
    found = disk.find(root, [OLD])
    copy = found.copies[OLD]
    assert (copy.did, copy.is_legacy, copy.files, copy.size_bytes) == (OLD, True, 1, 2)
    assert legacy.files(root) == {FILE: path}


@pytest.mark.parametrize(
    "paths",
    [
        [],
        7,
        {},
        {"paths": []},
        {"paths": {}},
        {"paths": {"demo:x": "/not/there"}},
        {"paths": {"x": 1}},
    ],
)
def test_a_copy_of_before_that_is_not_whole_is_none(root: Path, paths: object) -> None:
    old_copy(root, paths)
    assert legacy.all_copies(root) == []
    assert legacy.copy_of(root, OLD) is None
    assert [copy.did for copy in disk.all_copies(root)] == [DATASET]


@pytest.mark.parametrize("name", ["a", "1890", "UPPER", "mzxw6", "aaaaaaaaa"])
def test_other_folders_with_such_a_file_are_let_be(root: Path, name: str) -> None:
    path = root / "x"
    path.touch()
    old_copy(root, {"paths": {str(FILE): str(path)}}, name)
    assert legacy.all_copies(root) == []


def test_a_root_that_is_not_there_has_no_copies(tmp_path: Path) -> None:
    for root in (tmp_path / "none", tmp_path / "file"):
        (tmp_path / "file").touch()
        assert disk.all_copies(root) == []
        assert disk.find(root, [DATASET]).copies == {}
        assert disk.files_of(root, DATASET) == {}
        disk.free_bytes(root)
