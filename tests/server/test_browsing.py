"""Finding DIDs and opening them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lake.testing import Lake

from .conftest import Api, at


async def test_a_search_streams_what_it_finds_and_says_how_it_ended(alice: Api) -> None:
    *rows, last = await alice.lines(at("dids"), scope="demo", name="dimuon*", type="dataset")
    assert "demo:dimuon_2021" in [row["did"] for row in rows]
    assert {row["type"] for row in rows} == {"dataset"}
    assert last == {"end": {"count": len(rows), "truncated": False}}
    found = next(row for row in rows if row["did"] == "demo:dimuon_2021")
    assert found["length"] == 8
    assert found["size"] > 1_000_000


async def test_the_same_search_gathered(alice: Api) -> None:
    answer = await alice.get(at("dids"), scope="demo", name="dimuon_2021", type="dataset")
    assert [row["did"] for row in answer.items] == ["demo:dimuon_2021"]
    assert answer.body["count"] == 1
    assert answer.body["truncated"] is False


async def test_without_a_name_the_whole_scope_is_listed(alice: Api) -> None:
    named = await alice.get(at("dids"), scope="user.alice", name="*")
    assert (await alice.get(at("dids"), scope="user.alice")).items == named.items != []


async def test_a_percent_sign_in_a_name_is_no_wildcard(alice: Api) -> None:
    found = await alice.get(at("dids"), scope="demo", name="50%_sample.csv", type="file")
    assert [row["name"] for row in found.items] == ["50%_sample.csv"]
    assert (await alice.get(at("dids"), scope="demo", name="dimuon%", type="all")).items == []


async def test_a_limit_is_kept_and_not_hidden(alice: Api) -> None:
    everything = await alice.get(at("dids"), scope="demo", name="*", type="dataset")
    count = everything.body["count"]
    cut = await alice.get(at("dids"), scope="demo", name="*", type="dataset", limit=2)
    assert (cut.body["count"], cut.body["truncated"]) == (2, True)
    assert cut.items == everything.items[:2]
    whole = await alice.lines(at("dids"), scope="demo", name="*", type="dataset", limit=count)
    assert whole[-1] == {"end": {"count": count, "truncated": False}}


async def test_a_search_by_metadata(alice: Api) -> None:
    details = await alice.get(at("did"), did="demo:dimuon_2021")
    stream = details.body["metadata"]["stream_name"]
    answer = await alice.get(
        at("dids"),
        scope="demo",
        name="*",
        type="dataset",
        filters=json.dumps({"stream_name": stream}),
    )
    assert "demo:dimuon_2021" in [row["did"] for row in answer.items]
    other = await alice.get(
        at("dids"), scope="demo", name="*", filters=json.dumps([{"stream_name": "none_such"}])
    )
    assert other.items == []


async def test_nothing_found_is_an_answer_and_not_an_error(alice: Api) -> None:
    lines = await alice.lines(at("dids"), scope="demo", name="no_such_name_at_all")
    assert lines == [{"end": {"count": 0, "truncated": False}}]


async def test_a_did_tells_about_itself(alice: Api, lake: Lake) -> None:
    answer = await alice.get(at("did"), did=lake.examples["dimuon_dataset"])
    assert answer.body["type"] == "dataset"
    assert answer.body["length"] == 8
    assert answer.body["bytes"] == answer.body["size"]
    assert answer.body["metadata"]["project"]


async def test_a_container_opens_to_its_datasets_with_their_sizes(alice: Api, lake: Lake) -> None:
    answer = await alice.get(at("did/content"), did=lake.examples["container"])
    children = {row["did"]: row for row in answer.items}
    assert "demo:dimuon_2021" in children
    assert children["demo:dimuon_2021"]["length"] == 8
    assert children["demo:dimuon_2021"]["size"] > 1_000_000


async def test_a_dataset_opens_to_its_files(alice: Api, lake: Lake) -> None:
    *rows, last = await alice.lines(at("did/content"), did=lake.examples["dimuon_dataset"])
    assert len(rows) == last["end"]["count"] == 8
    assert {row["type"] for row in rows} == {"file"}


async def test_files_have_their_places_below_the_mount(
    alice: Api, lake: Lake, lake_instance: dict[str, Any]
) -> None:
    answer = await alice.get(at("did/files"), did=lake.examples["available_dataset"])
    for file in answer.items:
        assert file["path"].startswith(lake_instance["rse_mount_path"] + "/demo/")
        # The place is where the bytes really are.
        with open(file["path"], "rb") as opened:  # noqa: PTH123
            assert len(opened.read()) == file["size"]
    page = await alice.get(
        at("did/files"), did=lake.examples["available_dataset"], offset=1, limit=2
    )
    assert page.items == answer.items[1:3]
    assert page.body["truncated"] is True


async def test_difficult_names_come_through_unharmed(alice: Api, lake: Lake) -> None:
    for did in lake.examples["difficult"]:
        answer = await alice.get(at("did"), did=did)
        assert (answer.status, answer.body.get("did")) == (200, did)
        scope, _, name = did.partition(":")
        found = await alice.get(at("dids"), scope=scope, name=name, type="file")
        assert [row["did"] for row in found.items] == [did]


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("did", {}, "missing_argument"),
        ("did", {"did": "no colon"}, "invalid_did"),
        ("did", {"did": ":name"}, "invalid_did"),
        ("did", {"did": "demo:a\nb"}, "invalid_did"),
        ("did/content", {"did": "demo:"}, "invalid_did"),
        ("did/files", {"did": "demo:dimuon_2021", "offset": -1}, "invalid_argument"),
        ("dids", {"name": "*"}, "missing_argument"),
        ("dids", {"scope": "demo", "name": "*", "type": "folder"}, "invalid_argument"),
        ("dids", {"scope": "demo", "name": "*", "limit": 0}, "invalid_argument"),
        ("dids", {"scope": "demo", "name": "*", "limit": "many"}, "invalid_argument"),
        ("dids", {"scope": "demo", "name": "*", "filters": "{"}, "invalid_argument"),
        ("dids", {"scope": "demo", "name": "*", "filters": "[1]"}, "bad_request"),
        ("dids", {"scope": "demo", "name": "*", "recursive": "maybe"}, "invalid_argument"),
    ],
)
async def test_what_is_malformed_is_refused_with_a_sentence(
    alice: Api, path: str, params: dict[str, Any], code: str
) -> None:
    answer = await alice.get(at(path), **params)
    assert answer.status == 400
    assert answer.body["code"] == code
    assert answer.body["message"].endswith(".")


async def test_a_did_that_is_not_there(alice: Api) -> None:
    for path in ("did", "did/content", "did/files"):
        answer = await alice.get(at(path), did="demo:gone")
        assert answer.status == 404
        assert answer.body["code"] == "unknown_did"


async def test_a_scope_that_is_not_there(alice: Api) -> None:
    answer = await alice.get(at("dids"), scope="no_such_scope", name="*")
    assert answer.status == 404
    assert answer.body["code"] == "unknown_scope"


async def test_an_instance_that_is_not_there(alice: Api) -> None:
    answer = await alice.get(at("dids", "elsewhere"), scope="demo", name="*")
    assert answer.status == 404
    assert answer.body["code"] == "unknown_instance"
    assert "lake" in answer.body["hint"]
