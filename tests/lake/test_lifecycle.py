"""A lake comes up, says where it is, and goes away without a trace."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import SignIn
from lake_user import becomes_true

from lake import apache, postgres
from lake.errors import LakeError
from lake.mounts import mounts_below
from lake.state import Options, State
from lake.testing import Lake, running_lake
from lake.up import start_lake

REPOSITORY = Path(__file__).resolve().parents[2]


def lake_command(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """``python -m lake`` as a person types it."""
    return subprocess.run(
        [sys.executable, "-m", "lake", *map(str, words)],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """For a lake's state; whatever a failed test leaves running there is ended."""
    path = tmp_path_factory.mktemp("lake")
    yield path
    lake_command("down", "--state", path)


def test_up_once_up_twice_up_after_a_loss_down_and_up_again(folder: Path, sign_in: SignIn) -> None:
    first = lake_command("up", "--state", folder)
    assert first.returncode == 0, first.stderr
    assert "sign in as   alice" in first.stdout
    document = json.loads((folder / "lake.json").read_text())
    assert stat.S_IMODE((folder / "lake.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "rucio/etc/rucio.cfg").stat().st_mode) == 0o600
    assert all(is_alive(pid) for pid in document["pids"].values())
    assert lake_command("status", "--state", folder).returncode == 0

    second = lake_command("up", "--state", folder)
    assert (second.returncode, "was up already" in second.stdout) == (0, True)
    assert json.loads((folder / "lake.json").read_text())["pids"] == document["pids"]

    with_tls = lake_command("up", "--tls", "--state", folder)
    assert (with_tls.returncode, "is up without TLS" in with_tls.stderr) == (1, True)

    os.kill(document["pids"]["daemons"], signal.SIGKILL)
    assert becomes_true(lambda: not is_alive(document["pids"]["daemons"]))
    third = lake_command("up", "--state", folder)
    assert (third.returncode, "was up already" in third.stdout) == (0, False)
    assert not any(is_alive(pid) for pid in document["pids"].values())
    document = json.loads((folder / "lake.json").read_text())
    assert all(is_alive(pid) for pid in document["pids"].values())

    rule = sign_in(Lake(document), "alice").ask_for("demo:dimuon_2022", "EULAKE-1")
    assert lake_command("down", "--state", folder).returncode == 0
    assert not any(is_alive(pid) for pid in document["pids"].values())
    with pytest.raises(httpx.ConnectError):
        httpx.get(document["rucio_url"] + "/ping", trust_env=False)
    after = lake_command("status", "--state", folder)
    assert (after.returncode, "python -m lake up" in after.stdout) == (1, True)
    assert lake_command("down", "--state", folder).returncode == 0

    assert lake_command("up", "--state", folder).returncode == 0
    again = Lake(json.loads((folder / "lake.json").read_text()))
    sign_in(again, "alice").rule_in_state(rule, "OK")

    assert lake_command("down", "--state", folder).returncode == 0
    over_tls = lake_command("up", "--tls", "--state", folder)
    assert (over_tls.returncode, over_tls.stderr) == (0, "")
    document = json.loads((folder / "lake.json").read_text())
    assert f"over TLS     {document['tls']['rucio_url']}" in over_tls.stdout
    assert document["tls"]["auth_url"] in lake_command("status", "--state", folder).stdout
    os.kill(document["pids"]["tls-front"], signal.SIGKILL)
    assert becomes_true(lambda: not is_alive(document["pids"]["tls-front"]))
    mended = lake_command("up", "--tls", "--state", folder)
    assert (mended.returncode, "was up already" in mended.stdout) == (0, False)
    # Nothing is left of the one that was killed, its children included.
    with pytest.raises(httpx.ConnectError):
        httpx.get(document["tls"]["auth_url"], trust_env=False)

    other = lake_command("up", "--storage", "xrootd", "--state", folder)
    assert other.returncode == 1
    assert "posix storage" in other.stderr and "--state" in other.stderr
    assert lake_command("down", "--delete", "--state", folder).returncode == 0
    assert not (folder / "storage").exists()


def test_two_lakes_side_by_side_do_not_know_of_each_other(
    lake: Lake, sign_in: SignIn, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The second one is not asked for TLS, and does without Apache.
    monkeypatch.setattr(apache, "APACHE", folder / "apache2")
    with running_lake() as other:
        assert other.connection["tls"] is None
        with pytest.raises(LakeError, match="--tls"):
            other.make_proxy(folder / "proxy.pem")
        assert not set(lake.connection["pids"].values()) & set(other.connection["pids"].values())
        root = sign_in(other, "root")
        root.request("POST", "/dids/demo/only_here", {"type": "DATASET"}).raise_for_status()
        assert root.did("demo:only_here")
        here = sign_in(lake, "root")
        assert here.request("GET", "/dids/demo/only_here").status_code == 404
        # The same seed gives the same data.
        for key in ("csv", "parquet", "hdf5", "fits"):
            did = lake.examples[key]
            assert here.did(did)["adler32"] == root.did(did)["adler32"]
        other_folder, other_pids = other.state.root, other.connection["pids"].values()
    assert not other_folder.exists()
    assert not any(is_alive(pid) for pid in other_pids)
    assert all(is_alive(pid) for pid in lake.connection["pids"].values())
    assert sign_in(lake, "alice").did("demo:dimuon_2021")


@pytest.mark.xrootd
def test_mounts_go_even_when_the_servers_behind_them_were_killed() -> None:
    with running_lake(storage="xrootd", seed=False) as lake:
        state, pids = lake.state, lake.connection["pids"]
        assert len(mounts_below(state.mounts)) == 2
        os.kill(pids["xrootd-eulake_1"], signal.SIGKILL)
        os.kill(pids["mount-jupyter_scratchdisk"], signal.SIGKILL)
        lake.down()
        assert mounts_below(state.mounts) == []
        assert not any(is_alive(pid) for pid in pids.values())


def test_a_start_that_fails_says_why_and_leaves_nothing_running(folder: Path) -> None:
    state = State(folder)
    state.write_options(Options(seed=False))
    state.built_file.write_text("{}")  # As if complete; the catalogue has gone since.

    failed = lake_command("up", "--no-seed", "--state", folder)

    assert failed.returncode == 1
    assert failed.stderr.startswith("lake: The lake's catalogue could not be built.")
    assert "no such table" in failed.stderr
    assert "running" not in lake_command("status", "--state", folder).stdout


def test_what_is_missing_for_xrootd_is_said_with_the_command_that_installs_it(folder: Path) -> None:
    answer = lake_command("up", "--storage", "xrootd", "--state", folder, PATH="/nowhere")
    assert answer.returncode == 1
    assert "xrootdfs" in answer.stderr
    assert "apt-get install" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_without_postgresql_the_command_that_installs_it_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "DEBIAN", folder)
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(LakeError, match="apt-get install"):
        start_lake(State(folder), Options(db="postgres"), print)


def test_a_folder_that_is_not_a_lakes_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    answer = lake_command("down", "--delete", "--state", tmp_path)
    assert answer.returncode == 1
    assert "nothing in it was deleted" in answer.stderr
    assert (tmp_path / "thesis.tex").read_text() == "years of work"
