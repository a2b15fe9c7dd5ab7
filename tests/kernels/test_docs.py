"""What the page about attached variables shows is what a reader gets who types it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lakedata import LakeData
from python.conftest import Machine, machine  # noqa: F401 - alice, who has signed in
from python.kernels import kernel_on

from lake.testing import Lake

from .conftest import Kernel

PAGE = Path(__file__).parents[2] / "docs" / "users" / "notebooks.md"
SHOWN_AS = "demo:photon_2021"
CODE = re.compile(r"^```python\n(.*?)^```(?:\n\n```text\n(.*?)^```)?", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def kernel(
    machine: Machine,  # noqa: F811 - a fixture
    lake: Lake,
    data: LakeData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kernel]:
    """With what the page says is attached, as ``%rucio attach`` attaches it."""
    photons = data.collection("dataset", [*data.files(5, rse="EULAKE-1"), *data.files(7)])
    wanted = {
        "calibration": lake.examples["file_at_destination"],
        "electrons": lake.examples["available_dataset"],
        "photons": photons,
    }
    with kernel_on(machine, tmp_path_factory.mktemp("notebooks")) as kernel:
        kernel.run("%load_ext rucio_jupyterlab.kernels.ipython")
        for name, did in wanted.items():
            assert kernel.run(f"%rucio attach {did} as {name}").error is None
        yield kernel


def examples() -> list[tuple[str, str | None]]:
    found = CODE.findall(PAGE.read_text("utf-8"))
    assert len(found) > 5
    return [(code, shown or None) for code, shown in found]


def test_the_examples_of_the_page_show_what_it_says(kernel: Kernel) -> None:
    for code, shown in examples():
        cell = kernel.run(code)
        assert cell.error is None, (code, cell.error)
        if shown is not None:
            lines = [line for line in cell.printed.splitlines() if line]
            assert lines == shown.splitlines(), code
