"""What can go wrong, said once: an HTTP status, a stable code and a sentence for the user.

Everything that a user, an operator or Rucio can cause is raised as one of these at the boundary
where it is first understood; nothing above catches and rewords it. ``ExtensionError.to_dict`` is
the error object of the REST contract (docs/api/openapi.yaml, ``Error``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class RucioFault:
    """What Rucio itself said: the class and the message of its exception, both as it sent them."""

    exception_class: str
    exception_message: str

    def to_dict(self) -> dict[str, str]:
        return {
            "exception_class": self.exception_class,
            "exception_message": self.exception_message,
        }


@dataclass(frozen=True)
class KeyProblem:
    """One wrong key of a configuration, such as ``destinations[0].mount_path``, and why."""

    key: str
    reason: str


class ExtensionError(Exception):
    """Base of all errors that reach a user.

    ``message`` is a sentence in the user's words, ``hint`` the next step or None, ``rucio`` what
    Rucio said or None. ``status`` is the HTTP status, ``code`` a stable word that programs may
    compare. No secret may be put into any of them.
    """

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        rucio: RucioFault | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.hint = hint
        self.rucio = rucio

    def __str__(self) -> str:
        """What a person reads below a cell: the sentence and the next step."""
        return f"{self.message} {self.hint}" if self.hint else self.message

    def to_dict(self) -> dict[str, Any]:
        """The error object of the REST contract: message, code, hint, rucio."""
        return {
            "message": self.message,
            "code": self.code,
            "hint": self.hint,
            "rucio": self.rucio.to_dict() if self.rucio else None,
        }


class BadRequest(ExtensionError):
    """The request itself is wrong: a missing argument, JSON that is none, a value out of range."""

    status = 400
    default_code = "bad_request"


class InvalidDid(BadRequest):
    """Not of the form ``scope:name``."""

    default_code = "invalid_did"


class NotAuthenticated(ExtensionError):
    """Rucio does not accept our credentials, or there are none. Never Jupyter's own 401."""

    status = 401
    default_code = "not_authenticated"


class UnusableCredentials(NotAuthenticated):
    """The credentials do not do, which is seen without asking Rucio.

    ``code`` always says why: ``proxy_expired``, ``key_too_open``, ``token_missing`` and so on.
    """


class Forbidden(ExtensionError):
    """Rucio knows the account and refuses what it asked for."""

    status = 403
    default_code = "forbidden"


class QuotaExceeded(Forbidden):
    """The account has too little quota left, or none, at the destination."""

    default_code = "quota_exceeded"


class NotFound(ExtensionError):
    """There is no such thing."""

    status = 404
    default_code = "not_found"


class UnknownInstance(NotFound):
    """No instance of that name is configured."""

    default_code = "unknown_instance"


class UnknownDid(NotFound):
    """Rucio has no such DID."""

    default_code = "unknown_did"


class UnknownScope(NotFound):
    """Rucio has no such scope."""

    default_code = "unknown_scope"


class Conflict(ExtensionError):
    """The thing exists already."""

    status = 409
    default_code = "conflict"


class TooLarge(ExtensionError):
    """More than is taken in one request."""

    status = 413
    default_code = "too_large"


class Unprocessable(ExtensionError):
    """Well formed, but it cannot be done: an empty collection, an RSE expression without an RSE."""

    status = 422
    default_code = "unprocessable"


class RucioBadAnswer(ExtensionError):
    """Rucio answered with an error of its own or with nonsense, or stopped in the middle."""

    status = 502
    default_code = "rucio_bad_answer"


class ConfigurationError(ExtensionError):
    """The instance's configuration cannot be used; the operator has to mend it.

    ``details`` are the keys that are wrong, each with the reason.
    """

    status = 503
    default_code = "configuration_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        details: Sequence[KeyProblem] = (),
    ) -> None:
        super().__init__(message, code=code, hint=hint)
        self.details = tuple(details)

    def to_dict(self) -> dict[str, Any]:
        details = [{"key": problem.key, "reason": problem.reason} for problem in self.details]
        return super().to_dict() | ({"details": details} if details else {})


class RucioUnreachable(ExtensionError):
    """No connection to Rucio: name, route, port or TLS."""

    status = 503
    default_code = "rucio_unreachable"


class FolderHangs(ExtensionError):
    """A folder of the server does not answer, as when the storage behind it is gone."""

    status = 504
    default_code = "folder_hangs"


class RucioTimeout(ExtensionError):
    """Rucio took longer than the time limit."""

    status = 504
    default_code = "rucio_timeout"
