"""Rucio's own words, turned into a sentence, a status and a next step."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import httpx
import pytest
from rucio.common import exception as rucio_exceptions

from rucio_jupyterlab.client.errors_map import from_answer, one_line
from rucio_jupyterlab.errors import ExtensionError

from .conftest import instance_at

LAKE = instance_at("http://h")

TRACEBACK = """Traceback (most recent call last):
  File "/usr/lib/rucio/core/rule.py", line 1, in add_rule
    raise ValueError(x)
sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) database is locked
"""


def answer(status: int, exception_class: str, message: str) -> ExtensionError:
    body = json.dumps({"ExceptionClass": exception_class, "ExceptionMessage": message}).encode()
    return error_of(status, {"Content-Type": "application/octet-stream"}, body)


def error_of(status: int, headers: dict[str, str], body: bytes, **sent: str) -> ExtensionError:
    request = httpx.Request("GET", "http://h/dids", headers=sent)
    return from_answer(LAKE, httpx.Response(status, headers=headers, content=body, request=request))


@pytest.mark.parametrize(
    ("status", "exception_class", "ours", "code"),
    [
        (404, "DataIdentifierNotFound", 404, "unknown_did"),
        (404, "ScopeNotFound", 404, "unknown_scope"),
        (404, "RSENotFound", 404, "unknown_rse"),
        (404, "RuleNotFound", 404, "unknown_rule"),
        (409, "DuplicateRule", 409, "duplicate_rule"),
        (409, "InsufficientAccountLimit", 403, "quota_exceeded"),
        (409, "RSEOverQuota", 403, "rse_full"),
        (409, "InvalidRSEExpression", 422, "invalid_rse_expression"),
        (409, "InsufficientTargetRSEs", 422, "insufficient_target_rses"),
        (409, "RSEWriteBlocked", 422, "rse_write_blocked"),
        (401, "AccessDenied", 403, "forbidden"),
        (401, "CannotAuthenticate", 401, "not_authenticated"),
        (400, "InvalidObject", 422, "invalid_object"),
        (400, "DIDFilterSyntaxError", 400, "invalid_filter"),
        (401, "UnsupportedOperation", 422, "unsupported_operation"),
        (503, "DatabaseException", 502, "rucio_busy"),
        (500, "SomethingNew", 502, "rucio_bad_answer"),
        (409, "SomethingNew", 409, "conflict"),
    ],
)
def test_each_of_rucios_refusals_has_its_status_and_word(
    status: int, exception_class: str, ours: int, code: str
) -> None:
    error = answer(status, exception_class, "Some words.\nDetails: the very words.")
    assert (error.status, error.code) == (ours, code)
    assert error.rucio is not None
    assert error.rucio.exception_class == exception_class
    assert error.message[-1] in ".!?…"


def test_no_exception_of_rucio_ends_in_an_internal_error() -> None:
    names = [
        name
        for name, found in vars(rucio_exceptions).items()
        if isinstance(found, type) and issubclass(found, rucio_exceptions.RucioException)
    ]
    assert len(names) > 80
    for name in names:
        for status in (400, 401, 404, 406, 409, 500):
            error = answer(status, name, "")
            assert error.status in (400, 401, 403, 404, 409, 413, 422, 502, 503, 504)
            assert "{" not in error.message
            assert "None" not in error.message


def test_the_details_are_the_sentence() -> None:
    error = answer(409, "InvalidReplicationRule", "General words.\nDetails: Copies must be one")
    assert error.message == "Rucio cannot make this rule: Copies must be one."


def test_a_traceback_is_never_the_sentence() -> None:
    error = answer(500, "OperationalError", TRACEBACK)
    assert "File" not in error.message
    assert "Traceback" not in repr(error.to_dict())
    assert "database is locked" in error.message


def test_words_without_end_are_cut() -> None:
    assert len(one_line("x" * 5000)) == 300
    assert one_line(None) == ""


def test_a_front_that_lost_the_body_still_hands_on_the_headers() -> None:
    headers = {"ExceptionClass": "RuleNotFound", "ExceptionMessage": "gone"}
    assert error_of(404, headers, b"").code == "unknown_rule"


@pytest.mark.parametrize(
    "write", [str, repr, json.dumps, quote, lambda secret: repr({"password": secret.encode()})]
)
def test_what_rucio_repeats_of_a_token_or_a_password_goes_no_further(
    write: Callable[[str], str],
) -> None:
    secret = "sesame%\"'\\ open"
    body = {"ExceptionClass": "AccessDenied", "ExceptionMessage": f"not with {write(secret)}, no"}
    for name in ("X-Rucio-Auth-Token", "X-Rucio-Password"):
        error = error_of(401, {}, json.dumps(body).encode(), **{name: secret})
        assert error.rucio
        assert "sesame" not in repr(error.to_dict())
        assert error.rucio.exception_message.startswith("not with ")
        assert error.rucio.exception_message.endswith(", no")


@pytest.mark.parametrize(
    ("status", "ours"), [(403, 403), (404, 502), (405, 502), (413, 413), (500, 502), (504, 504)]
)
def test_a_page_of_a_front_is_not_repeated(status: int, ours: int) -> None:
    page = b"<html><body>Apache at rucio-internal-7 token=abc</body></html>"
    error = error_of(status, {"Content-Type": "text/html"}, page)
    assert error.status == ours
    assert "Apache" not in repr(error.to_dict())
    assert error.hint
