"""Waiting, in a real kernel, for data that Rucio is moving."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lakedata import LakeData
from python.conftest import Machine, machine  # noqa: F401 - alice, who has signed in

from lake.testing import Lake

from .conftest import Kernel, collection, kernels_below, missing


@pytest.fixture(scope="module")
def kernel(
    machine: Machine,  # noqa: F811 - a fixture
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Kernel]:
    """One in which Rucio can be asked, as in alice's scripts."""
    with kernels_below(tmp_path_factory.mktemp("kernel")) as start:
        yield start(environ=machine.environment)


def test_a_variable_is_waited_for_and_then_holds_what_has_come(
    kernel: Kernel, lake: Lake, data: LakeData
) -> None:
    here, coming = data.files(1, rse="EULAKE-1"), data.files(2)
    dataset = data.collection("dataset", [*here, *coming])
    comm = kernel.connect()
    known = [{"path": "/eos/known", "did": here[0]}, *({"path": None, "did": d} for d in coming)]
    attached = {
        **collection("part", files=known),
        "did": dataset,
        "didAvailable": False,
        "instance": "lake",
    }
    alone = {**missing("alone"), "did": coming[0], "instance": "lake"}
    lost = {**missing("whole", "collection"), "did": dataset, "instance": "lake"}
    kernel.inject(comm, attached, alone, lost)
    kernel.run("kept = part")

    with lake.transfers(may_finish=0):
        data.rule(dataset, "EULAKE-1")
        error = kernel.run("part.wait(timeout=1)").error
        assert error is not None
        assert error.startswith("TimeoutError")
        assert kernel.value("part is kept") is True

    waited = kernel.run("found = part.wait(timeout=90)")

    assert waited.error is None
    assert "3 of 3 files" in waited.told
    assert kernel.value("(found is part, part is kept, part.did_available)") == (True, False, True)
    assert kernel.value("sorted(f.did for f in part)") == sorted([*here, *coming])
    assert kernel.value("[len(open(f, 'rb').read()) for f in part]") == [1000] * 3
    # A part of it is the same files, and one that the user has made something else stays.
    assert kernel.value("sorted(f.did for f in kept.missing_files.wait())") == sorted(coming)
    kernel.run("whole = 'mine'; file = alone.wait()")
    assert kernel.value("(alone is file, alone.did, len(open(alone, 'rb').read()), whole)") == (
        True,
        coming[0],
        1000,
        "mine",
    )


def test_interrupting_the_kernel_ends_the_waiting_and_not_the_transfer(
    kernel: Kernel, lake: Lake, data: LakeData
) -> None:
    dataset = data.collection("dataset", data.files(1))
    comm = kernel.connect()
    kernel.inject(comm, {**missing("photons", "collection"), "did": dataset, "instance": "lake"})
    with lake.transfers(may_finish=0):
        data.rule(dataset, "EULAKE-1")
        cell = kernel.client.execute("print('waits', flush=True); photons.wait()")
        while "waits" not in kernel.hear("stream")["text"]:
            pass
        kernel.manager.interrupt_kernel()
        reply = kernel.client.get_shell_msg(timeout=60)
        assert reply["parent_header"]["msg_id"] == cell
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert kernel.value("photons.did_available") is False
    assert kernel.run("photons.wait(timeout=90)").error is None
    assert kernel.value("(photons.did_available, len(photons))") == (True, 1)


def test_waiting_for_what_nothing_brings_says_what_to_do(kernel: Kernel, data: LakeData) -> None:
    dataset = data.collection("dataset", data.files(1))
    comm = kernel.connect()
    kernel.inject(comm, {**missing("photons", "collection"), "did": dataset, "instance": "lake"})
    error = kernel.run("photons.wait(timeout=20)").error
    assert error is not None
    assert error.startswith(f"DIDNotAvailableException: {dataset} is not available")
    assert "make_available" in error
