"""The Python API in the cells of a notebook, where an event loop runs and people interrupt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kernels.conftest import TIMEOUT_S, Kernel
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Machine
from .kernels import kernel_on


@pytest.fixture(scope="module")
def kernel(machine: Machine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with kernel_on(machine, tmp_path_factory.mktemp("kernel")) as kernel:
        kernel.run("import rucio_jupyterlab as rj")
        yield kernel


def test_a_did_is_shown_below_its_cell(kernel: Kernel, lake: Lake) -> None:
    did = lake.examples["available_dataset"]
    assert kernel.run(f"ds = rj.did({did!r}); ds").result == f"<Rucio DID {did}>"
    assert str(kernel.run("ds.files").result).startswith(f"<Rucio collection {did}, 4 files")
    assert kernel.run("len(ds), ds").result == f"(4, <Rucio dataset {did}>)"


def test_interrupting_the_kernel_ends_the_waiting_and_no_more(
    kernel: Kernel, data: LakeData, lake: Lake
) -> None:
    (file,) = data.files(1)
    with lake.paused_daemons():
        kernel.client.execute(
            f"file = rj.did({file!r}).make_available(); print(file.state)\n"
            "file.wait(progress=False)"
        )
        assert kernel.hear("stream")["text"] == "replicating\n"
        kernel.manager.interrupt_kernel()
        assert kernel.hear("error")["ename"] == "KeyboardInterrupt"
        kernel.client.get_shell_msg(timeout=TIMEOUT_S)
        assert kernel.run("file.state").result == "'replicating'"
    assert kernel.run("file.wait(90).available").result == "True"


def test_cells_await_what_has_a_loop_of_its_own(kernel: Kernel) -> None:
    cell = kernel.run("async with rj.AsyncClient() as lake:\n    print(await lake.scopes())")
    assert cell.error is None and "'demo'" in cell.printed
