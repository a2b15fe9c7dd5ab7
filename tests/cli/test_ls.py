"""Somebody looks around in the lake from a terminal."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
from typing import Any

from lakedata import LakeData

from lake.testing import Lake

from .conftest import COMMAND, Ended, Terminal


def lines(ended: Ended) -> list[str]:
    assert ended.status == 0, ended.errors
    return ended.output.splitlines()


def test_scopes_dids_and_what_is_in_a_collection(alice: Terminal, data: LakeData) -> None:
    begin = f"ls{secrets.token_hex(3)}"
    files = data.files(3, begin=begin)
    dataset = data.collection("dataset", files)
    assert "demo" in lines(alice.datalake("ls"))
    assert dataset in lines(alice.datalake("ls", "demo"))
    assert dataset in lines(alice.datalake("ls", "demo:"))
    assert sorted(lines(alice.datalake("ls", dataset))) == sorted(files)
    assert lines(alice.datalake("ls", files[0])) == [files[0]]
    assert sorted(lines(alice.datalake("ls", f"demo:{begin}*"))) == sorted(files)
    assert lines(alice.datalake("ls", f"demo:{begin}*", "--type", "dataset")) == []


def test_long_lines_have_type_size_and_availability(alice: Terminal, data: LakeData) -> None:
    files = data.files(2, size_bytes=1500)
    dataset = data.collection("dataset", files)
    (line,) = [line for line in lines(alice.datalake("ls", "-l", files[0])) if line]
    assert re.fullmatch(rf"file +1\.5 kB +not available +{files[0]}", line)
    (line,) = lines(alice.datalake("ls", "-l", f"{dataset}*"))
    assert line.startswith("dataset ")
    assert "not available" in line


def test_json_is_one_object_a_line_and_a_limit_is_told(alice: Terminal, data: LakeData) -> None:
    files = data.files(3, size_bytes=10)
    dataset = data.collection("dataset", files)
    ended = alice.datalake("ls", "--json", "-n", "2", dataset)
    found = [json.loads(line) for line in lines(ended)]
    assert len(found) == 2
    assert {(item["type"], item["size"]) for item in found} == {("file", 10)}
    assert "There are more" in ended.errors


def test_it_comes_as_rucio_sends_it_and_a_pipe_may_close_early(alice: Terminal, lake: Lake) -> None:
    did = lake.bulk(2000, name="many_for_ls")
    process = subprocess.Popen(
        [COMMAND, "ls", did],
        env=alice.environment,
        cwd=alice.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith("bulk:")
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    process.wait(60)


def test_what_is_not_there_ends_with_a_sentence(
    alice: Terminal, lake_instance: dict[str, Any]
) -> None:
    for what, status in (("demo:no_such_thing", 1), ("nosuchscope", 2), ("nosuchscope:", 2)):
        ended = alice.datalake("ls", what)
        assert ended.status == status, ended.errors
        assert what.rstrip(":") in ended.errors
    alice.configure({**lake_instance, "wildcard_enabled": False})
    ended = alice.datalake("ls", "demo:di*")
    assert ended.status == 2
    assert "switched off" in ended.errors
