"""What a check is and what it may find."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from rucio_jupyterlab.errors import ExtensionError

Severity = Literal["ok", "warning", "error", "skipped"]


@dataclass(frozen=True)
class Finding:
    """What was seen, and what to do.

    ``blocks``: what needs this cannot be looked at. ``culprit`` is the title of what is wrong,
    where that was another step.
    """

    severity: Severity
    message: str
    hint: str | None = None
    blocks: bool = False
    culprit: str | None = None


@dataclass(frozen=True)
class Step:
    """One thing to look at.

    ``needs`` are the names of steps without which it makes no sense; ``after`` are those whose end
    it waits for, whatever they find. All of them stand before it in the list. ``first`` needs none
    of them: what it finds is the result, and None leaves it to ``look``.
    """

    name: str
    title: str
    look: Callable[[], Awaitable[Finding]]
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    first: Callable[[], Awaitable[Finding | None]] | None = None
    limit_s: float = 6.0


@dataclass(frozen=True)
class Check:
    """A step and what it found: ``Check`` of the contract."""

    name: str
    title: str
    severity: Severity
    message: str
    hint: str | None

    @property
    def is_ok(self) -> bool:
        return self.severity == "ok"

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "title": self.title,
            "ok": self.is_ok,
            "severity": self.severity,
            "message": self.message,
            "hint": self.hint,
        }


@dataclass(frozen=True)
class Diagnosis:
    """All checks of one instance; ``report`` says the same as text for a ticket."""

    checks: tuple[Check, ...]
    report: str
    checked_at: datetime

    @property
    def has_errors(self) -> bool:
        return any(check.severity == "error" for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """``Diagnosis`` of the contract."""
        return {
            "checks": [check.to_dict() for check in self.checks],
            "report": self.report,
            "checked_at": self.checked_at.isoformat(),
        }


def fine(message: str) -> Finding:
    return Finding("ok", message)


def warning(message: str, hint: str | None = None) -> Finding:
    """It works without, or not for long."""
    return Finding("warning", message, hint)


def wrong(message: str, hint: str | None = None) -> Finding:
    return Finding("error", message, hint, blocks=True)


def failed(error: ExtensionError) -> Finding:
    """As ``wrong``, in the words of an error."""
    said = f" Rucio said: {error.rucio.exception_message}" if error.rucio else ""
    is_said = error.rucio is not None and error.rucio.exception_message in error.message
    return wrong(error.message if is_said else error.message + said, error.hint)


def irrelevant(message: str) -> Finding:
    """It does not matter here; what needs it is looked at all the same."""
    return Finding("skipped", message)


def not_looked_at(culprit: str) -> Finding:
    """``culprit`` is the title of the step that is wrong."""
    message = f"Not looked at, since “{culprit}” is not in order."
    return Finding("skipped", message, blocks=True, culprit=culprit)
