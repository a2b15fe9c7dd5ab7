"""The tab key."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest

from .conftest import COMMAND, Terminal


def offered(terminal: Terminal, *words: str) -> list[str]:
    """What bash would offer for the last of the words."""
    ended = subprocess.run(
        [COMMAND],
        env={
            **terminal.environment,
            "_DATALAKE_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(("datalake", *words)),
            "COMP_CWORD": str(len(words)),
        },
        cwd=terminal.home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stderr == ""
    return [line.partition(",")[2] for line in ended.stdout.split("\n") if line]


def offered_by_rucio(terminal: Terminal, *words: str) -> list[str]:
    """As above. On a busy machine Rucio may take longer than whoever presses the key is made to
    wait, and the key is pressed again.
    """
    for _ in range(10):
        if values := offered(terminal, *words):
            return values
    return []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_the_command(terminal: Terminal, shell: str) -> None:
    ended = terminal.datalake("completion", shell)
    assert ended.status == 0, ended.errors
    assert "_DATALAKE_COMPLETE" in ended.output


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_takes_the_script(terminal: Terminal) -> None:
    script = terminal.datalake("completion", "bash").output
    ended = subprocess.run(
        ["bash", "-c", f"{script}\ncomplete -p datalake"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.rstrip().endswith("datalake")


def test_commands_and_options(terminal: Terminal) -> None:
    assert offered(terminal, "sc") == ["scratch-clean"]
    assert "--delay-deletion" in offered(terminal, "upload", "--")


def test_values_are_those_of_rucio_and_of_the_configuration(
    alice: Terminal, lake_instance: dict[str, Any]
) -> None:
    alice.configure(lake_instance, {**lake_instance, "name": "other"})
    assert offered(alice, "upload", "--instance", "o") == ["other"]
    assert offered_by_rucio(alice, "upload", "--scope", "user.a") == ["user.alice"]
    assert offered_by_rucio(alice, "upload", "--rse", "LU") == ["LUND-USERDISK"]
    assert "demo" in offered_by_rucio(alice, "ls", "d")


def test_where_rucio_does_not_answer_nothing_is_offered_and_nothing_said(
    alice: Terminal, lake_instance: dict[str, Any]
) -> None:
    gone = "http://127.0.0.1:9"
    alice.configure({**lake_instance, "rucio_base_url": gone, "rucio_auth_url": gone})
    assert offered(alice, "upload", "--scope", "u") == []
