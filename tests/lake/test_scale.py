"""Datasets of very many files, on either kind of database."""

from __future__ import annotations

import pytest
from conftest import SignIn
from lake_user import RucioUser, becomes_true

from lake.errors import LakeError
from lake.testing import Lake, running_lake


def check_bulk(lake: Lake, alice: RucioUser, files: int) -> None:
    did = lake.bulk(files, name="many", has_rule=True)
    dataset = alice.did(did)
    assert (dataset["length"], dataset["type"], dataset["open"]) == (files, "DATASET", False)
    (rule,) = alice.rows("/dids/bulk/many/rules")
    assert (rule["account"], rule["state"], rule["locks_ok_cnt"]) == ("alice", "OK", files)
    (summary,) = alice.rows("/replicas/bulk/many/datasets")
    assert summary["available_length"] == files
    assert summary["available_bytes"] == dataset["bytes"]
    listed = alice.rows("/dids/bulk/many/files")
    assert (len(listed), sum(row["bytes"] for row in listed)) == (files, dataset["bytes"])
    one = f"bulk:{listed[-1]['name']}"
    (replica,) = alice.replicas(one)
    assert set(replica["rses"]) == {"CNAF-DISK", "EULAKE-1"}

    def is_counted() -> bool:
        usage = {row["rse"]: row for row in alice.rows("/accounts/alice/usage/")}
        return bool(usage["EULAKE-1"]["bytes"] >= dataset["bytes"])

    assert becomes_true(is_counted), "alice's usage does not grow by what her rule holds"
    with pytest.raises(LakeError, match="is there already"):
        lake.bulk(files, name="many")


def test_a_bulk_dataset_looks_as_if_rucio_had_replicated_it(lake: Lake, sign_in: SignIn) -> None:
    check_bulk(lake, sign_in(lake, "alice"), files=1_000)


def test_a_bulk_dataset_at_the_source_only_has_no_rule(lake: Lake, sign_in: SignIn) -> None:
    alice = sign_in(lake, "alice")
    did = lake.bulk(50, name="at_source", where="source")
    assert alice.rows("/dids/bulk/at_source/rules") == []
    assert all(list(replica["rses"]) == ["CNAF-DISK"] for replica in alice.replicas(did))


@pytest.mark.postgres
def test_the_same_on_postgresql_and_rules_are_served(sign_in: SignIn) -> None:
    with running_lake(db="postgres") as lake:
        alice = sign_in(lake, "alice")
        alice.rule_in_state(alice.ask_for("demo:dimuon_2021", "EULAKE-1"), "OK")
        stuck = alice.rule_in_state(alice.ask_for(lake.examples["broken"], "EULAKE-1"), "STUCK")
        assert "No such file" in stuck["error"]
        (metadata,) = alice.rows("/dids/demo/dimuon_2021/meta?plugin=ALL")
        assert metadata["beam_energy_tev"] == 6.5
        check_bulk(lake, alice, files=5_000)
