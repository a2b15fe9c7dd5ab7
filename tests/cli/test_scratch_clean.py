"""A scratch storage is tidied up, and nobody misses anything afterwards."""

from __future__ import annotations

import json
import os
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Ended, Terminal
from .lakeside import SCOPE, Lakeside, until

# What a test has just made is older than this as soon as it is asked for.
NOTHING = "0s"


@pytest.fixture
def mount(lake: Lake) -> Path:
    return Path(lake.rses[lake.connection["scratch"]]["mount_path"])


@pytest.fixture
def folder(
    alice: Terminal, lake: Lake, lake_instance: dict[str, Any], mount: Path
) -> Iterator[Path]:
    """Alice's own on the scratch storage, which is configured in her Jupyter."""
    scratch = {"rse": lake.connection["scratch"], "mount_path": str(mount)}
    alice.configure({**lake_instance, "scratch": [scratch]})
    folder = mount / f"clean_{secrets.token_hex(4)}"
    folder.mkdir()
    yield folder
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    if folder.exists():
        folder.rmdir()


def clean(alice: Terminal, *words: str, older_than: str = NOTHING) -> Ended:
    return alice.datalake("scratch-clean", "--older-than", older_than, *words)


def outcomes(ended: Ended, folder: Path) -> dict[str, tuple[str, str | None]]:
    """What became of each path below ``folder``, and why."""
    lines = [json.loads(line) for line in ended.output.splitlines()]
    return {
        os.path.relpath(line["path"], folder): (line["outcome"], line["message"])
        for line in lines
        if Path(line["path"]).is_relative_to(folder)
    }


class TestWhatGoes:
    def test_forgotten_files_and_the_folders_that_become_empty(
        self, alice: Terminal, folder: Path
    ) -> None:
        (folder / "old" / "deep").mkdir(parents=True)
        (folder / "old" / "deep" / "a ä b.root").write_bytes(b"x" * 1500)
        (folder / "old" / "c.root").write_bytes(b"y")
        ended = clean(alice)
        assert ended.status == 0, ended.errors + ended.output
        assert not folder.exists()
        assert f"{folder}/old/deep/a ä b.root" in ended.output
        assert "Deleted" in ended.errors

    def test_a_dry_run_says_so_and_deletes_nothing(self, alice: Terminal, folder: Path) -> None:
        (folder / "a.root").write_bytes(b"x")
        ended = clean(alice, "--dry-run", "--json")
        assert ended.status == 0, ended.errors
        assert outcomes(ended, folder) == {"a.root": ("would_delete", None)}
        assert (folder / "a.root").exists()
        assert "Would delete" in ended.errors

    def test_young_ones_stay_though_their_own_time_is_old(
        self, alice: Terminal, folder: Path
    ) -> None:
        (folder / "written.root").write_bytes(b"x")
        unpacked = folder / "unpacked.root"
        unpacked.write_bytes(b"x")
        long_ago = time.time() - 30 * 86_400
        os.utime(unpacked, (long_ago, long_ago))
        ended = clean(alice, "--json", older_than="1h")
        assert ended.status == 0, ended.errors
        assert outcomes(ended, folder) == {}
        assert unpacked.exists()


