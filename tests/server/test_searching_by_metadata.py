"""Searching by metadata, on the database that is at hand and on the one that experiments run.

The two compare differently, and each fails where the other does not.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from faultproxy import Fault, FaultProxy
from lakedata import LakeData

from lake.testing import Lake, running_lake
from rucio_jupyterlab.services import metadata_deciding, metadata_search

from .conftest import Api, at

# What the datasets of these stories carry; the first keys are columns of Rucio's, others JSON.
KNOWN: dict[str, dict[str, Any]] = {
    "a": {
        "version": "5",
        "run_number": 100,
        "k": "5",
        "flag": "true_muon",
        "good": True,
        "taken": "2021-05-01 10:00:00",
        "share": "50% of",
        "said": 'it\'s "q", a=b',
        "where": "a\\b",
        "n": 5,
        "mixed": 5,
    },
    "b": {
        "version": "1.0",
        "run_number": 200,
        "k": "5x",
        "flag": "True_muon",
        "good": False,
        "taken": "2022-05-01 10:00:00",
        "share": "50 of",
        "where": "ab",
        "n": 5.5,
        "mixed": "text",
    },
    "c": {"version": "true", "k": "None", "flag": "x", "good": True, "n": -3, "deep": {"a": [1]}},
    "d": {"version": "None", "k": None, "flag": "été_β", "n": 10**12},
    "e": {"version": "007"},
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def lake(request: pytest.FixtureRequest, lake: Lake) -> Iterator[Lake]:
    if request.param == lake.connection["db"]:
        yield lake
    else:
        with running_lake(db=request.param) as other:
            yield other


@pytest.fixture(scope="module")
def data(lake: Lake) -> Iterator[LakeData]:
    data = LakeData(lake)
    yield data
    data.close()


@pytest.fixture(scope="module")
def lake_instance(lake: Lake) -> dict[str, Any]:
    destination = lake.connection["destination"]
    return {
        "name": "lake",
        "display_name": "The Lake",
        "mode": "replica",
        "rucio_base_url": lake.rucio_url,
        "destination_rse": destination,
        "rse_mount_path": lake.rses[destination]["mount_path"],
        "wildcard_enabled": True,
    }


@pytest.fixture(scope="module")
def story(data: LakeData) -> str:
    """Datasets ``<story>_a`` and so on, described as ``KNOWN`` says, in one container."""
    story = f"meta_{secrets.token_hex(4)}"
    children = []
    for letter, metadata in KNOWN.items():
        did = data.named("dataset", "demo", f"{story}_{letter}")
        data.describe(did, metadata)
        children.append(did)
    container = data.named("container", "demo", f"{story}_all")
    data.attach(container, children)
    data.describe(container, {"k": "5", "n": 5})
    return story


async def found(api: Api, story: str, filters: Any, **params: Any) -> set[str]:
    """The letters of the datasets that are found."""
    wanted = {"scope": "demo", "name": f"{story}_*", "type": "dataset", **params}
    *rows, end = await api.lines(at("dids"), **wanted, filters=json.dumps(filters))
    assert end == {"end": {"count": len(rows), "truncated": False}}
    names = [row["name"] for row in rows]
    assert len(names) == len(set(names))
    return {name.removeprefix(f"{story}_") for name in names}


# What is asked for, and which of the datasets it is.
MEANINGS: list[tuple[Any, str]] = [
    # texts, as they are written
    ({"k": "5"}, "a"),
    ({"k": "None"}, "c"),
    ({"flag": "true_muon"}, "a"),
    ({"flag": "True_muon"}, "b"),
    ({"flag": "été_β"}, "d"),
    ({"said": 'it\'s "q", a=b'}, "a"),
    ({"where": "a\\b"}, "a"),
    ({"share": "50% of"}, "a"),
    ({"mixed": "text"}, "b"),
    ({"version": "5"}, "a"),
    ({"version": "1.0"}, "b"),
    ({"version": "true"}, "c"),
    ({"version": "None"}, "d"),
    ({"version": "007"}, "e"),
    ({"version": 5}, "a"),
    # patterns
    ({"k": "5*"}, "ab"),
    ({"k.ne": "5*"}, "c"),
    ({"share": "50%*"}, "a"),
    ({"where": "a\\*"}, "a"),
    ({"flag": "*_*"}, "abd"),
    ({"version": "*0*"}, "be"),
    # numbers and booleans
    ({"n": 5}, "a"),
    ({"n.gt": 5}, "bd"),
    ({"n.gte": 5.5}, "bd"),
    ({"n.lt": 0}, "c"),
    ({"n": 10**12}, "d"),
    ({"n.lt": 10**20}, "abcd"),
    ({"good": True}, "ac"),
    ({"good.ne": True}, "b"),
    ({"run_number.gt": 100.5}, "b"),
    ({"run_number": 100}, "a"),
    # with and without a value
    ({"k": "*"}, "abc"),
    ({"k.ne": "*"}, "d"),
    ({"k": None}, "d"),
    ({"run_number": "*"}, "ab"),
    ({"run_number.ne": "*"}, "cde"),
    ({"run_number.ne": 100}, "bcde"),
    ({"version": "*"}, "abcde"),
    # times
    ({"taken": "2021-05-01 10:00:00"}, "a"),
    ({"taken.gt": "2021-06"}, "b"),
    ({"created_at.gt": "2020-01-01"}, "abcde"),
    ({"created_at.lt": "2020-01-01T00:00:00Z"}, ""),
    # and, or, columns beside JSON
    ({"k": "5", "n": 5}, "a"),
    ({"k": "5", "version": "5"}, "a"),
    ({"k": "5", "version": "6"}, ""),
    ({"n.gt": 0, "run_number.ne": 100}, "bd"),
    ([{"k": "5"}, {"version": "1.0"}], "ab"),
    ([{"k": "5"}, {"k": "None"}], "ac"),
    ([{"version": "5"}, {"version": "007"}], "ae"),
    ([{"n.gt": 0, "version": "5"}, {"k": "None", "version": "t*"}, {"k": "5"}], "ac"),
    # never there
    ({"no_such_key": "x"}, ""),
    ({"deep": "x"}, ""),
    ({"guid": "01234567-89ab-cdef-0123-456789abcdef"}, ""),
]


async def test_a_value_means_what_it_says(alice: Api, story: str) -> None:
    answers = [(asked, await found(alice, story, asked)) for asked, _ in MEANINGS]
    assert answers == [(asked, set(letters)) for asked, letters in MEANINGS]


async def test_inside_a_container_it_means_the_same(alice: Api, story: str) -> None:
    inside = {"name": f"{story}_all", "recursive": "true"}
    answers = [(asked, await found(alice, story, asked, **inside)) for asked, _ in MEANINGS]
    assert answers == [(asked, set(letters)) for asked, letters in MEANINGS]


@pytest.mark.parametrize("most_names", [100_000, 0])
async def test_much_is_decided_in_another_way_and_to_the_same_end(
    alice: Api, story: str, monkeypatch: pytest.MonkeyPatch, most_names: int
) -> None:
    monkeypatch.setattr(metadata_search, "MOST_LOOKED_UP", 1)
    monkeypatch.setattr(metadata_deciding, "MOST_LOOKED_UP", 1)
    monkeypatch.setattr(metadata_deciding, "MOST_NAMES", most_names)
    inside = {"name": f"{story}_all", "recursive": "true"}
    for asked, letters in MEANINGS:
        assert await found(alice, story, asked) == set(letters), asked
        assert await found(alice, story, asked, **inside) == set(letters), asked


async def test_texts_and_numbers_under_one_key(alice: Api, story: str, lake: Lake) -> None:
    assert await found(alice, story, {"mixed": 5}) == {"a"}
    assert await found(alice, story, {"mixed": 5, "k": "5"}) == {"a"}
    assert await found(alice, story, {"mixed": 5, "version": "5"}) == {"a"}
    if lake.connection["db"] == "postgres":
        # SQLite takes every text for more than every number.
        assert await found(alice, story, {"mixed.gt": 4}) == {"a"}


async def test_what_json_metadata_find_has_its_type_and_size(alice: Api, story: str) -> None:
    async def types(type: str) -> set[str]:
        answer = await alice.get(
            at("dids"),
            scope="demo",
            name=f"{story}_*",
            type=type,
            filters=json.dumps({"k": "5"}),
        )
        return {row["type"] for row in answer.items}

    assert await types("all") == {"dataset", "container"}
    assert await types("container") == {"container"}
    assert await types("file") == set()
    answer = await alice.get(
        at("dids"),
        scope="demo",
        name="dimuon_2021",
        filters=json.dumps({"generator": "toy", "is_blinded": False, "beam_energy_tev.gt": 6}),
    )
    (row,) = answer.items
    assert (row["type"], row["length"]) == ("dataset", 8)
    assert row["size"] > 1_000_000


async def test_a_limit_counts_what_fits(alice: Api, story: str) -> None:
    wanted = {"scope": "demo", "name": f"{story}_*", "type": "dataset"}
    filters = json.dumps({"n.gt": 0})
    *rows, end = await alice.lines(at("dids"), **wanted, filters=filters, limit=2)
    assert len(rows) == 2
    assert end == {"end": {"count": 2, "truncated": True}}
    *rows, end = await alice.lines(at("dids"), **wanted, filters=filters, limit=3)
    assert (len(rows), end["end"]["truncated"]) == (3, False)


async def test_names_that_rucio_takes_for_something_else(
    alice: Api, data: LakeData, story: str
) -> None:
    for name in ("2021", "1e5", "0x1F", "None", "true_muon", f"{story}.TRUE"):
        data.named("dataset", "user.alice", name)
        answer = await alice.get(at("dids"), scope="user.alice", name=name, type="dataset")
        assert [row["name"] for row in answer.items] == [name]


async def test_what_rucio_cannot_search_by_is_refused_by_name(alice: Api) -> None:
    for filters, words in (
        ({"run_number": "many"}, "run_number"),
        ({"is_open": True}, "is_open"),
        ({"k.between": 3}, "k.between"),
        ({"created_at": "soon"}, "created_at"),
        ({"k": [1, 2]}, "“k”"),
    ):
        answer = await alice.get(at("dids"), scope="demo", name="*", filters=json.dumps(filters))
        assert (answer.status, answer.body["code"]) == (400, "invalid_filter")
        assert words in answer.body["message"]


async def test_a_text_that_is_too_long_for_an_address(alice: Api, story: str) -> None:
    filters = json.dumps({"k": "x" * 6000})
    answer = await alice.get(at("dids"), scope="demo", name=f"{story}_*", filters=filters)
    assert (answer.status, answer.body["code"]) == (413, "too_large")
    assert "longer than The Lake takes" in answer.body["message"]


class TestFailing:
    """Rucio itself fails on a condition."""

    @pytest.fixture
    def instances(self, lake_instance: dict[str, Any], proxy: FaultProxy) -> list[Any]:
        return [{**lake_instance, "rucio_base_url": proxy.url}]

    async def test_the_sentence_names_the_conditions(self, alice: Api, proxy: FaultProxy) -> None:
        for said in (
            b'{"ExceptionClass": "InvalidMetadata", "ExceptionMessage": "Database query failed"}',
            b'{"ExceptionClass": "DatabaseException", "ExceptionMessage": "Unknown"}',
            b"operator does not exist: character varying = smallint",
        ):
            proxy.set("/dids/search", Fault(status=500, body=said))
            for filters in ({"datatype": "RAW"}, {"generator": "toy"}, {"energy.gt": 5}):
                answer = await alice.get(
                    at("dids"), scope="demo", name="*", filters=json.dumps(filters)
                )
                assert answer.status in (400, 502)
                assert answer.body["code"] == "filter_failed"
                (key,) = filters
                assert key.partition(".")[0] in answer.body["message"]
                assert answer.body["hint"]
