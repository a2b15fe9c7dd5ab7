"""What an upload would create, and what stands in its way, before anything moves."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData
from uploading import RSE, SCOPE, Look, adler32, body, plan, unique, uploaded

from lake.testing import Lake

from .administrator import Administrator
from .conftest import Api, at


@pytest.fixture(scope="session")
def there(lake: Lake) -> Iterator[Look]:
    found = Look(lake)
    yield found
    found.close()


@pytest.fixture(scope="session")
def administrator(lake: Lake) -> Iterator[Administrator]:
    administrator = Administrator(lake)
    yield administrator
    administrator.close()


async def refused(api: Api, *paths: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """Status and error of an upload that is not begun."""
    answer = await api.post(at("uploads"), body(*paths, **more))
    assert answer.status >= 400, answer.body
    assert (await api.get("jobs")).items == []
    return answer.status, answer.body


async def test_what_would_be_created(alice: Api, jp_root_dir: Path, there: Look) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"12345")
    found = await plan(alice, name, dataset={"scope": SCOPE, "name": unique("set")})
    (item,) = found["items"]
    assert (item["did"], item["name"], item["path"]) == (
        f"{SCOPE}:{name}",
        name,
        str(jp_root_dir / name),
    )
    assert (item["status"], item["size_bytes"], item["via"]) == ("new", 5, "stream")
    assert (found["files"], found["bytes"], found["lifetime_days"]) == (1, 5, 7)
    assert found["dataset"]["exists"] is False
    place = found["place"]
    assert (place["rse"], place["is_writable"], place["accepts_sign_in"]) == (RSE, True, True)
    assert place["has_quota"] is True
    assert place["bytes_left"] == place["bytes_limit"] - place["bytes_used"]
    assert (found["problems"], found["can_start"]) == ([], True)
    # It was only a plan.
    assert there.metadata(name) is None
    assert (await alice.get("jobs")).items == []


async def test_the_same_content_is_there_already(alice: Api, jp_root_dir: Path) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"same")
    await uploaded(alice, name)
    found = await plan(alice, name)
    assert found["items"][0]["status"] == "exists"
    assert (found["bytes"], found["can_start"]) == (0, True)


@pytest.mark.parametrize("other", [b"tame", b"longer"])
async def test_other_content_is_a_conflict_with_both_sides(
    alice: Api, jp_root_dir: Path, there: Look, other: bytes
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"same")
    await uploaded(alice, name)
    await alice.delete("jobs")
    (jp_root_dir / name).write_bytes(other)
    found = await plan(alice, name)
    (item,) = found["items"]
    assert item["status"] == "conflict"
    if len(other) == 4:
        assert adler32(b"same") in item["message"]
        assert adler32(other) in item["message"]
    else:
        assert "4 bytes there, 6 bytes here" in item["message"]
    assert found["problems"][0]["code"] == "did_conflict"
    status, error = await refused(alice, name)
    assert (status, error["code"]) == (409, "did_conflict")
    assert there.stored(name).read_bytes() == b"same"


async def test_a_collection_has_the_name(alice: Api, jp_root_dir: Path, data: LakeData) -> None:
    name = unique()
    data.named("dataset", SCOPE, name)
    (jp_root_dir / name).write_bytes(b"file")
    (item,) = (await plan(alice, name))["items"]
    assert item["status"] == "conflict"
    assert "dataset" in item["message"]


async def test_names_that_rucio_refuses_come_with_proposals(alice: Api, jp_root_dir: Path) -> None:
    mark = unique("p")
    folder = jp_root_dir / mark
    folder.mkdir()
    for name in ("a b.txt", "a_b.txt", "größe.csv", "fine.txt"):
        (folder / name).write_bytes(b"x")
    found = await plan(alice, mark)
    by_name = {item["name"].rpartition("/")[2]: item for item in found["items"]}
    assert found["counts"]["invalid_name"] == 2
    assert by_name["fine.txt"]["status"] == "new"
    assert by_name["größe.csv"]["proposal"] == f"{mark}/gro_e.csv"
    assert by_name["a b.txt"]["proposal"].startswith(f"{mark}/a_b")
    # Those with a problem come first.
    assert [item["status"] for item in found["items"][:2]] == ["invalid_name", "invalid_name"]
    status, error = await refused(alice, mark)
    assert (status, error["code"]) == (422, "invalid_name")
    taken = await plan(alice, mark, use_proposals=True)
    assert taken["can_start"] is True
    assert len({item["name"] for item in taken["items"]}) == 4


async def test_two_files_of_one_name(alice: Api, jp_root_dir: Path) -> None:
    name = unique()
    for folder in ("one", "two"):
        (jp_root_dir / folder).mkdir()
        (jp_root_dir / folder / name).write_bytes(folder.encode())
    found = await plan(alice, f"one/{name}", f"two/{name}")
    assert [item["status"] for item in found["items"]] == ["duplicate", "new"]
    assert (await refused(alice, f"one/{name}", f"two/{name}"))[0] == 422


async def test_what_cannot_be_read_is_named(alice: Api, jp_root_dir: Path) -> None:
    folder = jp_root_dir / unique("odd")
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "gone").symlink_to(folder / "nothing")
    (folder / "out").symlink_to("/etc/passwd")
    (folder / "round").symlink_to(folder)
    (folder / "fine").write_bytes(b"x")
    found = await asyncio.wait_for(plan(alice, folder.name), 30)
    messages = {Path(item["path"]).name: item["message"] for item in found["items"]}
    assert "pipe" in messages["pipe"]
    assert "outside" in messages["out"]
    assert "link to a folder" in messages["round"]
    assert found["counts"]["unreadable"] == 4
    assert found["can_start"] is False


@pytest.mark.parametrize("path", ["../secret", "a/../../secret", "/etc/passwd", "/", "link", "d/x"])
async def test_nothing_is_taken_from_outside(alice: Api, jp_root_dir: Path, path: str) -> None:
    (jp_root_dir / "link").symlink_to("/etc/passwd")
    (jp_root_dir / "d").symlink_to("/etc")
    (jp_root_dir.parent / "secret").write_bytes(b"secret")
    status, error = await refused(alice, path)
    assert (status, error["code"]) == (403, "path_outside")
    assert (await alice.post(at("uploads/plan"), body(path))).status == 403


@pytest.mark.parametrize("path", [".ssh/id_rsa", ".hidden"])
async def test_hidden_files_are_not_taken(alice: Api, jp_root_dir: Path, path: str) -> None:
    (jp_root_dir / ".ssh").mkdir()
    (jp_root_dir / path).write_bytes(b"key")
    assert (await refused(alice, path))[1]["code"] == "path_hidden"


@pytest.mark.parametrize(
    "more",
    [
        {"prefix": "../up/"},
        {"scope": "../user.alice"},
        {"scope": ".."},
        {"rse": "../LUND-USERDISK"},
        {"dataset": {"scope": SCOPE, "name": "../set"}},
        {"dataset": {"scope": "..", "name": "set"}},
    ],
)
async def test_no_field_leads_up(
    alice: Api, jp_root_dir: Path, there: Look, more: dict[str, Any]
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"x")
    status, _ = await refused(alice, name, **more)
    assert 400 <= status < 500
    assert there.metadata(name) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"paths": []},
        {"paths": "plot.png"},
        {"paths": [1]},
        {"paths": [""]},
        {"paths": ["a\0b"]},
        {"scope": None},
        {"rse": ""},
        {"prefix": 1},
        {"prefix": "a\nb"},
        {"dataset": "scope:name"},
        {"dataset": {"scope": "x"}},
        {"lifetime_days": -1},
        {"lifetime_days": 1.5},
        {"lifetime_days": True},
        {"delay_deletion": "yes"},
        {"idempotency_key": "k" * 201},
        {"something": "else"},
    ],
)
async def test_a_request_that_is_none(alice: Api, wrong: dict[str, Any]) -> None:
    for route in ("uploads", "uploads/plan"):
        answer = await alice.post(at(route), {**body("x"), **wrong})
        assert answer.status == 400, answer.body


async def test_what_is_not_there(alice: Api, jp_root_dir: Path) -> None:
    (jp_root_dir / "empty").mkdir()
    assert (await refused(alice, "nothing"))[1]["code"] == "no_such_path"
    assert (await refused(alice, "empty"))[1]["code"] == "no_files"


@pytest.mark.parametrize(
    ("rse", "code"),
    [
        ("NOWHERE", "unknown_rse"),
        ("PIC-DISK", "quota_exceeded"),
        ("CNAF-DISK", "rse_forbidden"),
        ("JUPYTER-SCRATCHDISK", "rse_not_deterministic"),
        ("country=SE", "rse_expression"),
    ],
)
async def test_places_that_do_not_take_it(
    alice: Api, jp_root_dir: Path, rse: str, code: str
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"x")
    found = await plan(alice, name, rse=rse)
    assert code in {problem["code"] for problem in found["problems"]}
    assert found["can_start"] is False
    await refused(alice, name, rse=rse)


async def test_a_place_that_is_closed_at_present(
    alice: Api, jp_root_dir: Path, administrator: Administrator
) -> None:
    (jp_root_dir / "x").write_bytes(b"x")
    with administrator.not_writable(RSE):
        found = await plan(alice, "x", prefix=unique(""))
    assert found["place"]["is_writable"] is False
    assert "rse_write_blocked" in {problem["code"] for problem in found["problems"]}


async def test_more_than_the_quota(alice: Api, jp_root_dir: Path) -> None:
    name = unique()
    with (jp_root_dir / name).open("wb") as file:
        file.truncate(11 * 10**9)
    status, error = await refused(alice, name)
    assert (status, error["code"]) == (403, "quota_exceeded")
    assert "11 GB" in error["message"]


async def test_a_scope_that_is_not_there(alice: Api, jp_root_dir: Path) -> None:
    (jp_root_dir / "x").write_bytes(b"x")
    status, error = await refused(alice, "x", scope="user.nobody")
    assert (status, error["code"]) == (404, "unknown_scope")


async def test_datasets_that_take_nothing(alice: Api, jp_root_dir: Path, data: LakeData) -> None:
    (jp_root_dir / "x").write_bytes(b"x")
    closed = data.collection("dataset", data.files(1, with_bytes=False))
    container = data.collection("container", [])
    for did, code in ((closed, "dataset_closed"), (container, "not_a_dataset")):
        scope, _, name = did.partition(":")
        found = await plan(alice, "x", prefix=unique(""), dataset={"scope": scope, "name": name})
        assert [problem["code"] for problem in found["problems"]] == [code]
        assert found["dataset"]["exists"] is True
    bad = await plan(alice, "x", prefix=unique(""), dataset={"scope": SCOPE, "name": "a b"})
    assert [problem["code"] for problem in bad["problems"]] == ["invalid_name"]


async def test_a_great_many_bad_names_are_soon_known(alice: Api, jp_root_dir: Path) -> None:
    folder = jp_root_dir / unique("bad")
    folder.mkdir()
    for number in range(300):
        (folder / f"{number} x").write_bytes(b"")
    found = await plan(alice, folder.name)
    assert found["counts"]["invalid_name"] == 300
    assert all(item["proposal"] for item in found["items"])