class TestWhatStays:
    def test_what_rucio_has_a_replica_of(
        self, alice: Terminal, lake: Lake, lakeside: Lakeside, folder: Path
    ) -> None:
        name = f"kept_{secrets.token_hex(4)}.root"
        (folder / name).write_bytes(b"results")
        (folder / f"{name}.log").write_bytes(b"a name that only begins like it")
        sent = alice.datalake(
            "upload", "-s", SCOPE, "--rse", "CNAF-DISK", "--delay-deletion", name, cwd=folder
        )
        assert sent.status == 0, sent.errors
        ended = clean(alice, "--json")
        assert ended.status == 0, ended.errors
        assert outcomes(ended, folder) == {
            name: ("kept", f"Rucio has it as {SCOPE}:{name}."),
            f"{name}.log": ("deleted", None),
        }
        assert (folder / name).read_bytes() == b"results"

    def test_what_others_have_registered_there(
        self, alice: Terminal, lake: Lake, data: LakeData, folder: Path, mount: Path
    ) -> None:
        files = data.files(3, rse=lake.connection["scratch"])
        ended = clean(alice, "--json")
        assert ended.status == 0, ended.errors
        for did in files:
            (path,) = mount.rglob(did.partition(":")[2])
            assert path.exists()

    def test_what_an_upload_of_ones_own_needs(
        self, alice: Terminal, lake: Lake, folder: Path
    ) -> None:
        name = f"busy_{secrets.token_hex(4)}.root"
        (folder / name).write_bytes(b"results")
        words = ("upload", "-s", SCOPE, "--rse", "CNAF-DISK", str(folder / name))
        with lake.transfers(may_finish=0), alice.begun(*words) as upload:
            until(lambda: "running" in alice.datalake("status").output)
            ended = clean(alice, "--json")
            upload.send_signal(signal.SIGINT)
            upload.communicate(timeout=60)
        assert ended.status == 0, ended.errors
        assert outcomes(ended, folder)[name][0] == "kept"
        assert (folder / name).read_bytes() == b"results"

    def test_links_are_neither_followed_nor_deleted(
        self, alice: Terminal, folder: Path, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "thesis.tex").write_text("years of work")
        (folder / "folder").symlink_to(outside)
        (folder / "file").symlink_to(outside / "thesis.tex")
        (folder / "gone").symlink_to(folder / "nothing")
        ended = clean(alice, "--json")
        assert ended.status == 0, ended.errors
        found = outcomes(ended, folder)
        assert {name: outcome for name, (outcome, _) in found.items()} == {
            "folder": "kept",
            "file": "kept",
            "gone": "kept",
        }
        assert (outside / "thesis.tex").read_text() == "years of work"

    def test_everything_while_rucio_does_not_answer(
        self, alice: Terminal, folder: Path, lake: Lake, lake_instance: dict[str, Any], mount: Path
    ) -> None:
        (folder / "a.root").write_bytes(b"x")
        scratch = {"rse": lake.connection["scratch"], "mount_path": str(mount)}
        gone = "http://127.0.0.1:9"
        alice.configure(
            {**lake_instance, "scratch": [scratch], "rucio_base_url": gone, "rucio_auth_url": gone}
        )
        ended = clean(alice)
        assert ended.status == 2
        assert (folder / "a.root").exists()

    def test_everything_when_the_mount_is_not_what_rucio_calls_the_storage(
        self, alice: Terminal, folder: Path, lake: Lake, lake_instance: dict[str, Any], mount: Path
    ) -> None:
        (folder / "a.root").write_bytes(b"x")
        scratch = {
            "rse": lake.connection["scratch"],
            "mount_path": str(mount),
            "path_begins_at": 0,
        }
        alice.configure({**lake_instance, "scratch": [scratch]})
        ended = clean(alice, "--json")
        assert ended.status == 1
        outcome, reason = outcomes(ended, folder)["a.root"]
        assert outcome == "failed"
        assert reason is not None
        assert "Rucio could not be asked about it" in reason
        assert (folder / "a.root").exists()


class TestTrouble:
    def test_a_mount_that_is_not_there_ends_with_1_and_says_which(
        self, alice: Terminal, lake: Lake, lake_instance: dict[str, Any], tmp_path: Path
    ) -> None:
        scratch = {"rse": lake.connection["scratch"], "mount_path": str(tmp_path / "nothing")}
        alice.configure({**lake_instance, "scratch": [scratch]})
        ended = clean(alice)
        assert ended.status == 1
        assert f"is not mounted at {tmp_path / 'nothing'}" in ended.output

    @pytest.mark.parametrize("age", ["2", "soon", "-1d", "2 fortnights"])
    def test_an_age_that_is_none(self, alice: Terminal, folder: Path, age: str) -> None:
        ended = clean(alice, older_than=age)
        assert ended.status == 2
        assert "2d, 12h or 30m" in ended.errors

    def test_without_scratch_storage_it_says_who_configures_it(self, alice: Terminal) -> None:
        ended = clean(alice)
        assert ended.status == 2
        assert "has no scratch storage" in ended.errors
