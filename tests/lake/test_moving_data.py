"""Alice asks for data, and the lake moves it: really, visibly, and not when it is broken."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from conftest import Ask, SignIn
from lake_user import adler32, becomes_true, path_at_mount, path_below_mount

from lake.errors import LakeError
from lake.testing import Lake, running_lake

ESCAPED = "outside.txt"


def test_a_dataset_arrives_at_the_mount_whole_and_leaves_the_storage_with_its_rule(
    either_lake: Lake, sign_in: SignIn, ask: Ask
) -> None:
    lake, alice = either_lake, sign_in(either_lake, "alice")
    dataset = lake.examples["small_dataset"]

    rule = alice.rule_in_state(ask(lake, dataset), "OK")

    replicas = alice.replicas(dataset, "EULAKE-1")
    assert rule["locks_ok_cnt"] == len(replicas) == 2
    paths = [path_at_mount(lake, replica) for replica in replicas]
    assert [adler32(path) for path in paths] == [replica["adler32"] for replica in replicas]
    sites = alice.rows("/replicas/demo/dimuon_2022/datasets")
    assert {site["rse"]: site["available_length"] for site in sites}["EULAKE-1"] == 2

    sign_in(lake, "root").end_rule(rule["id"])

    # The mount remembers them for some seconds more.
    storage = Path(lake.rses["EULAKE-1"]["storage_path"])
    stored = [storage / path_below_mount(lake, replica) for replica in replicas]
    assert becomes_true(lambda: not any(path.exists() for path in stored))


def test_a_rule_on_the_topmost_of_nested_containers_covers_all_files(
    lake: Lake, sign_in: SignIn, ask: Ask
) -> None:
    alice = sign_in(lake, "alice")
    rule = alice.rule_in_state(ask(lake, lake.examples["nested_container"], "DESY-DISK"), "OK")
    assert rule["locks_ok_cnt"] == 8 + 4 + 3 + 2


def test_a_file_whose_only_source_is_broken_gets_stuck_with_the_reason(
    either_lake: Lake, sign_in: SignIn, ask: Ask
) -> None:
    alice = sign_in(either_lake, "alice")
    rule_id = ask(either_lake, either_lake.examples["broken"])
    rule = alice.rule_in_state(rule_id, "STUCK")
    assert rule["locks_stuck_cnt"] == 1
    assert "calib_broken_0001.root" in rule["error"]
    assert "no such file or directory" in rule["error"].lower()


def test_difficult_names_arrive_under_their_names(
    either_lake: Lake, sign_in: SignIn, ask: Ask
) -> None:
    lake, alice = either_lake, sign_in(either_lake, "alice")
    dataset = lake.examples["difficult_dataset"]
    alice.rule_in_state(ask(lake, dataset), "OK")
    replicas = alice.replicas(dataset, "EULAKE-1")
    arrived = {path_at_mount(lake, replica).name for replica in replicas}
    assert {"0001.root", "calibration:v2.csv", "50%_sample.csv", "run#7.csv"} <= arrived
    assert {"fit results (final).csv", "données_été_β.csv", "%2Fencoded%20name.csv"} <= arrived
    assert all(adler32(path_at_mount(lake, r)) == r["adler32"] for r in replicas)


def test_progress_can_be_watched_file_by_file(lake: Lake, sign_in: SignIn, ask: Ask) -> None:
    alice = sign_in(lake, "alice")
    with lake.transfers(may_finish=0):
        rule_id = ask(lake, "lofar:LoTSS_DR3_P150+47")

        def progress() -> tuple[int, int]:
            rule = alice.existing_rule(rule_id)
            return rule["locks_ok_cnt"], rule["locks_replicating_cnt"]

        for steps in [(0, 3), (1, 2), (2, 1), (3, 0)]:
            assert becomes_true(lambda steps=steps: progress() == steps)
            lake.transfer_settings(may_finish=1)


def test_a_slow_transfer_is_not_at_the_destination_before_it_is_complete(
    lake: Lake, sign_in: SignIn, ask: Ask
) -> None:
    alice, file = sign_in(lake, "alice"), lake.examples["alice_file"]
    with lake.transfers(rate_bytes_s=12_000):
        rule_id = ask(lake, file)
        transfers = lake.connection["transfer_service"]["url"] + "/lake/transfers"
        assert becomes_true(lambda: httpx.get(transfers, trust_env=False).json().get("ACTIVE") == 1)
        folder = Path(lake.rses["EULAKE-1"]["mount_path"]) / "user/alice"
        assert not [path for path in folder.rglob("*.root")]
        alice.rule_in_state(rule_id, "OK")
    (replica,) = alice.replicas(file, "EULAKE-1")
    assert adler32(path_at_mount(lake, replica)) == replica["adler32"]


def test_transfers_that_are_made_to_fail_are_stuck_and_a_repair_gets_them_moving(
    either_lake: Lake, sign_in: SignIn, ask: Ask
) -> None:
    lake, alice = either_lake, sign_in(either_lake, "alice")
    with lake.transfers(failing=["P160+52.001"]):
        rule_id = ask(lake, "lofar:LoTSS_DR3_P160+52")
        rule = alice.rule_in_state(rule_id, "STUCK")
        assert becomes_true(lambda: alice.existing_rule(rule_id)["locks_ok_cnt"] == 2)
        assert "Made to fail" in rule["error"]
    lake.run_daemons_once(repair=True)
    assert alice.rule_in_state(rule_id, "OK")["locks_ok_cnt"] == 3


def test_what_is_stuck_is_tried_again_by_itself_after_the_time_that_a_lake_is_given(
    sign_in: SignIn,
) -> None:
    with running_lake(repair_after_s=1) as lake:
        alice = sign_in(lake, "alice")
        with lake.transfers(failure_rate=1):
            rule_id = alice.ask_for("lofar:LoTSS_DR3_P170+47", "EULAKE-1")
            alice.rule_in_state(rule_id, "STUCK")
        alice.rule_in_state(rule_id, "OK")


def test_a_failure_rate_of_one_lets_nothing_through(lake: Lake, sign_in: SignIn, ask: Ask) -> None:
    alice = sign_in(lake, "alice")
    with lake.transfers(failure_rate=1):
        rule = alice.rule_in_state(ask(lake, "lofar:LoTSS_DR3_P170+47"), "STUCK")
    assert rule["locks_ok_cnt"] == 0


def test_a_file_that_is_not_what_the_catalogue_says_does_not_arrive(
    either_lake: Lake, sign_in: SignIn, ask: Ask
) -> None:
    lake, alice = either_lake, sign_in(either_lake, "alice")
    dataset = "lofar:LoTSS_DR3_P180+47"
    victim = f"{dataset}.000.csv"
    (replica,) = alice.replicas(victim)
    (source,) = replica["rses"]
    (stored,) = Path(lake.rses[source]["storage_path"]).rglob("LoTSS_DR3_P180+47.000.csv")
    original = stored.read_bytes()
    try:
        stored.write_bytes(original[:-2] + b"?\n")
        rule_id = ask(lake, dataset)
        rule = alice.rule_in_state(rule_id, "STUCK")
        assert "checksum mismatch" in rule["error"]
        assert not list(Path(lake.rses["EULAKE-1"]["storage_path"]).rglob(stored.name))
    finally:
        stored.write_bytes(original)
    lake.run_daemons_once(repair=True)
    alice.rule_in_state(rule_id, "OK")


def test_nothing_is_read_outside_of_the_storages(lake: Lake, sign_in: SignIn, ask: Ask) -> None:
    alice = sign_in(lake, "alice")
    rule = alice.rule_in_state(ask(lake, lake.examples["escaping"], "DESY-DISK"), "STUCK")
    assert "Permission denied" in rule["error"]
    assert not list(lake.state.root.rglob(ESCAPED))


def test_while_the_daemons_are_paused_nothing_moves_but_by_single_passes(
    lake: Lake, sign_in: SignIn, ask: Ask
) -> None:
    alice = sign_in(lake, "alice")
    with lake.paused_daemons():
        rule_id = ask(lake, "lofar:LoTSS_DR3_P190+47")
        assert alice.existing_rule(rule_id)["locks_replicating_cnt"] == 3
        assert "conveyor-submitter" in lake.run_daemons_once()

        def is_done_after_a_pass() -> bool:
            lake.run_daemons_once()
            return bool(alice.existing_rule(rule_id)["state"] == "OK")

        assert becomes_true(is_done_after_a_pass)


@pytest.mark.parametrize(
    ("rse", "why"), [("PIC-DISK", "no quota"), ("TINY-DISK", "too small a quota")]
)
def test_rucio_refuses_what_exceeds_alices_quota(
    lake: Lake, sign_in: SignIn, rse: str, why: str
) -> None:
    answer = sign_in(lake, "alice").try_to_ask_for(lake.examples["dimuon_dataset"], rse)
    assert answer.json()["ExceptionClass"] == "InsufficientAccountLimit", why


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("rate_bytes_s", 0),
        ("failure_rate", 2),
        ("delay_s", "soon"),
        ("speed", 3),
        ("failing", "all"),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_a_sentence(
    lake: Lake, setting: str, value: object
) -> None:
    with pytest.raises(LakeError, match=setting):
        lake.transfer_settings(**{setting: value})
