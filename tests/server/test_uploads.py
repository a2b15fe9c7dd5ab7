"""Files from the file browser to the lake: bytes, names, checksums, rules and datasets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData
from uploading import RSE, SCOPE, Look, adler32, ended, look, submit, unique, uploaded

from lake.testing import Lake

from .conftest import Api
from .jobs import is_over, until


@pytest.fixture(scope="session")
def there(lake: Lake) -> Iterator[Look]:
    found = Look(lake)
    yield found
    found.close()


async def test_a_file_goes_to_the_lake(alice: Api, jp_root_dir: Path, there: Look) -> None:
    name = unique()
    content = b"a plot of everything"
    (jp_root_dir / name).write_bytes(content)
    job = await uploaded(alice, name)

    assert (job["kind"], job["rse"], job["title"]) == ("upload", RSE, name)
    assert job["dids"] == [f"{SCOPE}:{name}"]
    assert (job["files_total"], job["files_done"], job["files_failed"]) == (1, 1, 0)
    assert job["bytes_done"] == job["bytes_total"] == len(content)
    (item,) = job["items"]
    assert (item["state"], item["did"]) == ("done", f"{SCOPE}:{name}")
    assert item["path"] == str(jp_root_dir / name)
    assert item["rule_url"].endswith(item["rule_id"])

    assert there.stored(name).read_bytes() == content
    assert there.leftovers() == []
    known = there.metadata(name)
    assert known is not None
    assert (known["bytes"], known["adler32"]) == (len(content), adler32(content))
    assert len(known["md5"]) == 32
    assert there.rses(name) == {RSE: "AVAILABLE"}
    (rule,) = there.rules(name)
    assert (rule["rse_expression"], rule["account"], rule["state"]) == (RSE, "alice", "OK")
    # The instance's own lifetime, a week: nothing else was asked for.
    assert rule["expires_at"] is not None


async def test_it_stays_as_long_as_was_asked_for(
    alice: Api, jp_root_dir: Path, there: Look
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"for ever")
    await uploaded(alice, name, lifetime_days=0)
    (rule,) = there.rules(name)
    assert rule["expires_at"] is None


async def test_a_folder_keeps_its_structure_after_the_prefix(
    alice: Api, jp_root_dir: Path, there: Look
) -> None:
    mark = unique("x")
    plots = jp_root_dir / "plots"
    (plots / "a").mkdir(parents=True)
    (plots / "a" / "b.png").write_bytes(b"b")
    (plots / "c.png").write_bytes(b"")
    (plots / ".hidden").write_bytes(b"not meant")
    job = await uploaded(alice, "plots", prefix=f"{mark}/")
    assert sorted(item["did"] for item in job["items"]) == [
        f"{SCOPE}:{mark}/plots/a/b.png",
        f"{SCOPE}:{mark}/plots/c.png",
    ]
    assert there.stored(f"{mark}/plots/a/b.png").read_bytes() == b"b"
    # Nothing at all is a file as well, and takes no minute.
    assert there.stored(f"{mark}/plots/c.png").read_bytes() == b""


async def test_a_new_dataset_holds_them_and_has_the_rule(
    alice: Api, jp_root_dir: Path, there: Look
) -> None:
    names = [unique(f"{number}.dat") for number in range(3)]
    for name in names:
        (jp_root_dir / name).write_bytes(name.encode())
    dataset = unique("set")
    job = await uploaded(alice, *names, dataset={"scope": SCOPE, "name": dataset})
    assert job["dids"][0] == f"{SCOPE}:{dataset}"
    assert there.content(dataset) == sorted(names)
    (rule,) = there.rules(dataset)
    assert rule["rse_expression"] == RSE
    assert there.rules(names[0]) == []


async def test_an_existing_dataset_gets_more_and_the_files_their_rules(
    alice: Api, jp_root_dir: Path, there: Look
) -> None:
    first, second, dataset = unique("1"), unique("2"), unique("set")
    for name in (first, second):
        (jp_root_dir / name).write_bytes(name.encode())
    into = {"scope": SCOPE, "name": dataset}
    await uploaded(alice, first, dataset=into)
    await uploaded(alice, first, second, dataset=into, lifetime_days=3)
    assert there.content(dataset) == sorted([first, second])
    assert len(there.rules(dataset)) == 1
    assert len(there.rules(second)) == 1


async def test_what_is_there_already_is_not_sent_again(
    alice: Api, jp_root_dir: Path, there: Look
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"once")
    await uploaded(alice, name)
    before = there.stored(name).stat().st_mtime_ns
    job = await uploaded(alice, name)
    assert [item["state"] for item in job["items"]] == ["skipped"]
    assert job["message"] == "1 file was there already."
    assert there.stored(name).stat().st_mtime_ns == before
    assert len(there.rules(name)) == 1


async def test_what_is_elsewhere_is_brought_by_a_rule(
    alice: Api, jp_root_dir: Path, lake: Lake, data: LakeData, there: Look
) -> None:
    (did,) = data.files(1, rse="CNAF-DISK")
    name = did.partition(":")[2]
    content = there.stored(name, rse="CNAF-DISK", scope="demo").read_bytes()
    (jp_root_dir / name).write_bytes(content)
    job = await uploaded(alice, name, scope="demo")
    (item,) = job["items"]
    assert item["state"] == "skipped"
    assert "CNAF-DISK" in item["message"]
    assert item["rule_id"] is not None
    (rule,) = there.rules(name, "demo")
    assert rule["rse_expression"] == RSE


async def test_one_click_too_many_is_still_one_job(
    alice: Api, jp_root_dir: Path, there: Look
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"click click")
    first = await submit(alice, name, idempotency_key=name)
    second = await submit(alice, name, idempotency_key=name)
    assert second["id"] == first["id"]
    await ended(alice, first)
    # Nor is what this very upload has sent an earlier upload's.
    third = await submit(alice, name, idempotency_key=name)
    assert third["id"] == first["id"]
    assert len(there.rules(name)) == 1


@pytest.mark.parametrize("name", ["a b?c#d%e.txt", "größe β 数据.csv", "-rf"])
async def test_names_that_no_rucio_takes_are_replaced_on_request(
    alice: Api, jp_root_dir: Path, there: Look, name: str
) -> None:
    mark = unique("")
    (jp_root_dir / name).write_bytes(name.encode())
    job = await uploaded(alice, name, prefix=mark, use_proposals=True)
    (item,) = job["items"]
    made = item["did"].partition(":")[2]
    assert made.startswith(mark.rstrip("_"))
    assert there.stored(made).read_bytes() == name.encode()


async def test_a_name_as_long_as_rucio_takes(alice: Api, jp_root_dir: Path, there: Look) -> None:
    # With an ending of an upload's own it would be too long for the disk.
    name = unique("n").ljust(250, "n")
    (jp_root_dir / name).write_bytes(b"long")
    await uploaded(alice, name)
    assert there.stored(name).read_bytes() == b"long"


async def test_a_thousand_files(alice: Api, jp_root_dir: Path, there: Look) -> None:
    mark = unique("many")
    folder = jp_root_dir / mark
    folder.mkdir()
    for number in range(1000):
        (folder / f"{number:04}").write_bytes(str(number).encode())
    dataset = unique("set")
    job = await ended(
        alice,
        await submit(alice, mark, dataset={"scope": SCOPE, "name": dataset}),
        within_s=300,
    )
    assert job["state"] == "done", job["error"]
    assert (job["files_done"], len(job["items"])) == (1000, 1000)
    assert len(there.content(dataset)) == 1000


async def test_the_log_is_readable_and_holds_no_secret(
    alice: Api, jp_root_dir: Path, lake: Lake
) -> None:
    name = unique()
    (jp_root_dir / name).write_bytes(b"log")
    job = await uploaded(alice, name)
    log: dict[str, Any] = (await alice.get(f"jobs/{job['id']}/log")).body
    assert log["is_ended"] is True
    assert lake.accounts["alice"]["password"] not in log["text"]
    assert (await look(alice, job))["state"] == "done"


async def test_progress_is_seen_inside_a_large_file(
    alice: Api, jp_root_dir: Path, there: Look
) -> None:
    name = unique()
    size_bytes = 1_500_000_000
    with (jp_root_dir / name).open("wb") as file:
        file.truncate(size_bytes)
    job = await submit(alice, name)
    seen = set()
    await until(alice, job["id"], lambda job: bool(seen.add(job["bytes_done"])) or is_over(job))
    # Copied to a folder by one call of the system's.
    assert [amount for amount in seen if 1_000_000 < amount < size_bytes]
    there.stored(name).unlink()
