"""What is in the lake from the start: for scientists, and to break careless code."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import uproot
from conftest import SignIn
from lake_user import adler32, becomes_true, path_at_mount

from lake.paths import hash_path
from lake.testing import Lake


def all_examples(lake: Lake) -> list[str]:
    values = [v for key, v in lake.examples.items() if key != "empty_scope"]
    return [did for value in values for did in (value if isinstance(value, list) else [value])]


def test_every_example_is_a_did_that_rucio_knows(lake: Lake, sign_in: SignIn) -> None:
    alice = sign_in(lake, "alice")
    for did in all_examples(lake):
        assert alice.did(did)["name"] == did.partition(":")[2]


def test_the_dimuon_sample_has_the_z_peak(either_lake: Lake) -> None:
    source = Path(either_lake.rses["CNAF-DISK"]["storage_path"])
    files = sorted(source.rglob("dimuon_2021_*.root"))
    branches = ["pt1", "eta1", "phi1", "pt2", "eta2", "phi2", "q1", "q2"]
    events = uproot.concatenate([f"{path}:events" for path in files], branches, library="np")
    mass = np.sqrt(
        2
        * events["pt1"]
        * events["pt2"]
        * (np.cosh(events["eta1"] - events["eta2"]) - np.cos(events["phi1"] - events["phi2"]))
    )
    counts, edges = np.histogram(mass, bins=60, range=(60, 120))
    assert 90 <= edges[counts.argmax()] <= 92
    assert counts.max() > 10 * counts[:10].max()
    assert (events["q1"] + events["q2"] == 0).all()


def test_the_catalogue_agrees_with_the_bytes_at_the_sites(lake: Lake, sign_in: SignIn) -> None:
    alice = sign_in(lake, "alice")
    for did in (lake.examples[key] for key in ("csv", "parquet", "hdf5", "fits", "alice_file")):
        (replica,) = alice.replicas(did)
        for pfn in replica["pfns"]:
            path = Path(pfn.removeprefix("file://localhost"))
            assert path.stat().st_size == replica["bytes"]
            assert adler32(path) == replica["adler32"]


def test_files_are_where_rucio_says_they_are(either_lake: Lake, sign_in: SignIn) -> None:
    """The lake writes them by an algorithm of its own; Rucio's answer is what counts."""
    alice = sign_in(either_lake, "alice")
    for did in either_lake.examples["difficult"]:
        scope, _, name = did.partition(":")
        for replica in alice.replicas(did):
            for pfn in replica["pfns"]:
                assert pfn.endswith("/" + hash_path(scope, name))


def test_what_is_at_the_destination_already_can_be_read_at_the_mount(
    either_lake: Lake, sign_in: SignIn
) -> None:
    lake, alice = either_lake, sign_in(either_lake, "alice")
    rules = {row["account"]: row for row in alice.rows("/dids/demo/dielectron_2021/rules")}
    assert (rules["alice"]["rse_expression"], rules["alice"]["state"]) == ("EULAKE-1", "OK")
    assert rules["alice"]["locks_ok_cnt"] == 4
    (without_rule,) = alice.replicas(lake.examples["file_at_destination"], "EULAKE-1")
    assert path_at_mount(lake, without_rule).read_text().startswith("channel,")
    at_destination = alice.replicas(lake.examples["partial_dataset"], "EULAKE-1")
    assert len(at_destination) == 1
    assert alice.did(lake.examples["partial_dataset"])["length"] == 3


def test_containers_nest_and_some_collections_are_empty(lake: Lake, sign_in: SignIn) -> None:
    alice = sign_in(lake, "alice")
    assert alice.content("demo:archive") == ["demo:all_campaigns"]
    assert set(alice.content("demo:all_campaigns")) == {"demo:campaign2021", "demo:campaign2022"}
    assert "demo:dimuon_2021" in alice.content("demo:campaign2021")
    assert alice.content(lake.examples["empty"]) == []
    assert alice.content(lake.examples["empty_container"]) == []
    shared = set(alice.content(lake.examples["sharing_dataset"]))
    assert shared < set(alice.content(lake.examples["dimuon_dataset"]))


def test_dids_carry_rucios_own_metadata_and_any_other(lake: Lake, sign_in: SignIn) -> None:
    alice = sign_in(lake, "alice")
    (metadata,) = alice.rows("/dids/demo/dimuon_2021/meta?plugin=ALL")
    assert (metadata["datatype"], metadata["run_number"]) == ("NTUPLE", 331700)
    assert metadata["beam_energy_tev"] == 6.5
    assert metadata["events"] == 8 * 20_000


def test_sources_are_kept_by_rules_of_root(lake: Lake, sign_in: SignIn) -> None:
    alice = sign_in(lake, "alice")
    for did in ("demo/dimuon_2021", "demo/photon_2021", "ska/SKA-Low_sim_2024_003"):
        (rule,) = [r for r in alice.rows(f"/dids/{did}/rules") if r["account"] == "root"]
        assert rule["state"] == "OK"
        assert "EULAKE-1" not in rule["rse_expression"]


def test_no_rse_of_another_kind_is_mounted(lake: Lake) -> None:
    mounted = {name for name, rse in lake.rses.items() if rse["mount_path"]}
    assert mounted == {"EULAKE-1", "JUPYTER-SCRATCHDISK"}
    assert lake.rses["JUPYTER-SCRATCHDISK"]["deterministic"] is False


@pytest.mark.xrootd
def test_the_destination_is_mounted_read_only_and_the_scratch_is_not(xrootd_lake: Lake) -> None:
    destination = Path(xrootd_lake.rses["EULAKE-1"]["mount_path"])
    with pytest.raises(OSError, match="Read-only"):
        (destination / "mine.txt").write_text("no")
    scratch = xrootd_lake.rses["JUPYTER-SCRATCHDISK"]
    (Path(scratch["mount_path"]) / "mine.json").write_text(json.dumps({"is": "here"}))
    stored = Path(scratch["storage_path"]) / "mine.json"
    # FUSE hands the end of a file on after the writer has closed it.
    assert becomes_true(lambda: stored.exists() and stored.stat().st_size > 0)
    assert json.loads(stored.read_text()) == {"is": "here"}
