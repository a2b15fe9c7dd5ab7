"""What is said about a DID's availability. The shapes are those of the REST contract."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, Literal
from urllib.parse import urlencode

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidType
from rucio_jupyterlab.client.rules import RuleRecord

State = Literal["available", "partial", "replicating", "stuck", "not_available", "empty", "unknown"]


def now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class Availability:
    """How much of a DID is at one destination. Counts and bytes are None where Rucio does not say.

    ``rule`` is the rule behind it: on the DID itself or on one of its parents. ``updated_at`` is
    when Rucio was asked; it stays with the counts when they are kept. ``local`` is the copy on the
    user's own disk (LocalCopy of the REST contract), ``job_id`` the download that brings it there.
    """

    did: Did
    type: DidType | None
    state: State
    rse: str | None = None
    files_total: int | None = None
    files_available: int | None = None
    files_replicating: int | None = None
    files_stuck: int | None = None
    bytes_total: int | None = None
    bytes_available: int | None = None
    path: str | None = None
    pfn: str | None = None
    rule: RuleRecord | None = None
    eta_s: float | None = None
    message: str | None = None
    updated_at: datetime = field(default_factory=now, compare=False)
    local: dict[str, Any] | None = None
    job_id: str | None = None

    def to_dict(self, webui_url: str | None) -> dict[str, Any]:
        """Availability of the REST contract."""
        return {
            "did": str(self.did),
            "type": self.type,
            "state": self.state,
            "rse": self.rse,
            "files_total": self.files_total,
            "files_available": self.files_available,
            "files_replicating": self.files_replicating,
            "files_stuck": self.files_stuck,
            "bytes_total": self.bytes_total,
            "bytes_available": self.bytes_available,
            "path": self.path,
            "rule": rule_to_dict(self.rule, self.did, webui_url) if self.rule else None,
            "eta_s": self.eta_s,
            "updated_at": self.updated_at.isoformat(),
            "message": self.message,
            "local": self.local,
            "job_id": self.job_id,
        }


def unknown(
    did: Did, message: str, type: DidType | None = None, *, rse: str | None = None
) -> Availability:
    """Nothing can be said, and why."""
    return Availability(did, type, "unknown", rse=rse, message=message)


def empty(did: Did, type: DidType, message: str = "There are no files in it.") -> Availability:
    """A collection with nothing in it that could be anywhere."""
    return Availability(
        did, type, "empty", files_total=0, files_available=0, bytes_total=0, message=message
    )


def absent(
    did: Did, type: DidType, rse: str, *, files_total: int | None, bytes_total: int | None
) -> Availability:
    """Nothing of it is there."""
    return Availability(
        did,
        type,
        "not_available",
        rse=rse,
        files_total=files_total,
        files_available=0,
        bytes_total=bytes_total,
        bytes_available=0,
    )


def rule_to_dict(rule: RuleRecord, did: Did, webui_url: str | None) -> dict[str, Any]:
    """Rule of the REST contract.

    ``via`` names the parent when the rule is not on ``did`` itself.
    """
    return {
        "id": rule.id,
        "did": str(rule.did),
        "did_type": rule.did_type,
        "via": None if rule.did == did else str(rule.did),
        "rse_expression": rule.rse_expression,
        "state": rule.state,
        "locks_ok": rule.locks_ok,
        "locks_replicating": rule.locks_replicating,
        "locks_stuck": rule.locks_stuck,
        "error": rule.error,
        "account": rule.account,
        "is_mine": rule.is_mine,
        "comment": rule.comment,
        "created_at": _iso(rule.created_at),
        "expires_at": _iso(rule.expires_at),
        "stuck_since": _iso(rule.stuck_since),
        "url": f"{webui_url}/rule?{urlencode({'rule_id': rule.id})}" if webui_url else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


_INTERNAL_NAME = re.compile(r"^RequestErrMsg\.[A-Z_]+:")

# The better of two destinations is the one where more can be done with the data now.
_RANK: dict[State, int] = {
    "available": 6,
    "replicating": 5,
    "partial": 4,
    "stuck": 3,
    "unknown": 2,
    "empty": 1,
    "not_available": 0,
}


def best(candidates: Iterable[Availability]) -> Availability:
    """Of several destinations the best one; the earlier one where two are equal."""
    return max(candidates, key=lambda item: _RANK[item.state])


def from_rule(
    did: Did,
    type: DidType | None,
    rse: str,
    rule: RuleRecord,
    *,
    files_total: int | None,
    bytes_total: int | None,
) -> Availability:
    """What a rule on the DID itself says: its lock counts are the files' states.

    A rule that Rucio has not prepared yet has no locks at all; that is no progress and no
    completion.
    """
    known = Availability(
        did,
        type,
        "replicating",
        rse=rse,
        files_total=files_total,
        bytes_total=bytes_total,
        files_available=rule.locks_ok,
        files_replicating=rule.locks_replicating,
        files_stuck=rule.locks_stuck,
        rule=rule,
    )
    locks = rule.locks_ok + rule.locks_replicating + rule.locks_stuck
    if files_total is None and locks:
        known = replace(known, files_total=locks)
    if rule.state == "OK":
        return replace(
            known,
            state="available",
            files_total=known.files_total if known.files_total is not None else rule.locks_ok,
            bytes_available=bytes_total,
        )
    if rule.state == "INJECT":
        return replace(
            known,
            files_replicating=files_total,
            bytes_available=0,
            message="Rucio is preparing the transfer of this large collection.",
        )
    if rule.state == "WAITING_APPROVAL":
        return replace(
            known,
            state="not_available",
            files_replicating=0,
            message="The transfer waits for somebody to approve it.",
        )
    if rule.state in ("STUCK", "SUSPENDED"):
        return replace(known, state="stuck", message=why_stuck(rule))
    return known if rule.locks_ok else replace(known, bytes_available=0)


def why_stuck(rule: RuleRecord) -> str:
    """Rucio's reason, or that it has given none."""
    if rule.error == "MissingSourceReplica":
        return "No storage has a good copy that it could be transferred from."
    if rule.error:
        return f"The last attempt failed: {said_by_rucio(rule.error)}"
    if rule.state == "SUSPENDED":
        return "Rucio has suspended the transfer and gives no reason."
    return "The transfer does not go on, and Rucio gives no reason. Rucio will try again by itself."


def said_by_rucio(error: str) -> str:
    """The error of the latest attempt, which stands first, without the name of the internal class
    that Rucio puts before it.
    """
    return _INTERNAL_NAME.sub("", error.partition("|")[0]).strip()
