"""Jobs and their files, as they are kept and as the browser sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal, get_args

JobKind = Literal["download", "upload"]
JobState = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
ItemState = Literal["queued", "running", "done", "skipped", "failed", "cancelled"]
ErrorDict = dict[str, Any]
"""The error object of the REST contract: message, code, hint, rucio."""

JOB_KINDS: tuple[JobKind, ...] = get_args(JobKind)
JOB_STATES: tuple[JobState, ...] = get_args(JobState)
ACTIVE: frozenset[JobState] = frozenset({"queued", "running"})
RETRYABLE: frozenset[JobState] = frozenset({"failed", "cancelled", "interrupted"})
# Of items: nothing is left to do for these.
SETTLED: frozenset[ItemState] = frozenset({"done", "skipped"})

MOST_DIDS_SHOWN = 20


def now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class JobSpec:
    """What is to be done. ``payload`` is the worker's, JSON, and holds no secret.

    ``path`` is the folder that a download fills; ``rse`` where an upload goes; ``dids`` what is
    asked for. A second job with the same ``idempotency_key`` is the first one.
    """

    kind: JobKind
    instance: str
    title: str
    payload: Mapping[str, Any]
    rse: str | None = None
    dids: Sequence[str] = ()
    path: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Job:
    """Sizes in bytes, None where they are not known yet; times are aware (UTC).

    ``owner`` is the process that runs it, or ran it last (``store.Owner``). ``rate_bytes_s`` and
    ``eta_s`` are those of now: None unless it runs.
    """

    id: str
    kind: JobKind
    instance: str
    title: str
    state: JobState
    owner: str
    created_at: datetime
    rse: str | None = None
    dids: tuple[str, ...] = ()
    path: str | None = None
    files_total: int | None = None
    files_done: int = 0
    files_failed: int = 0
    bytes_total: int | None = None
    bytes_done: int = 0
    error: ErrorDict | None = None
    message: str | None = None
    attempt: int = 1
    started_at: datetime | None = None
    ended_at: datetime | None = None
    rate_bytes_s: float | None = field(default=None, compare=False)
    eta_s: float | None = field(default=None, compare=False)

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    def to_dict(self, *, is_here: bool, contents_path: str | None) -> dict[str, Any]:
        """Job of the REST contract, without its items.

        ``is_here``: this server can cancel it; ``contents_path``: its folder in the file browser.
        """
        return {
            "id": self.id,
            "kind": self.kind,
            "instance": self.instance,
            "title": self.title,
            "state": self.state,
            "files_total": self.files_total,
            "files_done": self.files_done,
            "files_failed": self.files_failed,
            "bytes_total": self.bytes_total,
            "bytes_done": self.bytes_done,
            "rate_bytes_s": self.rate_bytes_s,
            "eta_s": self.eta_s,
            "error": self.error,
            "message": self.message,
            "rse": self.rse,
            "dids": list(self.dids[:MOST_DIDS_SHOWN]),
            "path": self.path,
            "contents_path": contents_path,
            "is_here": is_here,
            "attempt": self.attempt,
            "created_at": self.created_at.isoformat(),
            "started_at": _iso(self.started_at),
            "ended_at": _iso(self.ended_at),
        }


@dataclass(frozen=True)
class JobItem:
    """One file of a job. ``key`` tells it from the others: a download's DID, an upload's path."""

    key: str
    state: ItemState
    did: str | None = None
    path: str | None = None
    size_bytes: int | None = None
    error: ErrorDict | None = None
    message: str | None = None
    rule_id: str | None = None

    def to_dict(self, rule_url: str | None) -> dict[str, Any]:
        """An item of a Job of the REST contract."""
        return {
            "did": self.did,
            "path": self.path,
            "size_bytes": self.size_bytes,
            "state": self.state,
            "error": self.error,
            "message": self.message,
            "rule_id": self.rule_id,
            "rule_url": rule_url,
        }


@dataclass(frozen=True)
class LogPart:
    """``text`` from the offset that was asked for; ``next_offset`` in bytes, for the next part."""

    text: str
    next_offset: int
    is_ended: bool

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "next_offset": self.next_offset, "is_ended": self.is_ended}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
