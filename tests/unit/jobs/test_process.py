"""A worker's process: what it says is listened to, and what it leaves is cleared away."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rucio_jupyterlab.jobs.process import Worker, WorkerDied

# Stands for the interpreter: what a worker would say, and how it ends.
SAYS = """#!{python}
import os, sys
sys.stdin.readline()
sys.stdout.write({text!r})
sys.stdout.flush()
{then}
"""
PROGRESS = '{"event": "progress", "files_done": 1}\n'
END = '{"event": "end", "error": null}\n'


@dataclass(frozen=True)
class Home:
    home: Path
    environment: dict[str, str]

    async def refresh(self) -> None:
        """There is no token."""


class Heard:
    """Runs a worker that says ``text``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.events: list[str] = []
        self.parts = folder / "parts"

    async def run(self, text: str, then: str = "") -> None:
        program = self._folder / "worker"
        program.write_text(SAYS.format(python=sys.executable, text=text, then=then))
        program.chmod(0o700)
        self.parts.mkdir()
        (self.parts / "0").write_text("half")

        @asynccontextmanager
        async def settings(_instance: str) -> AsyncIterator[Home]:
            yield Home(self._folder, {})

        async def on_event(event: dict[str, Any]) -> None:
            self.events.append(event["event"])

        worker = Worker(settings, str(program))
        payload = {"payload": {"temporary": [str(self.parts)]}}
        await worker.run("lake", payload, self._folder / "log" / "x.log", on_event)


@pytest.fixture
def heard(tmp_path: Path) -> Heard:
    return Heard(tmp_path)


@pytest.mark.asyncio
async def test_all_that_it_says_is_heard_until_its_last_word(heard: Heard) -> None:
    await heard.run(PROGRESS + PROGRESS + END)
    assert heard.events == ["progress", "progress", "end"]
    assert not heard.parts.exists()


@pytest.mark.asyncio
@pytest.mark.parametrize("text", ["", PROGRESS, PROGRESS + PROGRESS[:20], END[:-1]])
async def test_one_that_ends_in_the_middle_of_a_word_has_died(heard: Heard, text: str) -> None:
    with pytest.raises(WorkerDied) as died:
        await heard.run(text, "os.kill(os.getpid(), 9)")
    assert "signal 9" in died.value.message
    assert heard.events == ["progress"] * text.count("\n")
    assert not heard.parts.exists()


@pytest.mark.asyncio
async def test_one_that_ends_without_a_last_word_has_died(heard: Heard) -> None:
    with pytest.raises(WorkerDied, match="exit code 3"):
        await heard.run(PROGRESS, "sys.exit(3)")
