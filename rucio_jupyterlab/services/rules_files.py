"""The files of a rule, and why those that are stuck are stuck."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rucio_jupyterlab.client import dids, requests, rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.requests import StuckRecord
from rucio_jupyterlab.client.rules import LockState, RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import ExtensionError, Forbidden, NotAuthenticated
from rucio_jupyterlab.services.availability.model import said_by_rucio
from rucio_jupyterlab.services.concurrency import gather_bounded

# Rucio examines each of them with a few queries.
MOST_EXAMINED = 200
# Sizes, and what Rucio keeps of past transfers, are asked for in pieces of so many files.
PIECE = 50

NO_SOURCE = "No storage has a good copy that it could be transferred from."
_STATES = {
    "NO_SOURCES": NO_SOURCE,
    "ONLY_TAPE_SOURCES": "The only copies are on tape.",
    "MISMATCH_SCHEME": "No way of transfer is common to the storage with a copy and the "
    "destination.",
    "LOST": "The transfer service has lost the transfer.",
    "SUBMISSION_FAILED": "The transfer service did not take the transfer.",
}


@dataclass(frozen=True)
class RuleFile:
    """A file of a rule. ``error`` and ``since`` (of the last attempt) are for stuck ones."""

    did: Did
    rse: str
    state: LockState
    size_bytes: int | None = None
    error: str | None = None
    since: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """RuleFile of the REST contract."""
        return {
            "did": str(self.did),
            "rse": self.rse,
            "state": self.state.lower(),
            "size": self.size_bytes,
            "error": self.error,
            "since": self.since.isoformat() if self.since else None,
        }


async def of_rule(
    client: RucioClient, rule: RuleRecord, state: LockState | None
) -> AsyncGenerator[RuleFile, None]:
    """The files of a rule that are in ``state`` (None: in any), as Rucio gives them.

    A few stuck files are found without looking at the others.
    """
    attempts = _Attempts(client, rule)
    if state == "STUCK" and rule.locks_stuck == 0:
        return
    if state == "STUCK" and rule.state == "STUCK" and rule.locks_stuck <= MOST_EXAMINED:
        examined = await requests.stuck_files(client, rule.id)
        for start in range(0, len(examined), PIECE):
            some = examined[start : start + PIECE]
            files = [RuleFile(item.did, item.rse, "STUCK", since=item.last_at) for item in some]
            for file in await attempts.explain(files, {item.did: item for item in some}):
                yield file
        return
    piece: list[RuleFile] = []
    locks = rules.locks(client, rule.id)
    async with aclosing(locks):
        async for lock in locks:
            if state is not None and lock.state != state:
                continue
            piece.append(RuleFile(lock.did, lock.rse, lock.state, lock.size_bytes))
            if len(piece) == PIECE:
                for file in await attempts.explain(piece, {}):
                    yield file
                piece = []
    for file in await attempts.explain(piece, {}):
        yield file


class _Attempts:
    """Says of stuck files what their last attempts came to."""

    def __init__(self, client: RucioClient, rule: RuleRecord) -> None:
        self._client = client
        self._rule = rule
        # Until Rucio has said that it does not show them to this account.
        self._are_shown = True

    async def explain(
        self, files: Sequence[RuleFile], examined: dict[Did, StuckRecord]
    ) -> list[RuleFile]:
        """With sizes, and with reasons for those that are stuck."""
        if not files:
            return []
        known = await dids.types(self._client, [file.did for file in files])

        async def one(file: RuleFile) -> RuleFile:
            record = known.get(file.did)
            size = file.size_bytes if record is None else record.size_bytes
            error, since = None, file.since
            if file.state == "STUCK":
                error, ended_at = await self._reason(file, examined.get(file.did))
                since = since or ended_at or self._rule.stuck_since
            return RuleFile(file.did, file.rse, file.state, size, error, since)

        return await gather_bounded(one, files)

    async def _reason(
        self, file: RuleFile, examined: StuckRecord | None
    ) -> tuple[str | None, datetime | None]:
        """Why, and when that was. What Rucio keeps of past requests says it best."""
        if self._are_shown and (examined is None or examined.attempts):
            try:
                attempt = await requests.past(self._client, file.did, file.rse)
            except NotAuthenticated:
                raise
            except Forbidden:
                self._are_shown = False
            except ExtensionError:
                # There was no attempt, or this Rucio offers no requests.
                pass
            else:
                if attempt.error:
                    return said_by_rucio(attempt.error), attempt.ended_at
        about_it = self._rule.error
        if about_it and (file.did.name in about_it or self._rule.locks_stuck == 1):
            return said_by_rucio(about_it), None
        return (_from_examination(examined) if examined else None), None


def _from_examination(stuck: StuckRecord) -> str | None:
    if stuck.last_state is None:
        return None if stuck.sources else NO_SOURCE
    if not stuck.sources:
        return NO_SOURCE
    if not any(stuck.sources.values()):
        return f"The only copies are at {', '.join(stuck.sources)}, which cannot be read now."
    known = _STATES.get(stuck.last_state)
    if known is not None:
        return known
    source = f" from {stuck.last_source}" if stuck.last_source else ""
    times = f", the last of {stuck.attempts} attempts," if stuck.attempts > 1 else ""
    return f"The transfer{source}{times} failed."
