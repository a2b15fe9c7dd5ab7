"""What a scientist does with a DID in a script."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pandas
import pytest
from lakedata import LakeData

import rucio_jupyterlab as rj
from lake.testing import Lake

from .conftest import Machine

WAIT_S = 90.0
pytestmark = pytest.mark.usefixtures("here")


def test_a_dataset_that_is_here_is_its_files(lake: Lake) -> None:
    dataset = rj.did(lake.examples["available_dataset"])

    assert (dataset.state, dataset.available, dataset.type) == ("available", True, "dataset")
    assert dataset.size == sum(Path(file).stat().st_size for file in dataset)
    assert len(dataset) == len(list(dataset)) == len(dataset.files)
    first = dataset[0]
    assert dataset[first.did.partition(":")[2]] == first
    assert first.pfn.startswith("file://")
    assert dataset.metadata["project"]
    assert list(dataset[:2]) == list(dataset)[:2]
    table = dataset.to_dataframe()
    assert isinstance(table, pandas.DataFrame)
    assert list(table.path) == list(dataset)


def test_a_file_is_opened_as_it_is(lake: Lake) -> None:
    constants = rj.did(lake.examples["file_at_destination"])
    assert Path(constants).read_text() == Path(constants.path).read_text() != ""
    assert os.fspath(constants) == constants.path
    assert (constants.type, len(constants), list(constants)) == ("file", 1, [constants.path])


def test_a_collection_has_no_path_of_its_own(lake: Lake) -> None:
    with pytest.raises(TypeError, match="is a collection of files"):
        open(rj.did(lake.examples["available_dataset"]))  # noqa: PTH123, SIM115 - as people write


def test_nothing_is_asked_before_it_is_used() -> None:
    nonsuch = rj.did("demo:nonsuch", instance="lake")
    assert repr(nonsuch) == "<Rucio DID demo:nonsuch of lake>"
    assert "demo:nonsuch" in nonsuch._repr_html_()
    assert bool(nonsuch) is True
    with pytest.raises(rj.RucioError, match=r"no such data identifier.*Check scope and name"):
        _ = nonsuch.size
    assert nonsuch.state == "unknown"


def test_what_is_not_a_did_is_told_at_once() -> None:
    with pytest.raises(rj.RucioError, match=r"is not a data identifier\. Write it as"):
        rj.did("dimuon_2021")


def test_using_what_is_not_here_says_what_to_call_and_that_brings_it(
    data: LakeData, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = rj.did(data.collection("dataset", data.files(3)))
    with pytest.raises(rj.DIDNotAvailableException, match=r"did\('demo:.*'\)\.make_available"):
        list(dataset)

    answer = dataset.make_available(wait=True, timeout=WAIT_S, lifetime_days=2)

    assert answer is dataset
    assert all(Path(file).stat().st_size == 1000 for file in dataset)
    assert dataset.rule is not None and dataset.rule["state"] == "OK"
    shown = capsys.readouterr().err
    assert "3.00k/3.00k" in shown and "3 of 3 files" in shown


def test_who_waits_is_told_by_the_time_limit_what_still_moves(data: LakeData, lake: Lake) -> None:
    dataset = rj.did(data.collection("dataset", data.files(2)))
    with lake.paused_daemons():
        with pytest.raises(TimeoutError, match=r"0 of 2 files, 0 B of 2 kB.*rule [0-9a-f]{32}"):
            dataset.make_available(wait=True, timeout=1, progress=False)
        assert dataset.state == "replicating"

    assert dataset.wait(WAIT_S, progress=False).available


def test_waiting_for_what_nothing_brings_ends_at_once(data: LakeData) -> None:
    (file,) = data.files(1)
    with pytest.raises(rj.DIDNotAvailableException, match="nothing brings it here"):
        rj.did(file).wait()


def test_a_transfer_that_cannot_succeed_ends_the_waiting_with_the_reason(data: LakeData) -> None:
    (lost,) = data.files(1, with_bytes=False)
    with pytest.raises(
        rj.TransferFailed, match=rf"{lost} does not come: .*\(rule [0-9a-f]{{32}}\)"
    ):
        rj.did(lost).make_available(wait=True, timeout=WAIT_S, progress=False)


def test_a_refusal_says_why(data: LakeData) -> None:
    (file,) = data.files(1)
    with pytest.raises(rj.RucioError, match="CNAF-DISK"):
        rj.did(file).make_available(rse="CNAF-DISK")
    with pytest.raises(rj.RucioError, match="at least one day"):
        rj.did(file).make_available(lifetime_days=0)


def test_many_dids_keep_which_file_came_from_which(data: LakeData, lake: Lake) -> None:
    one, other = (data.collection("dataset", data.files(2)) for _ in range(2))
    single = lake.examples["file_at_destination"]
    many = rj.dids([one, other, single])
    assert many.states == {one: "not_available", other: "not_available", single: "available"}
    with pytest.raises(rj.DIDNotAvailableException, match=one):
        _ = many.files

    many.make_available(wait=True, timeout=WAIT_S, progress=False)

    assert many.available
    assert {did: len(files) for did, files in many.by_did.items()} == {one: 2, other: 2, single: 1}
    assert [file.source for file in many.files] == [one, one, other, other, single]
    assert many.files[-1].did == single and Path(many.files[2]).is_file()
    assert [file.source for file in many.files[1:3]] == [one, other]
    assert list(many.to_dataframe().groupby("source", sort=False).size()) == [2, 2, 1]


def test_a_partly_available_dataset_gives_what_is_there(lake: Lake) -> None:
    photons = rj.did(lake.examples["partial_dataset"])
    assert photons.state == "partial"
    here = [file for file in photons if file.did_available]
    gone = [file for file in photons if not file.did_available]
    assert here and gone and all(Path(file).is_file() for file in here)
    with pytest.raises(rj.DIDNotAvailableException, match=gone[0].did):
        open(gone[0])  # noqa: PTH123, SIM115 - as people write


def test_in_download_mode_it_comes_to_the_disk(
    data: LakeData, here: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = rj.did(data.collection("dataset", data.files(2)), instance="disk")
    assert dataset.state == "not_available"

    dataset.make_available(wait=True, timeout=WAIT_S)

    assert [Path(file).is_relative_to(here.home / "rucio") for file in dataset] == [True, True]
    assert "2 of 2 files" in capsys.readouterr().err


def test_a_download_that_fails_says_why(data: LakeData) -> None:
    (lost,) = data.files(1, with_bytes=False)
    with pytest.raises(rj.TransferFailed, match=lost):
        rj.did(lost, instance="disk").make_available(wait=True, timeout=WAIT_S, progress=False)


def test_below_a_running_event_loop_it_works_as_anywhere(lake: Lake) -> None:
    async def cell() -> int:
        return len(rj.did(lake.examples["available_dataset"]))

    assert asyncio.run(cell()) == len(rj.did(lake.examples["available_dataset"]))


def test_code_with_an_event_loop_has_a_client_of_its_own(data: LakeData) -> None:
    (file,) = data.files(1)

    async def program() -> tuple[Any, ...]:
        async with rj.AsyncClient("lake") as lake:
            scopes = await lake.scopes()
            found = [item["did"] async for item in lake.search(file, type="file")]
            await lake.make_available(file)
            states = [[at.state for at in now.items] async for now in lake.follow([file])]
            return scopes, found, states[-1]

    scopes, found, states = asyncio.run(program())
    assert "demo" in scopes
    assert (found, states) == ([file], ["available"])


def test_an_instance_that_is_not_configured_is_told() -> None:
    with pytest.raises(
        rj.RucioError, match=r"no Rucio instance “moon” here\. Configured: lake, disk"
    ):
        _ = rj.did("demo:x", instance="moon").state
