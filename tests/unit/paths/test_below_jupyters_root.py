"""What Jupyter's file browser can show of a mount."""

from __future__ import annotations

import pytest

from rucio_jupyterlab.paths.contents import ContentsRoot


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/home/alice/lake", "lake"),
        ("/home/alice/data/lake/", "data/lake"),
        ("/home/alice", ""),
        ("/home/alice2/lake", None),
        ("/eos", None),
        ("/home/alice/../bob/lake", None),
        ("/home/alice/.cache/lake", None),
    ],
)
def test_a_mount_is_named_as_the_file_browser_names_it(path: str, shown: str | None) -> None:
    assert ContentsRoot("/home/alice").path_of(path) == shown


def test_everything_is_below_the_root_of_the_file_system() -> None:
    assert ContentsRoot("/").path_of("/eos/lake") == "eos/lake"


def test_a_server_that_shows_hidden_files_shows_hidden_mounts() -> None:
    assert ContentsRoot("/home/alice", shows_hidden=True).path_of("/home/alice/.lake") == ".lake"
