"""Where local copies lie: a place of its own for any DID, below the root, that can be read back."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.jobs.layout import (
    LONGEST_PIECE,
    MARKER,
    PARTS,
    Layout,
    file_did,
    file_name,
    piece,
    text_of,
)

ROOT = "/home/alice/rucio/lake/downloads"
# File systems take 255, and ``.changed-`` with six digits may be put into it.
LONGEST_NAME = 240

TEXTS = st.text(
    alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\0"),
    min_size=1,
    max_size=300,
)
# Such as people and attackers come up with.
TRICKY = st.lists(
    st.sampled_from(["..", ".", "/", "~", "%", "%2E", "a", "0123456789abcdef", " ", "é", ".root"]),
    min_size=1,
    max_size=6,
).map("".join)
NAMES = TEXTS | TRICKY
SCOPES = NAMES.filter(lambda text: ":" not in text)
DIDS = st.builds(Did, SCOPES, NAMES)


@given(NAMES, NAMES)
def test_different_texts_have_different_pieces(one: str, other: str) -> None:
    assert (piece(one) == piece(other)) is (one == other)


@given(NAMES)
def test_a_piece_is_one_name_that_is_neither_hidden_nor_too_long(text: str) -> None:
    found = piece(text)
    assert PurePosixPath(found).parts == (found,)
    assert not found.startswith(".")
    assert found not in (MARKER, PARTS)
    assert len(found.encode()) <= LONGEST_PIECE


@given(NAMES)
def test_what_was_not_cut_is_read_back(text: str) -> None:
    assert text_of(piece(text)) in (text, None)
    if len(text) <= 20:
        assert text_of(piece(text)) == text


@given(DIDS, DIDS)
def test_no_two_dids_share_a_folder_and_none_leaves_the_root(one: Did, other: Did) -> None:
    layout = Layout(ROOT)
    folder = layout.folder(one)
    assert (folder == layout.folder(other)) is (one == other)
    assert os.path.normpath(folder) == folder
    assert Path(folder).parent.parent == Path(ROOT)
    assert not Path(folder).is_relative_to(layout.parts)


@given(DIDS, DIDS, DIDS)
def test_no_two_files_of_a_dataset_share_a_name(one: Did, other: Did, dataset: Did) -> None:
    name = file_name(one, dataset)
    assert (name == file_name(other, dataset)) is (one == other)
    assert PurePosixPath(name).parts == (name,)
    assert not name.startswith(".")
    assert len(name.encode()) <= LONGEST_NAME


@given(DIDS, DIDS)
def test_a_file_is_known_by_its_name_unless_that_was_cut(file: Did, dataset: Did) -> None:
    assert file_did(file_name(file, dataset), dataset) in (file, None)


@given(st.builds(Did, st.text("abc._-", min_size=1, max_size=20), TRICKY), DIDS)
def test_short_names_are_never_cut(file: Did, dataset: Did) -> None:
    assert file_did(file_name(file, dataset), dataset) == file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run_7.root", "run_7.root"),
        ("/store/data/f.root", "%2Fstore%2Fdata%2Ff.root"),
        ("..", "%2E%2E"),
        (".bashrc", "%2Ebashrc"),
        ("~root", "%7Eroot"),
        ("a b ç 数.csv", "a b ç 数.csv"),
        ("a\nb", "a%0Ab"),
    ],
)
def test_what_a_person_can_read_stays(text: str, expected: str) -> None:
    assert piece(text) == expected


@pytest.mark.parametrize("length", [250, 1024])
def test_long_names_keep_their_beginning_and_what_kind_of_file_they_are(length: int) -> None:
    name = "数" * (length - 5) + ".root"
    found = piece(name)
    assert found.startswith("数数数")
    assert found.endswith(".root")
    assert text_of(found) is None
    file = Did("s" * 100, name)
    assert len(file_name(file, Did("demo", "dataset")).encode()) <= LONGEST_NAME
    assert file_name(file, Did("demo", "dataset")).endswith(".root")
