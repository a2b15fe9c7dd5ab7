"""What the manuals show is what a reader gets who copies it."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from kernels.conftest import Kernel

import rucio_jupyterlab as rj
from lake.testing import Lake

from .conftest import Machine
from .kernels import kernel_on
from .manuals import blocks
from .test_headless import attachment, write

PAGES = ("python-api.md", "headless.md")


@pytest.fixture
def folder(here: Machine, tmp_path: Path, lake: Lake) -> Path:
    """Where the reader is: with a notebook, and with plots."""
    rj.did("demo:dimuon_2021").make_available(wait=True, timeout=90, progress=False)
    attached = [attachment("dimuon", "demo:dimuon_2021")]
    write(tmp_path / "analysis.ipynb", attached, "1", "assert len(dimuon) > 1")
    (tmp_path / "plots").mkdir()
    name = f"{tmp_path.parent.name}_{tmp_path.name}.png"
    (tmp_path / "plots" / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_the_python_of_the_page_runs_as_one_script(
    machine: Machine, folder: Path, page: str
) -> None:
    ended = machine.script("\n".join(blocks(page, "python")), cwd=folder)
    assert ended.status == 0, ended.errors


def test_the_environment_of_the_page_is_one_that_is_read(tmp_path: Path) -> None:
    (exports,) = blocks("python-api.md", "bash")
    show = "import rucio_jupyterlab.python.runtime as r; print(r.runtime().instance())"
    ended = Machine(tmp_path).run("bash", "-eu", "-c", f"{exports}\npython -c '{show}'")
    assert "name='escape'" in ended.output, ended.errors
    assert "mount_path='/eos/eulake'" in ended.output
    assert "oidc_file_name='/tmp/token'" in ended.output


@pytest.mark.parametrize("page", PAGES)
def test_the_cells_of_the_page_run(machine: Machine, folder: Path, page: str) -> None:
    with kernel_on(machine, folder) as kernel:
        for block in blocks(page, "ipython"):
            for line in textwrap.dedent(block).splitlines():
                assert_runs(kernel, line)


def assert_runs(kernel: Kernel, line: str) -> None:
    cell = kernel.run(line)
    assert cell.error is None, (line, cell.error)
