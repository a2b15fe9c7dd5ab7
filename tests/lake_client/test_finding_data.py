"""Alice looks for data in a real Rucio."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from lake.testing import Lake
from rucio_jupyterlab.client import accounts, dids, scopes
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.filters import parse
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import UnknownDid, UnknownScope

pytestmark = pytest.mark.asyncio

NOWHERE = Did("demo", "there_is_no_such_thing")


async def test_rucio_answers_and_knows_alice(alice: RucioClient, lake: Lake) -> None:
    assert (await alice.ping()).count(".") == 2
    me = await accounts.whoami(alice)
    assert (me.account, me.is_service) == ("alice", False)
    assert alice.account == "alice"
    assert alice.token_expires_at is not None
    quota = await accounts.limits(alice, "alice")
    assert quota["EULAKE-1"] == lake.rses["EULAKE-1"]["quota_bytes"]
    at_eulake = [use for use in await accounts.usage(alice, "alice") if use.rse == "EULAKE-1"]
    assert at_eulake[0].bytes_limit == quota["EULAKE-1"]


async def test_scopes_are_listed(alice: RucioClient, lake: Lake) -> None:
    found = await scopes.list_scopes(alice)
    assert set(lake.connection["scopes"]) <= set(found)
    assert found == sorted(found)


async def test_a_search_gives_types_sizes_and_lengths(alice: RucioClient, lake: Lake) -> None:
    found = {r.did: r async for r in dids.search(alice, "demo", "dimuon_2021*", type="all")}
    dataset = found[Did.parse(lake.examples["dimuon_dataset"])]
    file = found[Did.parse(lake.examples["dimuon_file"])]
    assert (dataset.type, dataset.length) == ("dataset", 8)
    assert file.type == "file"
    assert file.size_bytes is not None
    assert dataset.size_bytes is not None
    assert dataset.size_bytes > file.size_bytes


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("collection", {"dataset", "container"}),
        ("container", {"container"}),
        ("dataset", {"dataset"}),
        ("file", {"file"}),
        ("all", {"file", "dataset", "container"}),
    ],
)
async def test_a_search_for_one_type(
    alice: RucioClient, asked: dids.SearchType, expected: set[str]
) -> None:
    assert {r.type async for r in dids.search(alice, "demo", type=asked)} == expected


async def test_a_limit_and_conditions_on_metadata(alice: RucioClient, lake: Lake) -> None:
    assert len([r async for r in dids.search(alice, "demo", type="all", limit=3)]) == 3
    dataset = Did.parse(lake.examples["dimuon_dataset"])
    run = (await dids.metadata(alice, dataset))["run_number"]
    hits = [r.did async for r in dids.search(alice, "demo", filters=parse({"run_number": run}))]
    assert dataset in hits
    above = [r.did async for r in dids.search(alice, "demo", filters=parse({"run_number.gt": run}))]
    assert dataset not in above


async def test_an_unknown_scope_is_empty_and_one_with_a_slash_is_refused(
    alice: RucioClient, lake: Lake
) -> None:
    assert [r async for r in dids.search(alice, "no_such_scope")] == []
    assert [r async for r in dids.search(alice, lake.examples["empty_scope"])] == []
    with pytest.raises(UnknownScope):
        dids.search(alice, "a/b")


async def test_collections_open_to_their_children(alice: RucioClient, lake: Lake) -> None:
    container = Did.parse(lake.examples["container"])
    children = [child async for child in dids.content(alice, container)]
    assert {child.type for child in children} == {"dataset"}
    dataset = Did.parse(lake.examples["dimuon_dataset"])
    assert dataset in {child.did for child in children}
    files = [child async for child in dids.content(alice, dataset)]
    assert len(files) == 8
    assert all(file.size_bytes and file.length == 1 for file in files)
    assert [parent.did for parent in await dids.parents(alice, dataset)] == [container]


async def test_files_below_a_nested_container_come_once_each(
    alice: RucioClient, lake: Lake
) -> None:
    nested = Did.parse(lake.examples["nested_container"])
    files = [file.did async for file in dids.files(alice, nested)]
    assert len(files) == len(set(files)) > 8
    one = Did.parse(lake.examples["dimuon_file"])
    (itself,) = [file async for file in dids.files(alice, one)]
    assert itself.did == one
    assert itself.adler32 is not None
    assert len(itself.adler32) == 8


@pytest.mark.parametrize("which", ["empty", "empty_container"])
async def test_an_empty_collection_is_empty(alice: RucioClient, lake: Lake, which: str) -> None:
    empty = Did.parse(lake.examples[which])
    assert [child async for child in dids.content(alice, empty)] == []
    assert [file async for file in dids.files(alice, empty)] == []


async def test_what_does_not_exist_is_not_the_same_as_empty(alice: RucioClient) -> None:
    with pytest.raises(UnknownDid) as caught:
        await dids.get(alice, NOWHERE)
    assert "there_is_no_such_thing" in caught.value.message
    with pytest.raises(UnknownDid):
        _ = [child async for child in dids.content(alice, NOWHERE)]
    with pytest.raises(UnknownDid):
        _ = [file async for file in dids.files(alice, NOWHERE)]
    with pytest.raises(UnknownDid):
        await dids.metadata(alice, NOWHERE)


async def test_types_of_many_at_once_leave_out_what_is_not_there(
    alice: RucioClient, lake: Lake
) -> None:
    asked = {
        "dataset": Did.parse(lake.examples["dimuon_dataset"]),
        "container": Did.parse(lake.examples["container"]),
        "file": Did.parse(lake.examples["dimuon_file"]),
    }
    found = await dids.types(alice, [*asked.values(), NOWHERE])
    assert {kind: found[did].type for kind, did in asked.items()} == {k: k for k in asked}
    assert NOWHERE not in found


async def test_rucio_counts_the_files_of_a_container_when_asked(
    alice: RucioClient, lake: Lake
) -> None:
    container = Did.parse(lake.examples["container"])
    files = [file async for file in dids.files(alice, container)]
    counted = await dids.get(alice, container, dynamic=True)
    assert counted.length is not None
    assert counted.length >= len(files)


async def test_difficult_names_are_found_opened_and_described(
    alice: RucioClient, lake: Lake
) -> None:
    names = [Did.parse(text) for text in lake.examples["difficult"]]
    found = await dids.types(alice, names)
    for did in names:
        assert found[did].type == "file"
        assert (await dids.get(alice, did)).size_bytes == found[did].size_bytes
        assert (await dids.metadata(alice, did))["name"] == did.name
        assert [file.did async for file in dids.files(alice, did)] == [did]
        same = [r.did async for r in dids.search(alice, did.scope, did.name, type="file")]
        assert did in same


async def test_a_search_left_early_leaves_room_for_the_next(alice: RucioClient) -> None:
    for _ in range(40):  # more than there are connections
        async with aclosing(dids.search(alice, "demo", type="all")) as found:
            async for _record in found:
                break
    assert (await accounts.whoami(alice)).account == "alice"


async def test_a_name_in_any_script_is_found_or_not_known(alice: RucioClient, lake: Lake) -> None:
    greek = next(Did.parse(did) for did in lake.examples["difficult"] if "β" in did)
    nowhere = Did(greek.scope, f"{greek.name}.β")
    assert (await dids.get(alice, greek)).type == "file"
    for ask in (dids.get, dids.metadata):
        with pytest.raises(UnknownDid):
            await ask(alice, nowhere)
    dimuon = Did.parse(lake.examples["dimuon_dataset"])
    assert (await dids.bulk_metadata(alice, [greek, nowhere, dimuon])).keys() == {greek, dimuon}
