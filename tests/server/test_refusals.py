"""Rucio refuses to bring data here: in the user's words, with Rucio's own beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from faultproxy import Fault, FaultProxy
from lakedata import LakeData

from lake.testing import Lake

from .administrator import Administrator
from .conftest import Answer, Api, at

PLACES = ("EULAKE-1", "TINY-DISK", "PIC-DISK")


@pytest.fixture
def instances(lake: Lake, lake_instance: dict[str, Any], proxy: FaultProxy) -> list[Any]:
    mount = lake.rses["EULAKE-1"]["mount_path"]
    single = {"destination_rse", "rse_mount_path"}
    one = {key: value for key, value in lake_instance.items() if key not in single}
    places = [{"rse": rse, "mount_path": mount} for rse in PLACES]
    return [{**one, "destinations": places, "rucio_base_url": proxy.url}]


@pytest.fixture(scope="session")
def administrator(lake: Lake) -> Iterator[Administrator]:
    administrator = Administrator(lake)
    yield administrator
    administrator.close()


@pytest.fixture(scope="session")
def large(data: LakeData) -> str:
    """More than a megabyte, which is all that Alice may have at TINY-DISK."""
    return data.collection("dataset", data.files(3, size_bytes=500_000))


async def ask(api: Api, did: str, rse: str, **more: Any) -> Answer:
    return await api.post(at("availability"), {"did": did, "rse": rse, **more})


async def test_no_quota_at_all(alice: Api, large: str) -> None:
    answer = await ask(alice, large, "PIC-DISK")
    assert (answer.status, answer.body["code"]) == (403, "quota_exceeded")
    assert answer.body["message"] == "Your account has no quota at PIC-DISK."
    assert "administrators of The Lake" in answer.body["hint"]
    assert answer.body["rucio"]["exception_class"] == "InsufficientAccountLimit"


async def test_too_little_quota_says_how_much_is_left_and_how_much_it_takes(
    alice: Api, large: str
) -> None:
    answer = await ask(alice, large, "TINY-DISK")
    assert (answer.status, answer.body["code"]) == (403, "quota_exceeded")
    assert re.fullmatch(
        r"Your quota at TINY-DISK is not enough: [\d.]+ [kM]B of 1 MB are left, "
        rf"and {large} takes 1\.5 MB\.",
        answer.body["message"],
    )
    assert answer.body["hint"]
    assert answer.body["rucio"]["exception_class"] == "InsufficientAccountLimit"
    (item,) = (await alice.get(at("availability"), did=large)).items
    assert item["state"] == "not_available"


async def test_a_container_takes_what_its_datasets_take(
    alice: Api, data: LakeData, large: str
) -> None:
    answer = await ask(alice, data.collection("container", [large]), "TINY-DISK")
    assert "takes 1.5 MB" in answer.body["message"]


async def test_too_little_quota_at_several_sites_together(
    alice: Api, data: LakeData, administrator: Administrator
) -> None:
    did = data.collection("dataset", data.files(2))
    tiny = (await alice.get(at("availability/plan"), did=did)).body["places"][1]
    with administrator.limit_on("site=TINY|site=PIC", tiny["bytes_used"] + 1500):
        answer = await ask(alice, did, "TINY-DISK")
    assert answer.status == 403
    assert "not enough: 1.5 kB of " in answer.body["message"]
    assert "takes 2 kB" in answer.body["message"]


async def test_a_destination_that_takes_nothing_at_present(
    alice: Api, data: LakeData, administrator: Administrator
) -> None:
    did = data.collection("dataset", data.files(1))
    with administrator.not_writable("TINY-DISK"):
        answer = await ask(alice, did, "TINY-DISK")
    assert (answer.status, answer.body["code"]) == (422, "rse_write_blocked")
    assert answer.body["message"].startswith(
        "The destination TINY-DISK takes no new data at present."
    )
    assert answer.body["rucio"]["exception_class"] == "RSEWriteBlocked"


async def test_what_one_has_already_is_no_refusal(alice: Api, data: LakeData) -> None:
    did = data.collection("dataset", data.files(1))
    first = await ask(alice, did, "EULAKE-1")
    again = await ask(alice, did, "EULAKE-1")
    assert first.status == again.status == 202
    assert first.body["rule"]["id"] == again.body["rule"]["id"]


async def test_another_place_than_those_configured(alice: Api, large: str) -> None:
    answer = await ask(alice, large, "EULAKE-9")
    assert (answer.status, answer.body["code"]) == (400, "not_a_destination")
    assert answer.body["hint"] == "Mounted are: EULAKE-1, TINY-DISK, PIC-DISK."


# These need policies, sites or times that the lake does not have. The words are Rucio's own.
SAID = [
    ("AccessDenied", "Account alice can not add replication rule.", 403, "forbidden"),
    ("RSEOverQuota", "There is insufficient space on any of the target RSE's.", 403, "rse_full"),
    ("ScratchDiskLifetimeConflict", "Lifetime too long.", 422, "lifetime_too_long"),
    ("StagingAreaRuleRequiresLifetime", "Rules must include one.", 422, "lifetime_required"),
    ("InsufficientTargetRSEs", "Target RSE set not sufficient.", 422, "insufficient_target_rses"),
    ("ManualRuleApprovalBlocked", "Manual approval is blocked.", 403, "approval_blocked"),
    ("UnsupportedOperation", "The DID is closed.", 422, "unsupported_operation"),
    ("InvalidReplicationRule", "The DID is obsolete.", 422, "invalid_rule"),
    ("DataIdentifierNotFound", "Data identifier is not valid.", 404, "unknown_did"),
    ("RSENotFound", "RSE cannot be found.", 404, "unknown_rse"),
]


@pytest.mark.parametrize("said", SAID, ids=[said[0] for said in SAID])
async def test_what_the_lake_cannot_be_made_to_say(
    alice: Api, proxy: FaultProxy, large: str, said: tuple[str, str, int, str]
) -> None:
    exception, sentence, status, code = said
    body = json.dumps({"ExceptionClass": exception, "ExceptionMessage": sentence})
    proxy.set("/rules/", Fault(status=409, body=body.encode()))
    answer = await ask(alice, large, "EULAKE-1")
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.body["rucio"] == {
        "exception_class": exception,
        "exception_message": sentence,
    }
    # A sentence of ours, not Rucio's alone.
    assert answer.body["message"] not in ("", sentence)
