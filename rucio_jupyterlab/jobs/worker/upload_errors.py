"""Why a storage did not take a file, in a sentence with a next step."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator

import requests
from rucio.common.exception import FullStorage, RSEAccessDenied, RucioException

from rucio_jupyterlab.client.errors_map import one_line
from rucio_jupyterlab.errors import (
    ConfigurationError,
    ExtensionError,
    Forbidden,
    QuotaExceeded,
    RucioBadAnswer,
    RucioUnreachable,
)

_FULL = re.compile(r"no space left|disk quota|quota exceeded|insufficient storage|\b507\b", re.I)
_SIGN_IN = re.compile(
    r"auth failed|no protocols left|authentication|X509_USER_PROXY is not set|unauthorized|\b401\b",
    re.I,
)
_FORBIDDEN = re.compile(
    r"permission denied|not authorized|forbidden|read-only|operation not permitted|\b403\b", re.I
)
_UNREACHABLE = re.compile(
    r"connection (error|refused|reset|aborted)|timed? ?out|timeout|expired|unreachable|"
    r"name or service|resolve|max retries|socket|remote end closed|broken pipe",
    re.I,
)
_PAGE = re.compile(r"<(!doctype|html|\?xml).*", re.I | re.DOTALL)


def storage_error(error: Exception, rse: str) -> ExtensionError:
    """Ours for what a protocol of Rucio's library raises."""
    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, ExtensionError):
            return link
    program = next((link for link in chain if isinstance(link, FileNotFoundError)), None)
    if program is not None and program.filename in ("xrdfs", "xrdcp"):
        return ConfigurationError(
            f"The program {program.filename} is not here, which {rse} needs.",
            code="tool_missing",
            hint="Ask the operator to install the XRootD client tools.",
        )
    said = " ".join(_said(link) for link in chain)
    kind = _kind(chain, said)
    reason = one_line(_said(chain[0]) or said)
    return _ours(kind, rse, reason)


def _kind(chain: list[BaseException], said: str) -> str:
    numbers = {link.errno for link in chain if isinstance(link, OSError)}
    signs = {
        "full": numbers & {errno.ENOSPC, errno.EDQUOT}
        or _FULL.search(said)
        or _any(chain, FullStorage),
        "sign_in": _SIGN_IN.search(said),
        "forbidden": numbers & {errno.EACCES, errno.EPERM, errno.EROFS} or _FORBIDDEN.search(said),
        "unreachable": _UNREACHABLE.search(said)
        or _any(chain, requests.exceptions.RequestException),
        # It is raised for whatever goes wrong at the beginning.
        "refused": _any(chain, RSEAccessDenied),
    }
    kind = next((kind for kind, is_it in signs.items() if is_it), "other")
    return "sign_in" if kind == "refused" else kind


def _any(chain: list[BaseException], kind: type[BaseException]) -> bool:
    return any(isinstance(link, kind) for link in chain)


def _ours(kind: str, rse: str, reason: str) -> ExtensionError:
    quoted = f" It says: {reason}" if reason else ""
    if kind == "full":
        return QuotaExceeded(
            f"The storage of {rse} is full.{quoted}",
            code="rse_full",
            hint="Choose another RSE, or tell the site.",
        )
    if kind == "sign_in":
        return Forbidden(
            f"The storage of {rse} does not take the way in which you are signed in.{quoted}",
            code="sign_in_not_accepted",
            hint="Sign in with a certificate or a token, or choose another RSE.",
        )
    if kind == "forbidden":
        return Forbidden(
            f"The storage of {rse} does not let you write there.{quoted}",
            code="storage_forbidden",
            hint="Ask for the right to write to it, or choose another RSE.",
        )
    if kind == "unreachable":
        return RucioUnreachable(
            f"The storage of {rse} cannot be reached.",
            code="storage_unreachable",
            hint="Nothing was registered. Retry later; what has arrived is not sent again.",
        )
    return RucioBadAnswer(
        f"The storage of {rse} did not take the file.{quoted}",
        code="upload_failed",
        hint="Retry; the log says more.",
    )


def corrupted(rse: str, there: str, here: str) -> ExtensionError:
    return RucioBadAnswer(
        f"What arrived at {rse} is not what was sent: {there} there, {here} here.",
        code="upload_corrupted",
        hint="Nothing was registered. Retry; if it happens again, tell the site.",
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """It, and what it came of: Rucio's library wraps, and sometimes fails while it does."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [*link.args, link.__cause__, link.__context__]


def _said(error: BaseException) -> str:
    """Of a web server the status alone: its pages say no more."""
    if not isinstance(error, RucioException):
        return _PAGE.sub("", str(error))
    words = [f"HTTP {arg}" if isinstance(arg, int) else str(arg) for arg in error.args]
    return _PAGE.sub("", " ".join(words)).strip() or str(error)
