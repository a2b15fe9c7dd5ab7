"""What Rucio's library raises, in our words."""

from __future__ import annotations

import errno
import json
import re

import requests
from rucio.common.exception import RucioException, ServerConnectionException

from rucio_jupyterlab.client.errors_map import from_fault, one_line
from rucio_jupyterlab.errors import (
    ExtensionError,
    Forbidden,
    RucioBadAnswer,
    RucioFault,
    RucioTimeout,
    RucioUnreachable,
    Unprocessable,
)

# What the library says of an answer that is not Rucio's own, as of a proxy before it.
_IS_AWAY = re.compile(r"http status code: (429|50[234])")


def understood(error: Exception, display_name: str) -> ExtensionError:
    """Ours for anything that the library, the network or the disk can raise."""
    if isinstance(error, ExtensionError):
        return error
    if isinstance(error, OSError) and not isinstance(error, requests.exceptions.RequestException):
        return of_disk(error)
    return (
        _of_network(error, display_name)
        or _of_rucio(error, display_name)
        or ExtensionError(
            f"It failed in a way that nobody foresaw ({type(error).__name__}).",
            hint="The log says more.",
        )
    )


def _of_network(error: Exception, display_name: str) -> ExtensionError | None:
    if isinstance(error, json.JSONDecodeError):
        # A RequestException too, where it was requests that read it.
        return RucioBadAnswer(
            f"{display_name} gave an answer that cannot be read.",
            hint="Try again in a moment. If it goes on, tell the operator.",
        )
    if isinstance(error, requests.exceptions.Timeout):
        return RucioTimeout(f"{display_name} took too long to answer.", hint="Try again.")
    if isinstance(error, requests.exceptions.RequestException | ServerConnectionException):
        return RucioUnreachable(
            f"{display_name} cannot be reached.", hint="Check the network, and try again."
        )
    return None


def _of_rucio(error: Exception, display_name: str) -> ExtensionError | None:
    if not isinstance(error, RucioException):
        return None
    fault = RucioFault(type(error).__name__, one_line(error))
    if _IS_AWAY.search(fault.exception_message):
        return RucioUnreachable(
            f"{display_name} cannot take the request at the moment.",
            code="rucio_busy",
            hint="Try again in a moment.",
            rucio=fault,
        )
    return from_fault(display_name, fault)


def of_disk(error: OSError) -> ExtensionError:
    """What the user's own disk says."""
    where = f" ({error.filename})" if isinstance(error.filename, str) else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unprocessable(
            f"The disk is full{where}.",
            code="disk_full",
            hint="Free some space, then retry: what has arrived stays.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Forbidden(
            f"The disk cannot be read or written there{where}.",
            code="disk_forbidden",
            hint="Check the permissions of the folder.",
        )
    reason = error.strerror or type(error).__name__
    return Unprocessable(
        f"The disk does not do what it should: {reason}{where}.",
        code="disk_error",
        hint="The log says more.",
    )
