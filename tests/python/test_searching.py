"""Finding data in a script."""

from __future__ import annotations

from itertools import islice

import pytest

import rucio_jupyterlab as rj
from lake.testing import Lake

pytestmark = pytest.mark.usefixtures("here")


def test_a_pattern_finds_datasets_with_what_is_known_of_them(lake: Lake) -> None:
    found = {item.did: item for item in rj.search("demo:dimuon*", type="dataset")}
    known = found[lake.examples["dimuon_dataset"]]
    assert known.type == "dataset"
    assert f"{known.size}" and "dataset" in repr(known)


def test_conditions_are_written_as_people_say_them() -> None:
    everything = {item.did for item in rj.search("demo", type="dataset")}
    runs = {
        item.did: item.metadata["run_number"]
        for item in rj.search("demo:*", type="dataset", filters="run_number >= 100")
    }
    assert runs and set(runs) < everything and min(runs.values()) >= 100
    middle = sorted(runs.values())[len(runs) // 2]
    both = rj.search(
        "demo:*", type="dataset", filters=["run_number >= 100", f"run_number <= {middle}"]
    )
    assert {item.did for item in both} == {did for did, run in runs.items() if run <= middle}


def test_no_more_is_read_than_is_looked_at(lake: Lake) -> None:
    search = rj.search("bulk:*", type="file")
    assert "bulk:*" in repr(search)
    first = list(islice(rj.search("demo:*", type="file"), 3))
    assert len(first) == len(set(first)) == 3
    assert len(list(rj.search("demo:*", type="file", limit=2))) == 2


def test_it_is_shown_as_a_table_below_a_cell(lake: Lake) -> None:
    shown = rj.search("demo:dimuon*", type="dataset")._repr_html_()
    assert lake.examples["dimuon_dataset"] in shown and "<table>" in shown


def test_what_cannot_be_searched_is_told_before_rucio_is_asked() -> None:
    with pytest.raises(rj.RucioError, match="is no condition"):
        rj.search("demo:*", filters="run_number")


def test_a_scope_that_does_not_exist_is_not_an_empty_one(lake: Lake) -> None:
    assert list(rj.search(lake.examples["empty_scope"])) == []
    with pytest.raises(rj.RucioError, match="There is no scope “nowhere”"):
        list(rj.search("nowhere:*"))


def test_a_collection_is_opened(lake: Lake) -> None:
    children = list(rj.did(lake.examples["container"]).content)
    assert {child.type for child in children} == {"dataset"}
