"""A log is read in parts while it grows: put together they are what was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from rucio_jupyterlab.jobs import logs
from rucio_jupyterlab.jobs.logs import Logs

JOB = "a" * 32


def whole(log: Logs, *, is_ended: bool = True) -> str:
    """As a browser reads it, from part to part."""
    text, offset = "", 0
    for _ in range(10_000):
        part = log.read(JOB, offset, is_ended)
        text += part.text
        if part.is_ended or part.next_offset == offset:
            return text
        offset = part.next_offset
    raise AssertionError("It never comes to its end.")


def test_letters_of_several_bytes_are_not_cut_between_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MOST_AT_ONCE", 10)
    text = "Über 数据 📦 naïve\n" * 20
    log = Logs(tmp_path)
    log.file(JOB).write_text(text, "utf-8")
    assert whole(log) == text


def test_a_letter_that_is_half_written_comes_whole_with_the_next_part(tmp_path: Path) -> None:
    log = Logs(tmp_path)
    letter = "数".encode()
    log.file(JOB).write_bytes(b"a" + letter[:2])
    first = log.read(JOB, 0, False)
    assert (first.text, first.next_offset, first.is_ended) == ("a", 1, False)
    with log.file(JOB).open("ab") as file:
        file.write(letter[2:])
    assert log.read(JOB, first.next_offset, True).text == "数"


def test_bytes_that_are_no_text_lose_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MOST_AT_ONCE", 10)
    log = Logs(tmp_path)
    log.file(JOB).write_bytes(b"before \xff\xfe\x80 after, and much more\n" * 5 + b"\xe6")
    text = whole(log)
    assert text.count("before") == text.count("after, and much more\n") == 5
    assert text.endswith("\ufffd")


def test_a_job_that_has_written_nothing_has_an_empty_log(tmp_path: Path) -> None:
    part = Logs(tmp_path).read(JOB, 0, False)
    assert part.to_dict() == {"text": "", "next_offset": 0, "is_ended": False}
    assert Logs(tmp_path).read(JOB, 50, True).is_ended
    Logs(tmp_path).remove([JOB])
