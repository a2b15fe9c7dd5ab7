"""What a person types and reads in a terminal."""

from __future__ import annotations

import click
import pytest

from rucio_jupyterlab.cli.options import age, dids
from rucio_jupyterlab.cli.output import files, size, span, table
from rucio_jupyterlab.cli.running import (
    COULD_NOT_BEGIN,
    SOMETHING_FAILED,
    Refused,
    failure,
    run,
)
from rucio_jupyterlab.errors import Conflict, ExtensionError, NotAuthenticated, RucioUnreachable

CONTEXT = click.Context(click.Command("datalake"))
OPTION = click.Option(["--it"])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2d", 172_800),
        ("12h", 43_200),
        ("30m", 1800),
        ("45s", 45),
        ("1.5H", 5400),
        (" 1w ", 604_800),
    ],
)
def test_an_age_in_seconds(text: str, seconds: float) -> None:
    assert age(CONTEXT, OPTION, text) == seconds


@pytest.mark.parametrize("text", ["", "2", "d", "-1d", "2 days", "1e3s", "nan s"])
def test_what_is_no_age(text: str) -> None:
    with pytest.raises(click.BadParameter):
        age(CONTEXT, OPTION, text)


def test_dids_are_tidied_and_their_absence_is_none() -> None:
    assert dids(CONTEXT, OPTION, (" demo:a:b ", "demo:c")) == ("demo:a:b", "demo:c")
    assert dids(CONTEXT, OPTION, None) is None
    with pytest.raises(click.BadParameter, match="scope:name"):
        dids(CONTEXT, OPTION, "demo")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (80, "1 min 20 s"),
        (700, "11 min"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (3 * 86_400, "3 days"),
    ],
)
def test_time_spans(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_counts_and_sizes() -> None:
    assert [files(count) for count in (0, 1, 2000)] == ["0 files", "1 file", "2,000 files"]
    assert [size(count) for count in (None, 0, 1500)] == ["?", "0 B", "1.5 kB"]


def test_a_table_cuts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    long = "https://rucio.example.org/" + "x" * 300
    table(("DID", "URL"), [("a:b", long), ("a:longer", "")])
    assert capsys.readouterr().out.splitlines() == [
        "DID       URL",
        f"a:b       {long}",
        "a:longer",
    ]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotAuthenticated("You are not signed in."), COULD_NOT_BEGIN),
        (RucioUnreachable("It is down."), COULD_NOT_BEGIN),
        (Conflict("It exists.", code="did_conflict"), SOMETHING_FAILED),
        (ExtensionError("It broke."), SOMETHING_FAILED),
    ],
)
def test_how_errors_end_a_command(error: ExtensionError, code: int) -> None:
    ended = failure(error)
    assert ended.exit_code == code
    assert ended.format_message().startswith(error.message)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RuntimeError("the password is secret"), "nobody foresaw (RuntimeError)"),
        (PermissionError(13, "Permission denied", "/data/x"), "Permission denied: /data/x."),
    ],
)
def test_what_nobody_foresaw_is_a_sentence_without_its_text(error: Exception, said: str) -> None:
    async def work() -> int:
        raise error

    with pytest.raises(Refused) as ended:
        run(work)
    assert said in ended.value.format_message()
    assert "secret" not in ended.value.format_message()
