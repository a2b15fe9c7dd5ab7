"""What the manuals show of the command is what it does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import Terminal

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (DOCS / "operators" / "diagnosis.md", DOCS / "users" / "diagnosis.md")

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


def comparable(output: str) -> list[str]:
    """The checks, one a line, without what differs from run to run and from machine to machine."""
    checks = re.sub(r"\n {12,}", " ", output.strip()).splitlines()
    kept = [line for line in checks if not any(title in line for title in _OF_THE_MACHINE)]
    return [re.sub(r"\d+(\.\d+)*", "0", re.sub(r" +", " ", line)) for line in kept]
