"""Somebody sends results to the lake from a terminal."""

from __future__ import annotations

import os
import re
import secrets
import signal
from pathlib import Path
from typing import Any

import pytest

from lake.testing import Lake

from .conftest import Terminal
from .lakeside import RSE, SCOPE, Lakeside, adler32, until


def unique(name: str = "plot.png") -> str:
    return f"cli_{secrets.token_hex(5)}_{name}"


def put(terminal: Terminal, name: str, content: bytes = b"a plot") -> Path:
    path = terminal.home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


class TestSending:
    def test_a_file_of_the_current_directory_with_the_options_that_users_know(
        self, alice: Terminal, lakeside: Lakeside
    ) -> None:
        name = unique()
        put(alice, name, b"what came out")
        did = f"{SCOPE}:run7/{name}"
        ended = alice.datalake(
            "upload", "-s", SCOPE, "-p", "run7/", "-t", "600", "--rse", RSE, name
        )
        assert ended.status == 0, ended.errors
        assert lakeside.stored(did).read_bytes() == b"what came out"
        assert lakeside.metadata(did)["adler32"] == adler32(b"what came out")
        (rule,) = lakeside.rules(did)
        assert rule["rse_expression"] == RSE
        assert rule["expires_at"] is not None
        head, row = ended.output.splitlines()
        assert re.split(r" {2,}", head) == ["DID", "Rule ID", "WebUI URL"]
        assert re.split(r" {2,}", row) == [
            did,
            rule["id"],
            f"https://rucio.example.org/ui/rule?rule_id={rule['id']}",
        ]
        assert f"Uploading 1 file (13 B new) to {RSE}" in ended.errors
        assert "Done: 1 file, 13 B." in ended.errors

    def test_a_folder_into_a_new_dataset_for_ever(
        self, alice: Terminal, lakeside: Lakeside
    ) -> None:
        folder, dataset = unique("plots"), f"{SCOPE}:{unique('results')}"
        put(alice, f"{folder}/a.png")
        put(alice, f"{folder}/deeper/b.png")
        put(alice, f"{folder}/.hidden")
        ended = alice.datalake(
            "upload", "-s", SCOPE, "-t", "0", "--rse", RSE, "--dataset", dataset, "--json", folder
        )
        assert ended.status == 0, ended.errors
        job = ended.document
        assert (job["state"], job["files_done"]) == ("done", 2)
        made = {f"{SCOPE}:{folder}/a.png", f"{SCOPE}:{folder}/deeper/b.png"}
        assert lakeside.content(dataset) == made
        assert {item["did"] for item in job["items"]} == made
        assert all(rule["expires_at"] is None for rule in lakeside.rules(dataset))

    def test_paths_are_those_of_the_directory_that_one_is_in(
        self, alice: Terminal, lakeside: Lakeside, tmp_path: Path
    ) -> None:
        elsewhere = tmp_path / "not_home" / "below"
        elsewhere.mkdir(parents=True)
        name = unique()
        (elsewhere.parent / name).write_bytes(b"outside of the home folder")
        ended = alice.datalake("upload", "-s", SCOPE, "--rse", RSE, f"../{name}", cwd=elsewhere)
        assert ended.status == 0, ended.errors
        assert lakeside.knows(f"{SCOPE}:{name}")

    def test_what_is_there_already_is_not_sent_again(self, alice: Terminal) -> None:
        put(alice, name := unique())
        first = alice.datalake("upload", "-s", SCOPE, "--rse", RSE, name)
        again = alice.datalake("upload", "-s", SCOPE, "--rse", RSE, "--json", name)
        assert (first.status, again.status) == (0, 0)
        assert [item["state"] for item in again.document["items"]] == ["skipped"]

    def test_of_several_storages_it_takes_one_that_lets_it_and_says_which(
        self, alice: Terminal, lakeside: Lakeside
    ) -> None:
        put(alice, name := unique())
        ended = alice.datalake("upload", "-s", SCOPE, "--rse", "country=CH|country=SE", name)
        assert ended.status == 0, ended.errors
        assert f"“country=CH|country=SE” means 3 storages; this upload goes to {RSE}." in (
            ended.errors
        )
        (rule,) = lakeside.rules(f"{SCOPE}:{name}")
        assert rule["rse_expression"] == RSE


