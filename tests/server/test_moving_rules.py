"""The account's rules that are on their way, whoever asked for them and wherever they lead."""

from __future__ import annotations

from lakedata import LakeData

from lake.testing import Lake

from .conftest import Api, at


async def test_all_that_moves_is_listed_and_nothing_else(
    alice: Api, lake: Lake, data: LakeData
) -> None:
    with lake.transfers(may_finish=0):
        elsewhere = data.rule(data.files(1)[0], "DESY-DISK")
        await alice.post(at("availability"), {"did": data.collection("dataset", data.files(2))})
        listed = (await alice.get(at("rules"))).items
        by_id = {rule["id"]: rule for rule in listed}
        # Not this page asked for it, and its data come to no mount of this server.
        assert by_id[elsewhere]["rse_expression"] == "DESY-DISK"
        assert by_id[elsewhere]["account"] == "alice"
        assert by_id[elsewhere]["did_type"] == "file"
        assert {rule["state"] for rule in listed} <= {"REPLICATING", "STUCK", "INJECT"}
        newest = [rule["created_at"] for rule in listed]
        assert newest == sorted(newest, reverse=True)
        one = await alice.lines(at("rules"), limit=1)
        assert one[0]["id"] == listed[0]["id"]
        assert one[-1] == {"end": {"count": 1, "truncated": True}}
    for _ in range(60):
        lake.run_daemons_once()
        rules = (await alice.get(at("rules"))).items
        if elsewhere not in {rule["id"] for rule in rules}:
            return
    raise AssertionError("It is at rest, and still listed as moving")
