"""``%rucio`` in the cells of a real kernel."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from kernels.conftest import Kernel
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Machine
from .kernels import kernel_on, offers
from .test_headless import attachment, write


@pytest.fixture(scope="module")
def kernel(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One for all cells: each makes variables of its own."""
    with kernel_on(machine, tmp_path_factory.mktemp("kernel")) as kernel:
        yield kernel


def test_help_says_what_there_is(kernel: Kernel) -> None:
    shown = kernel.run("%rucio help").printed
    for action in ("search", "attach", "ls", "upload", "notebook"):
        assert f"%rucio {action} " in shown
    assert kernel.run("%rucio").printed == shown


def test_data_are_found(kernel: Kernel, lake: Lake) -> None:
    dataset = lake.examples["dimuon_dataset"]
    assert kernel.run("found = %rucio search demo:dimuon* --type dataset").error is None
    assert dataset in kernel.value("[item.did for item in found]")
    listed = kernel.run("%rucio search demo:* --type dataset --filter 'run_number >= 100' -n 2")
    assert listed.error is None and "run_number >= 100" in str(listed.result)


def test_scopes_and_collections_are_listed(kernel: Kernel, lake: Lake) -> None:
    assert "demo\n" in kernel.run("%rucio ls").printed
    container = lake.examples["container"]
    assert "dataset    demo:" in kernel.run(f"%rucio ls {container}").printed
    short = kernel.run("%rucio ls demo --limit 2").printed.splitlines()
    assert (len(short), short[-1]) == (3, "There are more: these are the first 2.")


def test_a_dataset_becomes_a_variable(kernel: Kernel, lake: Lake) -> None:
    did = lake.examples["available_dataset"]
    cell = kernel.run(f"%rucio attach {did} as electrons")
    assert (cell.error, cell.printed.startswith("electrons = <Rucio collection")) == (None, True)
    assert kernel.value("[open(path, 'rb').read(4) for path in electrons][0]") == b"root"


def test_what_is_not_here_is_brought_where_that_is_wanted(kernel: Kernel, data: LakeData) -> None:
    (file,) = data.files(1)
    assert "not available" in kernel.run(f"%rucio attach {file} as brought").printed
    cell = kernel.run(f"%rucio attach {file} as brought --make-available --wait 90")
    assert cell.error is None, cell.error
    assert kernel.value("(len(open(brought, 'rb').read()), brought.did)") == (1000, file)


def test_a_variable_that_is_not_here_can_be_waited_for(kernel: Kernel, data: LakeData) -> None:
    did = data.collection("dataset", data.files(2))
    kernel.run(f"%rucio attach {did} as later")
    cell = kernel.run(
        f"import rucio_jupyterlab as rj; _ = rj.did({did!r}).make_available(); _ = later.wait(90)"
    )
    assert cell.error is None, cell.error
    assert "Warning" not in cell.printed + cell.told
    assert kernel.value("(len(later), later.did_available)") == (2, True)


def test_a_notebooks_attachments_are_taken_from_its_file(
    kernel: Kernel, lake: Lake, tmp_path: Path
) -> None:
    attached = [attachment("constants", lake.examples["file_at_destination"])]
    path = write(tmp_path / "my analysis.ipynb", attached, "constants")
    assert kernel.run(f"%rucio notebook '{path}'").error is None
    assert kernel.value("open(constants).readline()").startswith("channel")


def test_a_file_is_uploaded(kernel: Kernel, tmp_path: Path) -> None:
    name = f"z_{secrets.token_hex(4)}.png"
    (tmp_path / name).write_bytes(secrets.token_bytes(1000))
    cell = kernel.run(f"%rucio upload {tmp_path / name} --scope user.alice --rse LUND-USERDISK")
    assert cell.error is None, cell.error
    assert "upload" in str(cell.result) and "LUND-USERDISK" in str(cell.result)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("%rucio fetch demo:x", "invalid choice: 'fetch'"),
        ("%rucio attach demo:x", "as, VARIABLE"),
        ("%rucio attach demo:x as class", "cannot be the name of a Python variable"),
        ("%rucio attach dimuon as x", "is not a data identifier"),
        ("%rucio notebook nowhere.ipynb", "nowhere.ipynb cannot be read"),
        ("%rucio search 'demo", "No closing quotation"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(kernel: Kernel, line: str, told: str) -> None:
    cell = kernel.run(line)
    assert told in f"{cell.error}{cell.printed}{cell.told}"


def test_the_tab_key_offers_actions_scopes_and_dids(kernel: Kernel, lake: Lake) -> None:
    assert offers(kernel, "%rucio at", "%rucio attach")
    assert offers(kernel, "%rucio attach user.a", "%rucio attach user.alice:")
    dataset = lake.examples["dimuon_dataset"]
    assert offers(kernel, "%rucio attach demo:dimu", f"%rucio attach {dataset}")
    assert offers(kernel, "%rucio search demo:dimuon_20", f"%rucio search {dataset}")
    assert offers(kernel, f"%rucio attach {dataset} ", f"%rucio attach {dataset} as")
    assert offers(kernel, "%rucio upload x --scope us", "%rucio upload x --scope user.alice")
    assert offers(kernel, "%rucio search demo:* --ty", "%rucio search demo:* --type")


def test_the_tab_key_knows_difficult_names(kernel: Kernel, lake: Lake) -> None:
    cms = lake.examples["cms_dataset"]
    assert offers(kernel, "%rucio ls cms:/DYJets", f"%rucio ls {cms}")
