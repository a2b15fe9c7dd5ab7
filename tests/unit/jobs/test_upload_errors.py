"""What storages say of failures, in a sentence with a next step."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import requests
from rucio.common import exception

from rucio_jupyterlab.jobs.worker.upload_errors import storage_error

RSE = "LUND-USERDISK"


def test_a_disk_that_is_full() -> None:
    with pytest.raises(OSError) as full:
        os.write(os.open("/dev/full", os.O_WRONLY), b"x")
    # Rucio's posix protocol fails once more while it handles that.
    try:
        try:
            raise full.value
        except OSError:
            raise KeyError("prefix") from None
    except KeyError as error:
        ours = storage_error(error, RSE)
    assert (ours.code, ours.status) == ("rse_full", 403)
    assert ours.hint


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (exception.RucioException(507, "<html>Insufficient Storage</html>"), "rse_full"),
        (exception.ServiceUnavailable("[ERROR] No space left on device"), "rse_full"),
        (exception.RSEAccessDenied("[FATAL] Auth failed: No protocols left to try"), "sign_in"),
        (exception.RSEAccessDenied("X509_USER_PROXY is not set"), "sign_in"),
        (exception.RSEAccessDenied(), "sign_in"),
        (exception.ServiceUnavailable("[3010] permission denied"), "forbidden"),
        (exception.RucioException(403, "<html>Forbidden</html>"), "forbidden"),
        (exception.DestinationNotAccessible(PermissionError(13, "Permission denied")), "forbidden"),
        (exception.RSEAccessDenied("[FATAL] Connection error"), "unreachable"),
        (exception.ServiceUnavailable(requests.exceptions.ConnectionError("x")), "unreachable"),
        (exception.RucioException("[ERROR] Operation expired"), "unreachable"),
        (exception.RucioException("something odd"), "upload_failed"),
    ],
)
def test_each_failure_has_its_word(error: Exception, code: str) -> None:
    ours = storage_error(error, RSE)
    assert code in ours.code
    assert RSE in ours.message
    assert "<" not in ours.message
    assert ours.hint


def test_a_program_that_is_not_installed(tmp_path: Path) -> None:
    missing = FileNotFoundError(2, "No such file or directory", "xrdcp")
    ours = storage_error(exception.ServiceUnavailable(missing), RSE)
    assert ours.code == "tool_missing"
    assert "xrdcp" in ours.message