class TestLookingFirst:
    def test_a_dry_run_says_what_would_be_created_and_creates_nothing(
        self, alice: Terminal, lakeside: Lakeside
    ) -> None:
        put(alice, name := unique())
        dataset = f"{SCOPE}:{unique('set')}"
        words = ("upload", "-s", SCOPE, "--rse", RSE, "--dry-run", "--dataset", dataset, name)
        ended = alice.datalake(*words)
        assert ended.status == 0, ended.errors
        assert re.search(rf"{SCOPE}:{name} +6 B +new +from here", ended.output)
        assert f"1 file (6 B) to {RSE}" in ended.output
        assert "kept for 7 days" in ended.output
        assert f"Into a new dataset, {dataset}." in ended.output
        document = alice.datalake(*words, "--json").document
        assert document["can_start"] is True
        assert not lakeside.knows(f"{SCOPE}:{name}")
        assert not lakeside.knows(dataset)

    def test_other_content_under_a_name_is_refused_with_both_checksums(
        self, alice: Terminal, lakeside: Lakeside
    ) -> None:
        put(alice, name := unique(), b"first")
        put(alice, other := unique(), b"never sent")
        assert alice.datalake("upload", "-s", SCOPE, "--rse", RSE, name).status == 0
        put(alice, name, b"later")
        ended = alice.datalake("upload", "-s", SCOPE, "--rse", RSE, name, other)
        assert ended.status == 1
        assert adler32(b"first") in ended.errors
        assert adler32(b"later") in ended.errors
        assert "Nothing has been sent." in ended.errors
        assert lakeside.stored(f"{SCOPE}:{name}").read_bytes() == b"first"
        assert not lakeside.knows(f"{SCOPE}:{other}")

    def test_a_name_that_rucio_refuses_comes_with_one_that_it_takes(
        self, alice: Terminal, lakeside: Lakeside
    ) -> None:
        name = unique("größe 1.png")
        put(alice, name)
        proposal = name.replace("öß", "o_").replace(" ", "_")
        words = ("upload", "-s", SCOPE, "--rse", RSE, name)
        refused = alice.datalake(*words)
        assert refused.status == 1
        assert "Rucio would take “" in refused.errors
        proposal = refused.errors.partition("Rucio would take “")[2].partition("”")[0]
        assert "--rename" in refused.errors
        ended = alice.datalake(*words, "--rename")
        assert ended.status == 0, ended.errors
        assert lakeside.knows(f"{SCOPE}:{proposal}")

    @pytest.mark.parametrize(
        ("words", "status", "said"),
        [
            (("-s", "no.such.scope", "--rse", RSE), 1, "no.such.scope"),
            (("-s", SCOPE, "--rse", "NO-SUCH-RSE"), 1, "NO-SUCH-RSE"),
            (("-s", SCOPE, "--rse", "country=XX"), 1, "country=XX"),
            (("-s", SCOPE, "--rse", "CNAF-DISK"), 1, "may not put files at CNAF-DISK"),
            (("--rse", RSE), 2, "--scope"),
            (("-s", SCOPE, "-t", "-1"), 2, "--lifetime"),
            (("-s", SCOPE, "--dataset", "nocolon"), 2, "scope:name"),
        ],
    )
    def test_what_cannot_be_ends_with_a_sentence(
        self, alice: Terminal, words: tuple[str, ...], status: int, said: str
    ) -> None:
        put(alice, name := unique())
        ended = alice.datalake("upload", *words, name)
        assert ended.status == status, ended.errors
        assert said in ended.errors
        assert ended.output == ""

    def test_a_path_that_is_not_there(self, alice: Terminal) -> None:
        ended = alice.datalake("upload", "-s", SCOPE, "--rse", RSE, "nothing.png")
        assert ended.status == 2
        assert "nothing.png" in ended.errors

    def test_who_is_not_signed_in_is_told_where_to(
        self, terminal: Terminal, lake_instance: dict[str, Any]
    ) -> None:
        terminal.configure(lake_instance)
        put(terminal, name := unique())
        ended = terminal.datalake("upload", "-s", SCOPE, "--rse", RSE, name)
        assert ended.status == 2
        assert "sign" in ended.errors.lower()


