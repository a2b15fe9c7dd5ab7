"""Replicas, rules, locks and storage sites, as a real Rucio tells of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from lakedata import LakeData

from lake.testing import Lake
from rucio_jupyterlab.client import dids, locks, replicas, rses, rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import (
    Conflict,
    Forbidden,
    NotAuthenticated,
    NotFound,
    QuotaExceeded,
    UnknownDid,
    Unprocessable,
)
from rucio_jupyterlab.paths.lfn2pfn import lfn2path, pfn_for
from rucio_jupyterlab.paths.mount import PathOutsideMount, by_prefix

from .conftest import signed_in

pytestmark = pytest.mark.asyncio

NOWHERE = Did("demo", "there_is_no_such_thing")


@pytest_asyncio.fixture
async def root(lake: Lake, instance: Instance) -> AsyncIterator[RucioClient]:
    async with signed_in(lake, instance, "root") as client:
        yield client


async def test_a_rule_is_made_followed_refused_a_second_time_and_ended(
    alice: RucioClient, root: RucioClient, lake: Lake, data: LakeData
) -> None:
    dataset = Did.parse(data.collection("dataset", data.files(5)))
    files = [file async for file in dids.files(alice, dataset)]
    with lake.paused_daemons():
        rule_id = await rules.add(alice, dataset, "EULAKE-1", 86_400)
        begun = await rules.get(alice, rule_id)
        assert begun.did == dataset
        assert begun.account == "alice"
        assert (begun.state, begun.locks_replicating) == ("REPLICATING", len(files))
        assert begun.created_at is not None
        assert begun.expires_at is not None
        assert (begun.expires_at - begun.created_at).total_seconds() == pytest.approx(86_400, abs=5)

        (lock,) = (await locks.for_datasets(alice, [dataset]))[dataset]
        assert (lock.rse, lock.rule_id, lock.state) == ("EULAKE-1", rule_id, "REPLICATING")
        assert rule_id in {r.id for r in await rules.associated_with_file(alice, files[0].did)}
        assert [r.id for r in await rules.for_did(alice, dataset)] == [rule_id]
        file_locks = [lock async for lock in rules.locks(alice, rule_id)]
        assert {lock.did for lock in file_locks} == {file.did for file in files}

        with pytest.raises(Conflict) as caught:
            await rules.add(alice, dataset, "EULAKE-1")
        assert caught.value.code == "duplicate_rule"

    ended = await until_settled(alice, rule_id)
    assert (ended.state, ended.locks_ok) == ("OK", len(files))
    summary = await counted_at(alice, dataset, "EULAKE-1", available=len(files))
    assert (summary.state, summary.available_bytes) == ("AVAILABLE", summary.size_bytes)
    bulk = await replicas.dataset_replicas_bulk(alice, [dataset, NOWHERE])
    assert summary.rse in {replica.rse for replica in bulk[dataset]}
    assert NOWHERE not in bulk

    # This Rucio lets ordinary accounts end no rules, their own included.
    with pytest.raises(Forbidden):
        await rules.delete(alice, rule_id)
    await rules.delete(root, rule_id)


async def test_a_rule_on_a_container_covers_its_datasets(
    alice: RucioClient, data: LakeData
) -> None:
    shared = data.files(1)
    children = [Did.parse(data.collection("dataset", data.files(2) + shared)) for _ in range(2)]
    container = Did.parse(data.collection("container", [str(child) for child in children]))
    rule_id = await rules.add(alice, container, "DESY-DISK", 3600)
    on_children = await locks.for_datasets(alice, children)
    below = await locks.for_datasets(alice, [container], container=True)
    for child in children:
        assert [lock.rule_id for lock in on_children[child]] == [rule_id]
        assert [lock.rule_id for lock in below[child]] == [rule_id]
    covering = await rules.associated_with_file(alice, Did.parse(shared[0]))
    assert [(rule.id, rule.did) for rule in covering] == [(rule_id, container)]


async def test_rules_that_cannot_be_say_why(alice: RucioClient, lake: Lake) -> None:
    dataset = Did.parse(lake.examples["dimuon_dataset"])
    without_quota = next(rse for rse, about in lake.rses.items() if about["quota_bytes"] is None)
    for rse in (without_quota, "TINY-DISK"):
        with pytest.raises(QuotaExceeded) as no_room:
            await rules.add(alice, dataset, rse)
        assert "quota" in no_room.value.message
        assert no_room.value.hint
    with pytest.raises(Unprocessable) as no_rse:
        await rules.add(alice, dataset, "NO-SUCH-RSE")
    assert no_rse.value.code == "invalid_rse_expression"
    with pytest.raises(UnknownDid):
        await rules.add(alice, NOWHERE, "EULAKE-1")
    with pytest.raises(NotFound) as gone:
        await rules.get(alice, "0" * 32)
    assert gone.value.code == "unknown_rule"
    with pytest.raises(UnknownDid):
        await rules.for_did(alice, NOWHERE)


async def test_a_file_says_where_it_is_and_how_it_is_read(alice: RucioClient, lake: Lake) -> None:
    file = Did.parse(lake.examples["file_at_destination"])
    (found,) = [r async for r in replicas.list_replicas(alice, [file], "EULAKE-1")]
    assert found.states == {"EULAKE-1": "AVAILABLE"}
    (pfn,) = found.pfns["EULAKE-1"]
    assert found.pfn_info[pfn].rse == "EULAKE-1"
    everywhere = [r async for r in replicas.list_replicas(alice, [file], all_states=True)]
    assert len(everywhere) == 1
    assert set(everywhere[0].states) >= {"EULAKE-1"}


async def test_replicas_of_a_collection_are_those_of_its_files(
    alice: RucioClient, lake: Lake
) -> None:
    dataset = Did.parse(lake.examples["dimuon_dataset"])
    expected = {file.did async for file in dids.files(alice, dataset)}
    assert {r.did async for r in replicas.list_replicas(alice, [dataset])} == expected
    assert [r async for r in replicas.list_replicas(alice, [NOWHERE])] == []
    with pytest.raises(Unprocessable):
        _ = [r async for r in replicas.list_replicas(alice, [dataset], "NO-SUCH-RSE")]


async def test_counting_deep_knows_sites_that_no_rule_was_for(
    alice: RucioClient, lake: Lake
) -> None:
    dataset = Did.parse(lake.examples["dimuon_dataset"])
    deep = {
        replica.rse: replica
        for replica in await replicas.dataset_replicas(alice, dataset, deep=True, timeout=20)
    }
    assert {"CNAF-DISK", "DESY-DISK"} <= set(deep)
    assert deep["CNAF-DISK"].available_length < deep["CNAF-DISK"].length == 8


async def test_a_storage_site_tells_how_it_names_files(alice: RucioClient, lake: Lake) -> None:
    eulake = await rses.get(alice, "EULAKE-1")
    assert (eulake.deterministic, eulake.lfn2pfn_algorithm) == (True, "hash")
    about = lake.rses["EULAKE-1"]
    assert eulake.protocols[0].prefix == about["prefix"]
    assert eulake.protocols[0].scheme == about["scheme"]
    assert not (await rses.get(alice, "JUPYTER-SCRATCHDISK")).deterministic
    assert "EULAKE-1" in await rses.list_rses(alice)
    assert await rses.list_rses(alice, "EULAKE-1") == ["EULAKE-1"]
    assert (await rses.attributes(alice, "EULAKE-1"))["EULAKE-1"] is True
    with pytest.raises(NotFound) as caught:
        await rses.get(alice, "NO-SUCH-RSE")
    assert caught.value.code == "unknown_rse"
    with pytest.raises(Unprocessable):
        await rses.list_rses(alice, "NO-SUCH-RSE")


async def test_computed_addresses_are_those_that_rucio_lists(
    alice: RucioClient, lake: Lake
) -> None:
    names = [Did.parse(lake.examples[key]) for key in ("dimuon_file", "alice_file", "csv")]
    names += [Did.parse(text) for text in lake.examples["difficult"]]
    known = {
        name: (await rses.get(alice, name)).protocols[0] for name in await rses.list_rses(alice)
    }
    seen = 0
    for record in [r async for r in replicas.list_replicas(alice, names, all_states=True)]:
        for rse, pfns in record.pfns.items():
            if not lake.rses[rse]["deterministic"]:
                continue
            path = lfn2path("hash", record.did.scope, record.did.name)
            assert path is not None
            assert pfn_for(known[rse], path) in pfns
            seen += 1
    assert seen >= len(names)


async def test_a_pfn_leads_to_the_very_file_below_the_mount(alice: RucioClient, lake: Lake) -> None:
    about = lake.rses["EULAKE-1"]
    file = Did.parse(lake.examples["file_at_destination"])
    (record,) = [r async for r in replicas.list_replicas(alice, [file], "EULAKE-1")]
    path = by_prefix(record.pfns["EULAKE-1"][0], about["mount_path"], about["prefix"])
    size = await asyncio.to_thread(lambda: Path(path).stat().st_size)
    assert size == record.size_bytes


async def test_a_name_that_leads_out_of_the_mount_is_refused(
    alice: RucioClient, lake: Lake
) -> None:
    about = lake.rses["EULAKE-1"]
    file = Did.parse(lake.examples["escaping"])
    path = lfn2path("hash", file.scope, file.name)
    assert path is not None
    pfn = pfn_for((await rses.get(alice, "EULAKE-1")).protocols[0], path)
    assert pfn is not None
    with pytest.raises(PathOutsideMount):
        by_prefix(pfn, about["mount_path"], about["prefix"])


async def test_what_is_stuck_is_named_with_a_reason(alice: RucioClient, data: LakeData) -> None:
    good = data.files(2)
    lost = data.files(1, with_bytes=False)
    dataset = Did.parse(data.collection("dataset", good + lost))
    rule_id = await rules.add(alice, dataset, "EULAKE-1", 3600)
    rule = await until_settled(alice, rule_id)
    assert (rule.state, rule.locks_ok, rule.locks_stuck) == ("STUCK", 2, 1)
    assert rule.error
    assert "\n" not in rule.error
    locks = [(str(lock.did), lock.rse, lock.state) async for lock in rules.locks(alice, rule_id)]
    assert sorted(locks) == sorted(
        [*((file, "EULAKE-1", "OK") for file in good), (lost[0], "EULAKE-1", "STUCK")]
    )


async def test_a_wrong_password_at_the_real_rucio(lake: Lake, instance: Instance) -> None:
    wrong = {**lake.accounts["alice"], "password": "queen-of-hearts"}
    other = Lake({**lake.connection, "accounts": {"alice": wrong}})
    async with signed_in(other, instance, "alice") as client:
        with pytest.raises(NotAuthenticated) as caught:
            await client.login()
    assert caught.value.code == "not_authenticated"
    assert "queen-of-hearts" not in repr(caught.value.to_dict())


async def test_the_account_may_be_left_to_rucio(lake: Lake, instance: Instance) -> None:
    nameless = {**lake.accounts["alice"], "account": ""}
    other = Lake({**lake.connection, "accounts": {"alice": nameless}})
    async with signed_in(other, instance, "alice") as client:
        await client.login()
        assert client.account == "alice"


async def until_settled(client: RucioClient, rule_id: str) -> rules.RuleRecord:
    for _ in range(240):
        rule = await rules.get(client, rule_id)
        if rule.state in ("OK", "STUCK"):
            return rule
        await asyncio.sleep(0.25)
    raise AssertionError(f"rule {rule_id} is still {rule.state}")


async def counted_at(
    client: RucioClient, dataset: Did, rse: str, *, available: int
) -> replicas.DatasetReplicaRecord:
    """A daemon of Rucio counts them, some time after the rule is satisfied."""
    for _ in range(240):
        for summary in await replicas.dataset_replicas(client, dataset):
            if (summary.rse, summary.available_length) == (rse, available):
                return summary
        await asyncio.sleep(0.25)
    raise AssertionError(f"{available} files of {dataset} were not counted at {rse}")
