"""Notebooks with attachments that run without a browser, by the real tools."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from kernels.conftest import file
from lakedata import LakeData

import demo.notebook
import rucio_jupyterlab as rj
from lake.testing import Lake

from .conftest import Ended, Machine
from .kernels import kernel_on
from .manuals import blocks

# What the manual says, on a notebook that is called so: each reads it and writes another.
NAME = "analysis.ipynb"
RESULT = "result.ipynb"
COMMANDS, (WAITING,) = (block.splitlines() for block in blocks("headless.md", "bash"))
NBCONVERT = COMMANDS[0]


def attachment(variable_name: str, did: str, **more: str) -> dict[str, str]:
    """As the browser writes it."""
    return {"did": did, "type": "collection", "variableName": variable_name, **more}


def write(path: Path, attached: list[dict[str, str]], *cells: str) -> Path:
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "rucio_attachments": attached,
    }
    notebook = nbformat.v4.new_notebook(metadata=metadata)
    notebook.cells = [nbformat.v4.new_code_cell(code) for code in cells]
    nbformat.write(notebook, path)
    return path


def execute(machine: Machine, command: str, folder: Path) -> Ended:
    return machine.run("bash", "-c", command, cwd=folder)


def printed(notebook: Path) -> str:
    document: dict[str, Any] = json.loads(notebook.read_text())
    outputs = [output for cell in document["cells"] for output in cell.get("outputs", ())]
    return "".join("".join(output.get("text", ())) for output in outputs)


@pytest.fixture
def folder(machine: Machine, tmp_path: Path) -> Path:
    # Beside the home, so that the notebook is where the tool is started, and nowhere known.
    folder = tmp_path / "analysis"
    folder.mkdir()
    return folder


@pytest.fixture
def demo_notebook(folder: Path, lake: Lake, here: Machine) -> Path:
    """*Start here*, after somebody has followed it."""
    did = lake.examples["dimuon_dataset"]
    rj.did(did).make_available(wait=True, timeout=90, progress=False)
    notebook = nbformat.read(
        demo.notebook.write(folder, username="alice", password="-"), as_version=4
    )
    notebook.metadata["rucio_attachments"] = [attachment("dimuon", did, instance="lake")]
    nbformat.write(notebook, folder / NAME)
    return folder / NAME


@pytest.mark.parametrize("command", COMMANDS)
def test_the_demo_notebook_runs(machine: Machine, demo_notebook: Path, command: str) -> None:
    before = demo_notebook.read_bytes()

    ended = execute(machine, command, demo_notebook.parent)

    assert ended.status == 0, ended.errors
    assert "files, the first one is /" in printed(demo_notebook.parent / RESULT)
    assert (demo_notebook.parent / "dimuon_mass.png").stat().st_size > 0
    assert demo_notebook.read_bytes() == before


def test_what_is_on_its_way_is_waited_for_where_that_is_wanted(
    machine: Machine, here: Machine, folder: Path, data: LakeData, lake: Lake
) -> None:
    did = data.collection("dataset", data.files(2))
    write(folder / NAME, [attachment("later", did)], "for path in later: print(open(path))")
    with lake.paused_daemons():
        rj.did(did).make_available()
        hasty = execute(machine, NBCONVERT, folder)
    assert hasty.status == 1
    assert "DIDNotAvailable" in hasty.errors and "make_available" in hasty.errors

    patient = execute(machine, WAITING, folder)

    assert patient.status == 0, patient.errors
    assert printed(folder / RESULT).count("test_") == 2


def test_two_notebooks_of_one_command_have_each_their_own(
    machine: Machine, folder: Path, data: LakeData, lake: Lake
) -> None:
    here, gone = lake.examples["available_dataset"], data.collection("dataset", data.files(1))
    write(folder / "a.ipynb", [attachment("x", here), attachment("y", gone)], "print(x.did)", "y")
    write(folder / "b.ipynb", [attachment("x", gone)], "print(x.did_available)")

    ended = machine.run(
        "jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace", "*.ipynb", cwd=folder
    )

    assert ended.status == 0, ended.errors
    assert f"{here}\n" in printed(folder / "a.ipynb")
    assert f"Rucio: y ({gone}) is not available: " in printed(folder / "a.ipynb")
    assert "False\n" in printed(folder / "b.ipynb")


def test_a_rucio_that_is_away_leaves_variables_that_say_so(
    machine: Machine, folder: Path, lake: Lake
) -> None:
    write(
        folder / NAME,
        [attachment("x", "demo:x"), attachment("y", "demo:y", instance="moon")],
        "print(repr(x)); print(repr(y))",
    )
    away = {"RUCIO_NAME": "away", "RUCIO_BASE_URL": "http://127.0.0.1:9"}
    nobody = Machine(folder, away)
    assert execute(nobody, NBCONVERT, folder).status == 0
    said = printed(folder / RESULT)
    assert "demo:x, not available: " in said
    assert "demo:y, not available: There is no Rucio instance “moon” here." in said


def test_a_browser_that_has_come_is_left_to_do_it(
    machine: Machine, folder: Path, lake: Lake
) -> None:
    here = lake.examples["available_dataset"]
    path = write(folder / "open.ipynb", [attachment("x", here)], "x")
    with kernel_on(machine, folder, RUCIO_NOTEBOOK=str(path)) as kernel:
        comm = kernel.connect()
        assert "NameError" in str(kernel.run("x").error)
        kernel.inject(comm, file("x", folder / "by_the_browser"))
        assert kernel.value("x") == str(folder / "by_the_browser")


def test_a_browser_that_comes_later_replaces_what_was_resolved(
    machine: Machine, folder: Path, lake: Lake
) -> None:
    here = lake.examples["available_dataset"]
    path = write(folder / "open.ipynb", [attachment("x", here)], "x")
    with kernel_on(machine, folder, RUCIO_NOTEBOOK=str(path)) as kernel:
        assert kernel.run("print(x.did)").printed == f"{here}\n"
        assert kernel.run("%who").printed.split() == ["x"]
        comm = kernel.connect()
        kernel.inject(comm, file("x", folder / "by_the_browser"))
        assert kernel.value("x") == str(folder / "by_the_browser")
        answer = kernel.say(comm, {"action": "remove", "variable_names": ["x"]})
        assert answer["action"] == "ack-remove"
        assert "NameError" in str(kernel.run("x").error)


def test_a_kernel_of_no_notebook_begins_with_nothing_of_ours(
    machine: Machine, folder: Path
) -> None:
    with kernel_on(machine, folder, JPY_SESSION_NAME=str(folder / "open.ipynb")) as kernel:
        heavy = "{'httpx', 'rucio_jupyterlab.python', 'rucio_jupyterlab.services'}"
        quiet = kernel.run("import sys")
        assert (quiet.printed, quiet.told) == ("", "")
        assert kernel.value(f"sorted({heavy} & set(sys.modules))") == []
        assert kernel.value("[name for name in dir() if 'rucio' in name.lower()]") == []
        assert kernel.run("%lsmagic").error is None
        assert "%rucio" in str(kernel.run("%lsmagic").result)


def test_an_environment_without_the_package_begins_in_silence(
    machine: Machine, folder: Path
) -> None:
    (folder / "rucio_jupyterlab.py").write_text("raise ImportError('it is not installed')")
    ended = machine.run(
        sys.executable, "-m", "IPython", "--colors=NoColor", "-c", "print(6 * 7)",
        PYTHONPATH=str(folder),
    )  # fmt: skip
    assert (ended.output, ended.errors) == ("42\n", "")


def test_how_long_to_wait_has_to_be_a_number(machine: Machine, folder: Path, lake: Lake) -> None:
    here, nothing = lake.examples["available_dataset"], lake.examples["empty"]
    path = write(folder / "open.ipynb", [attachment("x", here), attachment("none", nothing)], "x")
    with kernel_on(machine, folder, RUCIO_NOTEBOOK=str(path), RUCIO_WAIT="10m") as kernel:
        told = kernel.run("1").told
        assert told == "Rucio: RUCIO_WAIT is “10m”, which is no number of seconds. " + (
            "Nothing was attached.\n"
        )
        kernel.run(f"%rucio notebook {path}")
        # As in the browser, an empty dataset has all of its none.
        assert kernel.value("(len(x) > 0, list(none), none.did_available)") == (True, [], True)