class TestScratchSpace:
    @pytest.fixture
    def scratch(self, alice: Terminal, lake: Lake, lake_instance: dict[str, Any]) -> Path:
        rse = lake.connection["scratch"]
        mount = Path(lake.rses[rse]["mount_path"])
        alice.configure({**lake_instance, "scratch": [{"rse": rse, "mount_path": str(mount)}]})
        folder = mount / f"alice_{secrets.token_hex(4)}"
        folder.mkdir()
        return folder

    def test_what_lies_there_is_moved_by_rucio_to_any_storage_of_an_expression(
        self, alice: Terminal, lake: Lake, lakeside: Lakeside, scratch: Path
    ) -> None:
        name = unique("large.root")
        (scratch / name).write_bytes(b"large" * 1000)
        ended = alice.datalake(
            "upload", "-s", SCOPE, "-t", "600", "--rse", "country=IT", name, cwd=scratch
        )
        assert ended.status == 0, ended.errors
        assert "deleted from scratch space about an hour after" in ended.errors
        assert "--delay-deletion" in ended.errors
        rules = {rule["rse_expression"]: rule for rule in lakeside.rules(f"{SCOPE}:{name}")}
        assert set(rules) == {"country=IT", lake.connection["scratch"]}
        assert rules["country=IT"]["id"] in ended.output
        assert lakeside.stored(f"{SCOPE}:{name}", "CNAF-DISK").read_bytes() == b"large" * 1000

    def test_with_delay_deletion_the_copy_stays_for_two_days(
        self, alice: Terminal, lake: Lake, lakeside: Lakeside, scratch: Path
    ) -> None:
        name = unique("large.root")
        (scratch / name).write_bytes(b"large")
        words = ("upload", "-s", SCOPE, "--rse", "CNAF-DISK", "--delay-deletion")
        ended = alice.datalake(*words, str(scratch / name))
        assert ended.status == 0, ended.errors
        assert "deleted from scratch space after two days" in ended.errors
        (rule,) = [
            rule
            for rule in lakeside.rules(f"{SCOPE}:{name}")
            if rule["rse_expression"] == lake.connection["scratch"]
        ]
        kept = lakeside.seconds(rule["created_at"], rule["expires_at"])
        assert kept == pytest.approx(2 * 86_400, abs=60)


class TestWatching:
    def test_a_terminal_shows_a_bar_with_bytes_and_a_pipe_plain_lines(
        self, alice: Terminal
    ) -> None:
        names = [unique(f"{number}.dat") for number in range(3)]
        for name in names:
            put(alice, name, os.urandom(2_000_000))
        words = ("upload", "-s", SCOPE, "--rse", RSE)
        shown = alice.on_a_terminal(*words, *names)
        assert shown.status == 0, shown.output
        assert "\x1b[" in shown.output
        assert "100 %" in shown.output
        assert "3 of 3 files, 6 MB of 6 MB" in shown.output
        again = alice.datalake(*words, *names)
        assert again.status == 0
        assert "\x1b[" not in again.errors + again.output
        assert "\r" not in again.errors

    @pytest.mark.parametrize(
        ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
    )
    def test_ending_it_in_the_middle_leaves_nothing_half(
        self,
        alice: Terminal,
        lakeside: Lakeside,
        number: signal.Signals,
        status: int,
    ) -> None:
        name = unique("slow.dat")
        path = alice.home / name
        # Sparse: quick to make, and long to copy.
        with path.open("wb") as file:
            file.truncate(1_500_000_000)
        folder = lakeside.stored(f"{SCOPE}:{name}").parent

        def arriving() -> list[Path]:
            """Under the name that it has until it is whole."""
            return list(folder.glob("*.rucio.upload"))

        with alice.begun("upload", "-s", SCOPE, "--rse", RSE, name) as process:
            until(arriving)
            process.send_signal(number)
            output, errors = process.communicate(timeout=30)
        assert process.returncode == status, errors
        assert "Cancelling" in errors
        assert "Cancelled" in errors
        assert f"Ended by {'Ctrl-C' if number == signal.SIGINT else number.name}." in errors
        assert output == ""
        assert not lakeside.knows(f"{SCOPE}:{name}")
        assert not list(folder.glob("*"))
        assert re.search(rf"upload +cancelled.*{name}", alice.datalake("status").output)

    def test_no_secret_is_shown_to_others(self, alice: Terminal, lake: Lake) -> None:
        password = lake.accounts["alice"]["password"]
        path = alice.home / unique("slow.dat")
        with path.open("wb") as file:
            file.truncate(1_500_000_000)
        with alice.begun("upload", "-s", SCOPE, "--rse", RSE, str(path)) as process:
            until(lambda: "running" in alice.datalake("status").output)
            lines = [
                entry.read_bytes() for entry in Path("/proc").glob("[0-9]*/cmdline") if _is(entry)
            ]
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=30)
        assert any(b"rucio_jupyterlab.jobs.worker" in line for line in lines)
        assert not [line for line in lines if password.encode() in line]
        assert password not in output + errors


def _is(entry: Path) -> bool:
    """Whether that process is still there."""
    try:
        return bool(entry.read_bytes())
    except OSError:
        return False
