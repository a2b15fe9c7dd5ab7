"""Results go to the lake from a script."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

import rucio_jupyterlab as rj

from .conftest import Machine

RSE = "LUND-USERDISK"
SCOPE = "user.alice"
# Plots and tables: small, and different each time.
BYTES = 2000


@pytest.fixture
def folder(here: Machine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where she is, with plots in it."""
    folder = here.home / secrets.token_hex(4)
    (folder / "plots").mkdir(parents=True)
    for name in ("mass.png", "pt.png"):
        (folder / "plots" / f"{folder.name}_{name}").write_bytes(secrets.token_bytes(BYTES))
    monkeypatch.chdir(folder)
    return folder


def test_a_folder_of_plots_becomes_a_dataset(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = f"{SCOPE}:plots_{folder.name}"

    done = rj.upload("plots", scope=SCOPE, rse=RSE, dataset=dataset, lifetime_days=3)

    assert done.state == "done"
    names = {did.did for did in done}
    assert len(names) == 2 and all(folder.name in name for name in names)
    assert {child.did for child in rj.did(dataset).content} == names
    assert done.dataset == rj.did(dataset)
    assert "2 of 2 files" in capsys.readouterr().err

    again = rj.upload(
        [Path("plots")], scope=SCOPE, rse=RSE, dataset=dataset, lifetime_days=3, progress=False
    )
    assert (again.state, again.plan.counts["exists"]) == ("done", 2)


def test_other_content_under_a_known_name_is_refused_and_nothing_is_sent(folder: Path) -> None:
    (folder / "z.txt").write_text("first")
    rj.upload("z.txt", scope=SCOPE, rse=RSE, prefix=f"{folder.name}_", progress=False)
    (folder / "z.txt").write_text("second")
    (folder / "new.txt").write_text("not sent")

    with pytest.raises(rj.UploadRefused) as caught:
        rj.upload(["z.txt", "new.txt"], scope=SCOPE, rse=RSE, prefix=f"{folder.name}_")

    told = str(caught.value)
    assert f"{folder}/z.txt: " in told and "Nothing has been sent." in told
    assert told.count("z.txt: ") == 1
    assert rj.did(f"{SCOPE}:{folder.name}_new.txt").state == "unknown"


def test_an_upload_goes_on_while_the_script_does_something_else(folder: Path) -> None:
    begun = rj.upload("plots", scope=SCOPE, rse="country=SE", wait=False)
    assert begun.plan.place.rse == RSE
    assert begun.state in ("queued", "running", "done")
    assert begun.wait(progress=False).state == "done"
    assert begun.job["files_done"] == 2


def test_what_is_not_there_cannot_be_sent(folder: Path) -> None:
    with pytest.raises(rj.RucioError, match="nothing_here"):
        rj.upload("nothing_here.txt", scope=SCOPE, rse=RSE)
