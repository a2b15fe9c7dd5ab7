"""How far an upload is, measured by what this process and its programs read."""

from __future__ import annotations

import io
import json
import subprocess
import time
from pathlib import Path

import pytest

from rucio_jupyterlab.jobs.worker.report import Report
from rucio_jupyterlab.jobs.worker.upload_gauge import SendGauge

SIZE = 50_000_000


class Said:
    """What a report says of bytes."""

    def __init__(self) -> None:
        self._out = io.StringIO()
        self.report = Report(self._out)

    @property
    def bytes_done(self) -> list[int]:
        lines = map(json.loads, self._out.getvalue().splitlines())
        return [line["bytes_done"] for line in lines if line["event"] == "progress"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    with path.open("wb") as file:
        file.truncate(SIZE)
    return path


def wait_until_told(said: Said) -> None:
    known = len(said.bytes_done)
    while len(said.bytes_done) < known + 2:
        time.sleep(0.05)


def test_what_a_program_reads_is_seen_while_it_runs(source: Path) -> None:
    said = Said()
    with SendGauge(said.report) as gauge, gauge.sending("a", SIZE):
        # It has read a part, and waits.
        program = subprocess.Popen(
            ["sh", "-c", f"head -c {SIZE // 2} {source} > /dev/null; read line"],
            stdin=subprocess.PIPE,
        )
        wait_until_told(said)
        half = said.bytes_done[-1]
        assert program.stdin is not None
        program.stdin.close()
        program.wait()
    assert SIZE // 2 <= half < SIZE * 0.9
    assert said.bytes_done[-1] == SIZE


def test_what_is_read_for_checksums_is_no_progress(source: Path) -> None:
    said = Said()
    with SendGauge(said.report) as gauge, gauge.sending("a", SIZE):
        with source.open("rb") as file:
            while piece := file.read(SIZE // 4):
                gauge.read(len(piece))
        wait_until_told(said)
        assert said.bytes_done[-1] < SIZE // 10
    assert said.bytes_done[-1] == SIZE


def test_never_more_than_is_under_way_and_nothing_of_what_failed(source: Path) -> None:
    said = Said()
    with SendGauge(said.report) as gauge:
        with pytest.raises(OSError), gauge.sending("a", 1000):
            source.read_bytes()
            wait_until_told(said)
            assert said.bytes_done[-1] == 1000
            raise OSError
        wait_until_told(said)
        assert said.bytes_done[-1] == 0
        with gauge.sending("b", 2000):
            pass
    assert said.bytes_done[-1] == 2000


def test_one_file_s_end_is_no_other_s_progress(source: Path) -> None:
    said = Said()
    with SendGauge(said.report) as gauge, gauge.sending("slow", SIZE):
        with gauge.sending("quick", SIZE):
            source.read_bytes()
        wait_until_told(said)
        assert SIZE <= said.bytes_done[-1] < SIZE * 1.2
