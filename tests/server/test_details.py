"""Everything about one DID, and about the lake around it."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from faultproxy import Fault, FaultProxy
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Api, at


async def rows(api: Api, path: str, **params: Any) -> list[dict[str, Any]]:
    """A list, both as it streams and gathered: the same."""
    answer = await api.get(at(path), **params)
    assert answer.status == 200, answer.body
    *streamed, end = await api.lines(at(path), **params)
    assert streamed == answer.items
    assert end["end"]["count"] == answer.body["count"] == len(answer.items)
    return answer.items


async def by_rse(api: Api, did: str) -> dict[str, dict[str, Any]]:
    return {row["rse"]: row for row in await rows(api, "did/replicas", did=did)}


class TestMetadata:
    async def test_values_keep_their_types(self, alice: Api, data: LakeData) -> None:
        did = data.collection("dataset", [])
        said = {"events_per_s": 2.5, "is_good": False, "label": "5", "deep": {"a": [1, None, "x"]}}
        data.describe(did, {**said, "gone": None, "project": "demo"})
        metadata = (await alice.get(at("did"), did=did)).body["metadata"]
        assert {key: metadata.get(key) for key in said} == said
        assert metadata["project"] == "demo"
        assert "gone" not in metadata
        assert None not in metadata.values()

    async def test_what_rucio_has_not_counted_is_counted(
        self, alice: Api, lake: Lake, data: LakeData
    ) -> None:
        container = (await alice.get(at("did"), did=lake.examples["container"])).body
        assert container["length"] == 15
        assert container["size"] == container["bytes"] > 1_000_000
        still_open = data.collection("dataset", data.files(3, size_bytes=100), is_open=True)
        dataset = (await alice.get(at("did"), did=still_open)).body
        assert (dataset["length"], dataset["bytes"], dataset["open"]) == (3, 300, True)

    async def test_keys_to_search_by(self, alice: Api, data: LakeData) -> None:
        key = f"grade_{secrets.token_hex(4)}"
        seen = f"seen_{secrets.token_hex(4)}"
        data.convention(key, ["gold", "silver"])
        did = data.collection("dataset", [])
        data.describe(did, {seen: 1.5, f"{seen}_text": "x", f"{seen}_deep": {}})
        await alice.get(at("did"), did=did)
        keys = {row["key"]: row for row in await rows(alice, "metadata-keys")}
        assert keys[key] == {
            "key": key,
            "type": None,
            "values": ["gold", "silver"],
            "source": "convention",
        }
        assert (keys[seen]["type"], keys[seen]["source"]) == ("number", "seen")
        assert keys[f"{seen}_text"]["type"] == "string"
        assert keys[f"{seen}_deep"]["type"] is None
        kinds = {row["key"]: row["type"] for row in keys.values() if row["source"] == "did_column"}
        assert kinds["run_number"] == "number"
        assert kinds["datatype"] == "string"
        assert kinds["created_at"] == "date"
        assert kinds["hidden"] == "boolean"
        assert "NTUPLE" in keys["datatype"]["values"]
        assert keys["run_number"]["values"] is None
        assert not {"name", "scope", "is_open"} & keys.keys()


class TestReplicas:
    async def test_a_dataset_by_site(self, alice: Api, data: LakeData) -> None:
        files = data.files(6, size_bytes=10) + data.files(2, size_bytes=10, rse="DESY-DISK")
        sites = await by_rse(alice, data.collection("dataset", files))
        cnaf, desy = sites["CNAF-DISK"], sites["DESY-DISK"]
        assert (cnaf["files"], cnaf["available_files"], cnaf["state"]) == (8, 6, "PARTIAL")
        assert (desy["files"], desy["available_files"], desy["state"]) == (8, 2, "PARTIAL")
        assert (desy["available_bytes"], cnaf["available_bytes"], cnaf["bytes"]) == (20, 60, 80)
        assert "pfns" not in cnaf

    async def test_copies_without_a_rule_are_found_too(self, alice: Api, lake: Lake) -> None:
        sites = await by_rse(alice, lake.examples["partial_dataset"])
        assert (sites["DESY-DISK"]["available_files"], sites["DESY-DISK"]["state"]) == (
            3,
            "AVAILABLE",
        )
        assert (sites["EULAKE-1"]["available_files"], sites["EULAKE-1"]["state"]) == (1, "PARTIAL")

    async def test_a_dataset_that_rucio_has_no_summary_of(self, alice: Api, data: LakeData) -> None:
        sites = await by_rse(alice, data.collection("dataset", data.files(3, size_bytes=10)))
        assert sites == {
            "CNAF-DISK": {
                "rse": "CNAF-DISK",
                "state": "AVAILABLE",
                "files": 3,
                "available_files": 3,
                "bytes": 30,
                "available_bytes": 30,
            }
        }

    async def test_a_container_is_the_sum_of_its_datasets(self, alice: Api, data: LakeData) -> None:
        one = data.collection("dataset", data.files(2, size_bytes=10))
        two = data.collection("dataset", data.files(3, size_bytes=10, rse="DESY-DISK"))
        inner = data.collection("container", [two])
        outer = data.collection("container", [data.collection("container", [one]), inner])
        sites = await by_rse(alice, outer)
        assert {rse: row["available_files"] for rse, row in sites.items()} == {
            "CNAF-DISK": 2,
            "DESY-DISK": 3,
        }
        assert {(row["files"], row["bytes"]) for row in sites.values()} == {(5, 50)}

    async def test_a_container_counts_copies_without_a_rule_as_its_datasets_do(
        self, alice: Api, lake: Lake, data: LakeData
    ) -> None:
        dataset = lake.examples["partial_dataset"]
        container = data.collection("container", [dataset])
        assert await by_rse(alice, container) == await by_rse(alice, dataset)

    async def test_a_file_with_its_pfns(self, alice: Api, data: LakeData, lake: Lake) -> None:
        (file,) = data.files(1, size_bytes=10)
        (row,) = (await by_rse(alice, file)).values()
        assert (row["state"], row["files"], row["available_bytes"]) == ("AVAILABLE", 1, 10)
        (pfn,) = row["pfns"]
        assert pfn.startswith(lake.rses["CNAF-DISK"]["scheme"])
        assert pfn.endswith(file.partition(":")[2])

    async def test_a_copy_that_is_on_its_way_says_so(
        self, alice: Api, data: LakeData, lake: Lake
    ) -> None:
        (file,) = data.files(1)
        dataset = data.collection("dataset", [file])
        with lake.paused_daemons():
            data.rule(dataset, "DESY-DISK")
            for _ in range(50):
                row = (await by_rse(alice, file)).get("DESY-DISK")
                if row is not None:
                    break
                await asyncio.sleep(0.1)
            assert row is not None
            assert (row["state"], row["available_files"]) == ("COPYING", 0)

    async def test_nothing_is_nowhere(self, alice: Api, lake: Lake) -> None:
        assert await by_rse(alice, lake.examples["empty"]) == {}
        assert await by_rse(alice, lake.examples["empty_container"]) == {}


class TestParentsAndRules:
    async def test_what_holds_it(self, alice: Api, data: LakeData) -> None:
        (file,) = data.files(1, size_bytes=10)
        dataset = data.collection("dataset", [file])
        other = data.collection("dataset", [file])
        container = data.collection("container", [dataset])
        above = {row["did"]: row for row in await rows(alice, "did/parents", did=file)}
        assert above.keys() == {dataset, other}
        assert (above[dataset]["type"], above[dataset]["length"], above[dataset]["size"]) == (
            "dataset",
            1,
            10,
        )
        (row,) = await rows(alice, "did/parents", did=dataset)
        assert (row["did"], row["type"]) == (container, "container")
        assert await rows(alice, "did/parents", did=container) == []

    async def test_its_own_rules_and_those_above_it(self, alice: Api, data: LakeData) -> None:
        (file,) = data.files(1)
        dataset = data.collection("dataset", [file])
        inner = data.collection("container", [dataset])
        outer = data.collection("container", [inner])
        own = data.rule(dataset, "CNAF-DISK")
        above = data.rule(outer, "CNAF-DISK")
        found = await rows(alice, "did/rules", did=dataset)
        assert [(rule["id"], rule["via"]) for rule in found] == [(own, None), (above, outer)]
        assert {rule["account"] for rule in found} == {"alice"}
        assert all(rule["is_mine"] and rule["url"] for rule in found)
        (of_inner,) = await rows(alice, "did/rules", did=inner)
        assert (of_inner["id"], of_inner["via"]) == (above, outer)
        of_file = await rows(alice, "did/rules", did=file)
        assert {(rule["id"], rule["via"]) for rule in of_file} == {(own, dataset), (above, outer)}
        assert await rows(alice, "did/rules", did=data.collection("dataset", [])) == []


class TestAround:
    async def test_scopes(self, alice: Api, lake: Lake) -> None:
        scopes = [row["scope"] for row in await rows(alice, "scopes")]
        assert set(lake.connection["scopes"]) <= set(scopes)
        assert scopes == sorted(scopes)

    async def test_storage_sites(
        self, alice: Api, lake: Lake, lake_instance: dict[str, Any]
    ) -> None:
        sites = {row["rse"]: row for row in await rows(alice, "rses")}
        assert set(lake.rses) <= set(sites)
        assert sites["EULAKE-1"] == {
            "rse": "EULAKE-1",
            "deterministic": True,
            "writable": True,
            "mounted": True,
            "mount_path": lake_instance["rse_mount_path"],
        }
        assert (sites["CNAF-DISK"]["mounted"], sites["CNAF-DISK"]["mount_path"]) == (False, None)
        assert sites["JUPYTER-SCRATCHDISK"]["deterministic"] is False
        two = await rows(alice, "rses", expression="EULAKE-1|CNAF-DISK")
        assert [row["rse"] for row in two] == ["CNAF-DISK", "EULAKE-1"]
        refused = await alice.get(at("rses"), expression="no such expression")
        assert (refused.status, refused.body["code"]) == (422, "invalid_rse_expression")

    async def test_usage(self, alice: Api, lake: Lake) -> None:
        used = {row["rse"]: row for row in await rows(alice, "usage")}
        eulake = used["EULAKE-1"]
        assert eulake["bytes_limit"] == lake.rses["EULAKE-1"]["quota_bytes"]
        assert eulake["bytes_used"] > 0
        assert eulake["files"] > 0


class TestInside:
    """A search inside a container."""

    async def found(self, api: Api, name: str, **params: Any) -> list[str]:
        wanted = {"scope": "demo", "name": name, "recursive": "true", **params}
        *items, end = await api.lines(at("dids"), **wanted)
        assert end == {"end": {"count": len(items), "truncated": False}}
        names = [item["did"] for item in items]
        assert len(names) == len(set(names))
        return names

    async def test_every_type_at_any_depth(self, alice: Api) -> None:
        datasets = {"dimuon_2021", "dielectron_2021", "photon_2021", "dimuon_2022"}
        containers = {"all_campaigns", "campaign2021", "campaign2022"}
        for type, expected in (("dataset", datasets), ("container", containers)):
            found = await self.found(alice, "archive", type=type)
            assert set(found) == {f"demo:{name}" for name in expected}
        assert len(await self.found(alice, "archive", type="collection")) == 7
        assert len(await self.found(alice, "archive", type="file")) == 17
        assert len(await self.found(alice, "archive", type="all")) == 24
        assert len(await self.found(alice, "dimuon_2021", type="all")) == 8
        assert await self.found(alice, "dimuon_2021", type="dataset") == []

    async def test_sizes_come_with_it(self, alice: Api) -> None:
        answer = await alice.get(
            at("dids"), scope="demo", name="archive", type="dataset", recursive="true"
        )
        sizes = {row["name"]: (row["length"], row["size"]) for row in answer.items}
        assert sizes["dimuon_2021"][0] == 8
        assert all(size > 0 for _, size in sizes.values())

    async def test_several_containers_at_once(self, alice: Api) -> None:
        found = await self.found(alice, "campaign20*", type="dataset")
        assert len(found) == 4
        files = await self.found(alice, "campaign20*", type="file")
        assert len(files) == 17

    async def test_what_two_datasets_share_comes_once(self, alice: Api, data: LakeData) -> None:
        files = data.files(3)
        one, two = data.collection("dataset", files), data.collection("dataset", files[:2])
        name = data.collection("container", [one, two]).partition(":")[2]
        assert sorted(await self.found(alice, name, type="file")) == sorted(files)
        assert sorted(await self.found(alice, name, type="all")) == sorted([one, two, *files])

    async def test_a_collection_that_is_not_there(self, alice: Api) -> None:
        for type in ("all", "file"):
            answer = await alice.get(
                at("dids"), scope="demo", name="gone", type=type, recursive="true"
            )
            assert (answer.status, answer.body["code"]) == (404, "unknown_did")

    async def test_a_limit(self, alice: Api) -> None:
        *items, end = await alice.lines(
            at("dids"), scope="demo", name="archive", type="file", recursive="true", limit=5
        )
        assert len(items) == 5
        assert end == {"end": {"count": 5, "truncated": True}}


async def test_difficult_names_come_through_every_route(alice: Api, lake: Lake) -> None:
    for did in lake.examples["difficult"]:
        assert "CNAF-DISK" in await by_rse(alice, did)
        held = set() if did in lake.examples["not_for_xrootd"] else {"demo:difficult_names"}
        above = {row["did"] for row in await rows(alice, "did/parents", did=did)}
        rules = await rows(alice, "did/rules", did=did)
        via = {rule["via"] for rule in rules if rule["via"]}
        # Others may have put it into datasets that nothing keeps.
        assert held <= via <= above


async def test_a_did_that_is_not_there(alice: Api) -> None:
    for path in ("did/replicas", "did/rules", "did/parents"):
        answer = await alice.get(at(path), did="demo:gone")
        assert (answer.status, answer.body["code"]) == (404, "unknown_did")
        assert (await alice.get(at(path))).body["code"] == "missing_argument"
        assert (await alice.get(at(path), did="nonsense")).body["code"] == "invalid_did"


class TestWatched:
    """With a proxy before Rucio that counts what it is asked."""

    @pytest.fixture
    def instances(self, lake_instance: dict[str, Any], proxy: FaultProxy) -> list[Any]:
        return [{**lake_instance, "rucio_base_url": proxy.url}]

    @pytest.mark.parametrize(
        "asked",
        [
            ("/scopes/", "scopes", {}),
            ("/meta", "did", {"did": "demo:dimuon_2021"}),
            ("/dids/demo/", "dids", {"scope": "demo", "name": "archive", "recursive": "true"}),
            (
                "/dids/demo/archive/files",
                "dids",
                {"scope": "demo", "name": "archive", "recursive": "true", "type": "file"},
            ),
            (
                "/dids/demo/dids/search",
                "dids",
                {"scope": "demo", "filters": json.dumps({"generator": "toy"})},
            ),
            ("/replicas/", "did/replicas", {"did": "demo:archive"}),
            ("/parents", "did/rules", {"did": "demo:dimuon_2021"}),
        ],
    )
    async def test_when_the_browser_goes_rucio_is_left_alone(
        self,
        alice: Api,
        proxy: FaultProxy,
        jp_fetch: Callable[..., Any],
        asked: tuple[str, str, dict[str, str]],
    ) -> None:
        slow, path, params = asked
        proxy.set(slow, Fault(pause_after_bytes=5))
        with pytest.raises(Exception, match=r"[Tt]imeout"):
            await jp_fetch(
                "rucio-jupyterlab",
                at(path),
                params=params,
                headers={"Accept": "application/x-ndjson"},
                request_timeout=1,
            )
        assert await asyncio.to_thread(proxy.abandoned.wait, 5)

    async def test_the_replicas_of_a_container_cost_a_few_requests(
        self, alice: Api, proxy: FaultProxy
    ) -> None:
        assert (await alice.get(at("scopes"))).status == 200
        proxy.requests.clear()
        await by_rse(alice, "atlas_opendata:data_13TeV")
        # Asked twice: what is in it, sizes and replicas, and once a count of each of ten datasets.
        assert len(proxy.requests) <= 20
        assert proxy.count("/replicas/list") == 0
        assert proxy.count("/files") == 0
