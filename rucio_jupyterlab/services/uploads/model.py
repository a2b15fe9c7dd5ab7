"""An upload as it is asked for, and the plan of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.services.availability.quota import UNKNOWN, Quota

ItemStatus = Literal["new", "exists", "conflict", "invalid_name", "duplicate", "unreadable"]
Via = Literal["stream", "third_party"]

STATUSES: tuple[ItemStatus, ...] = get_args(ItemStatus)
# With one of these nothing is sent, not even the others: half an upload is what nobody meant.
IN_THE_WAY: frozenset[ItemStatus] = frozenset(
    {"conflict", "invalid_name", "duplicate", "unreadable"}
)
MOST_ITEMS = 1000


@dataclass(frozen=True)
class UploadRequest:
    """What the user asks for. ``paths`` as they came; ``lifetime_days`` None is for ever.

    ``uses_proposals``: names that Rucio would refuse are replaced by those proposed for them.
    ``keeps_scratch``: what third-party copies leave on the scratch storage stays for two days.
    """

    paths: tuple[str, ...]
    scope: str
    rse: str
    prefix: str = ""
    dataset: Did | None = None
    lifetime_days: int | None = None
    keeps_scratch: bool = False
    uses_proposals: bool = False
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is to be sent. ``path`` as the user knows it, ``real`` without links;
    ``relative`` is what becomes its name, ``problem`` a sentence where it cannot be read.
    """

    path: str
    real: str
    relative: str
    size_bytes: int
    mtime_ns: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class PlanItem:
    """What becomes of one file. ``pfn`` is where it lies already on the scratch storage."""

    source: Source
    did: Did
    status: ItemStatus
    message: str | None = None
    proposal: str | None = None
    via: Via = "stream"
    pfn: str | None = None
    scratch_rse: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "path": self.source.path,
            "did": str(self.did),
            "name": self.did.name,
            "size_bytes": self.source.size_bytes,
            "status": self.status,
            "message": self.message,
            "proposal": self.proposal,
            "via": self.via,
        }


@dataclass(frozen=True)
class Place:
    """Where it goes. ``accepts_sign_in``: whether its storage takes this kind of sign-in; None
    where only trying tells.
    """

    rse: str
    is_writable: bool = False
    accepts_sign_in: bool | None = None
    quota: Quota = UNKNOWN

    def to_dict(self) -> dict[str, Any]:
        return {
            "rse": self.rse,
            "is_writable": self.is_writable,
            "accepts_sign_in": self.accepts_sign_in,
            "bytes_used": self.quota.bytes_used,
            "bytes_limit": self.quota.bytes_limit,
            "bytes_left": self.quota.bytes_left,
            "has_quota": self.quota.has_any,
        }


@dataclass(frozen=True)
class DatasetPlan:
    """The dataset that takes the files. ``is_open`` and ``files`` are None where there is none."""

    did: Did
    exists: bool
    is_open: bool | None = None
    files: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "did": str(self.did),
            "exists": self.exists,
            "is_open": self.is_open,
            "files": self.files,
        }


@dataclass(frozen=True)
class UploadPlan:
    """What would be created. ``items`` are all of them, those with a problem first."""

    request: UploadRequest
    items: Sequence[PlanItem]
    place: Place
    dataset: DatasetPlan | None
    problems: Sequence[ExtensionError]
    counts: Counter[ItemStatus] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", Counter(item.status for item in self.items))

    @property
    def bytes(self) -> int:
        """Of the new files."""
        return sum(item.source.size_bytes for item in self.items if item.status == "new")

    def to_dict(self) -> dict[str, Any]:
        """UploadPlan of the REST contract."""
        return {
            "items": [item.to_dict() for item in self.items[:MOST_ITEMS]],
            "counts": {status: self.counts[status] for status in STATUSES},
            "files": len(self.items),
            "bytes": self.bytes,
            "truncated": len(self.items) > MOST_ITEMS,
            "place": self.place.to_dict(),
            "dataset": self.dataset.to_dict() if self.dataset else None,
            "lifetime_days": self.request.lifetime_days,
            "problems": [problem.to_dict() for problem in self.problems],
            "can_start": not self.problems,
        }
