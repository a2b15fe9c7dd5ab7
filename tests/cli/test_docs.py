"""What the manuals show of the command is what it does."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Any

import pytest

from .conftest import Terminal

DOCS = Path(__file__).parents[2] / "docs"
TERMINAL = DOCS / "users" / "terminal.md"
PAGES = (DOCS / "operators" / "diagnosis.md", DOCS / "users" / "diagnosis.md", TERMINAL)

# These depend on what the machine has installed.
_OF_THE_MACHINE = ("Kernel package", "voms-proxy-init", "xrdcp", "gfal")


def consoles(page: Path) -> list[str]:
    return re.findall(r"^```console\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    found = [
        line.removeprefix("$ ")
        for page in PAGES
        for console in consoles(page)
        for line in console.splitlines()
        if line.startswith("$ datalake")
    ]
    assert found
    return sorted(set(found))


@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_manuals_exists_with_its_options(
    terminal: Terminal, command: str
) -> None:
    _, *words = command.partition(" > ")[0].split()
    options = [word for word in words if word.startswith("-") and word != "-"]
    subcommand = words[:1] if not words[0].startswith("-") else []
    explained = terminal.datalake(*subcommand, "--help")
    assert explained.status == 0, explained.errors
    for option in options:
        assert re.search(rf"{re.escape(option)}\b", explained.output), option


def test_the_output_in_the_manual_is_real(alice: Terminal, lake_instance: dict[str, Any]) -> None:
    alice.configure({**lake_instance, "name": "lake", "rse_mount_path": "/eos/eulake"})
    alice.environ["COLUMNS"] = "100"
    shown = next(console for console in consoles(PAGES[0]) if "WRONG" in console)
    _, _, shown_output = shown.partition("\n")
    assert comparable(shown_output) == comparable(alice.datalake("doctor").output)


def test_the_tour_of_the_terminal_is_real(alice: Terminal) -> None:
    """As somebody would who reads the page and types what it shows."""
    (alice.home / "plots").mkdir()
    for name in ("mass.png", "pt.png"):
        (alice.home / "plots" / name).write_bytes(secrets.token_bytes(48_213))
    # The lake of the tests may have seen the page before.
    prefix = f"tour{secrets.token_hex(4)}/"
    toured = 0
    for console in consoles(TERMINAL):
        typed, _, shown = console.partition("\n")
        if not shown:
            continue
        words = typed.removeprefix("$ datalake ").replace("run7/", prefix).split()
        ended = alice.datalake(*words)
        assert ended.status == 0, ended.errors
        written = f"{ended.output}{ended.errors}".replace(str(alice.home), "/home/alice")
        assert told(written.replace(prefix, "run7/")) == told(shown), typed
        toured += 1
    assert toured == 4


def told(output: str) -> list[str]:
    """The lines, without what differs from run to run. What is said to who watches and what goes
    to the output are one on a terminal, in an order of their own.
    """
    without_ids = re.sub(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}\b", "ID", output)
    without_times = re.sub(r"\d+(?: min)?(?: \d+)? (?:s|min) ago", "AGO", without_ids)
    without_quota = re.sub(r"where \S+ .B of", "where SOME of", without_times)
    return sorted(re.sub(r" +", " ", line) for line in without_quota.splitlines())


def comparable(output: str) -> list[str]:
    """The checks, one a line, without what differs from run to run and from machine to machine."""
    checks = re.sub(r"\n {12,}", " ", output.strip()).splitlines()
    kept = [line for line in checks if not any(title in line for title in _OF_THE_MACHINE)]
    return [re.sub(r"\d+(\.\d+)*", "0", re.sub(r" +", " ", line)) for line in kept]
