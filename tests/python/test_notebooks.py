"""A notebook's attachments in a script, and what they say of the instance that is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from kernels.conftest import collection
from lakedata import LakeData

import rucio_jupyterlab as rj
from lake.testing import Lake

from .conftest import Machine
from .kernels import kernel_on
from .test_headless import attachment, write


@pytest.mark.usefixtures("here")
def test_a_script_has_the_variables_of_a_notebook(
    tmp_path: Path, data: LakeData, lake: Lake
) -> None:
    coming, gone = (data.collection("dataset", data.files(1)) for _ in range(2))
    path = write(
        tmp_path / "analysis.ipynb",
        [
            attachment("electrons", lake.examples["available_dataset"]),
            attachment("coming", coming, instance="lake"),
            attachment("gone", gone),
            {**attachment("nonsuch", "demo:nonsuch"), "type": "file"},
            attachment("my.table", "no_did"),
            {"did": "demo:no_variable"},  # type: ignore[list-item] # as somebody may have edited it
        ],
        "electrons",
    )
    rj.did(coming).make_available()

    variables = rj.attached(path, wait=True, timeout=90)

    assert list(variables) == ["electrons", "coming", "gone", "nonsuch", "my.table"]
    assert Path(variables["electrons"][0]).is_file()
    assert variables["coming"].did_available
    assert "no copy of it is here" in repr(variables["gone"])
    # A name that R has given, and a DID that somebody has mistyped.
    assert "“no_did” is not a data identifier" in repr(variables["my.table"])
    assert repr(variables["nonsuch"]).startswith("<Rucio file demo:nonsuch, not available: ")


def test_what_is_no_notebook_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.ipynb").write_text("none")
    with pytest.raises(rj.NotebookError, match=r"notes\.ipynb is no notebook"):
        rj.attached(tmp_path / "notes.ipynb")
    with pytest.raises(rj.NotebookError, match="cannot be read"):
        rj.attached(tmp_path / "nowhere.ipynb")


def test_in_a_notebook_its_own_instance_is_meant(machine: Machine, tmp_path: Path) -> None:
    with kernel_on(machine, tmp_path) as kernel:
        comm = kernel.connect()
        kernel.inject(comm, {**collection("x", files=[]), "instance": "disk"})
        kernel.run("from rucio_jupyterlab.python.runtime import runtime")
        assert kernel.value("runtime().instance().name") == "disk"
        kernel.inject(comm, {**collection("y", files=[]), "instance": "lake"})
        # With several it is nobody's; the configuration's default is what is left.
        assert kernel.value("runtime().instance().name") == "lake"
        assert kernel.value("runtime().instance('disk').name") == "disk"
