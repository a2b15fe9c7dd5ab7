"""Somebody looks what moves, from another terminal."""

from __future__ import annotations

import json
import re
import secrets
import signal
from pathlib import Path
from typing import Any

from lake.testing import Lake

from .conftest import Terminal
from .lakeside import RSE, SCOPE, until


def test_nothing_has_moved_yet(alice: Terminal) -> None:
    ended = alice.datalake("status")
    assert (ended.status, ended.output) == (0, "")
    assert "Nothing has been moved yet." in ended.errors


def test_a_transfer_is_listed_and_its_files_are_shown_by_a_part_of_its_id(
    alice: Terminal,
) -> None:
    name = f"status_{secrets.token_hex(4)}.dat"
    (alice.home / name).write_bytes(b"x" * 1200)
    job = alice.datalake("upload", "-s", SCOPE, "--rse", RSE, "--json", name).document
    listed = alice.datalake("status")
    assert re.search(rf"{job['id'][:8]} +upload +done +1/1 +1\.2 kB .* ago +{name}", listed.output)
    one = alice.datalake("status", job["id"][:8])
    assert one.status == 0
    assert re.search(rf"^To +{RSE}$", one.output, re.MULTILINE)
    assert re.search(rf"^done +1\.2 kB +{SCOPE}:{name} +rule \w+$", one.output, re.MULTILINE)
    document = alice.datalake("status", job["id"], "--json").document
    assert document["items"] == job["items"]
    assert alice.datalake("status", "--json").document["items"][0]["id"] == job["id"]


def test_one_that_is_not_there(alice: Terminal) -> None:
    ended = alice.datalake("status", "cafe")
    assert ended.status == 1
    assert "There is no transfer “cafe”." in ended.errors


def test_it_is_watched_until_nothing_runs(
    alice: Terminal, lake: Lake, lake_instance: dict[str, Any]
) -> None:
    rse = lake.connection["scratch"]
    mount = Path(lake.rses[rse]["mount_path"])
    alice.configure({**lake_instance, "scratch": [{"rse": rse, "mount_path": str(mount)}]})
    path = mount / f"watched_{secrets.token_hex(4)}.dat"
    path.write_bytes(b"x" * 1000)
    words = ("upload", "-s", SCOPE, "--rse", "CNAF-DISK", str(path))
    # It takes as long as the story does.
    with lake.transfers(may_finish=0), alice.begun(*words) as upload:
        until(lambda: "running" in alice.datalake("status").output)
        with alice.begun("status", "--watch", "--json") as watch:
            assert watch.stdout is not None
            assert '"running"' in "".join(watch.stdout.readline() for _ in range(10))
            upload.send_signal(signal.SIGINT)
            upload.communicate(timeout=60)
            rest, _ = watch.communicate(timeout=60)
            assert watch.returncode == 0
    assert '"state": "cancelled"' in rest
    (job,) = json.loads(alice.datalake("status", "--json").output)["items"]
    assert job["state"] == "cancelled"
