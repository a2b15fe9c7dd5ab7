"""The search itself finds what it is meant to find: without that, all else here says nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from .marked import Piece, Secret, known, leaks, marked

PASSWORD = marked("the password")


@pytest.mark.parametrize(
    "write",
    [
        str,
        repr,
        ascii,
        json.dumps,
        quote,
        quote_plus,
        str.upper,
        lambda value: json.dumps(json.dumps({"password": value})),
        lambda value: repr(value.encode("latin-1")),
        lambda value: value[: len(value) // 2 + 8],
        lambda value: value[len(value) // 2 - 8 :],
        lambda value: base64.b64encode(value.encode()).decode(),
        lambda value: base64.b64encode(f"a:{value}".encode()).decode(),
        lambda value: base64.urlsafe_b64encode(f"al:{value}:more".encode()).decode(),
        lambda value: value.encode().hex(),
        lambda value: value[::-1],
    ],
)
def test_a_secret_is_found_however_it_is_written(write: Callable[[str], str]) -> None:
    written = f"GET /auth {write(PASSWORD.value)} HTTP/1.1"
    assert leaks([Piece("the log", written.encode())], [PASSWORD])


def test_what_holds_no_secret_is_not_accused() -> None:
    other = marked("another password")
    page = f"{other.value} {base64.b64encode(other.value.encode()).decode()}"
    assert not leaks([Piece("the log", page.encode())], [PASSWORD])


def test_a_find_says_what_was_found_where_and_does_not_repeat_it() -> None:
    (told,) = leaks([Piece("the log", f"password={PASSWORD.value}".encode())], [PASSWORD])
    assert "the password (plain) in the log" in told
    assert "password=" in told
    assert PASSWORD.core not in told
    assert PASSWORD.core not in repr(PASSWORD)


def test_a_token_of_rucios_is_known_by_what_is_random_in_it() -> None:
    token = known("the token", "alice-alice-unknown-4f3c2b1a09f8e7d6c5b4a39281706f5e")
    assert isinstance(token, Secret)
    assert not leaks([Piece("the log", b"alice-alice-unknown")], [token])
    assert leaks([Piece("the log", b"token 4f3c2b1a09f8e7d6c5b4")], [token])
