"""What an upload asks of Rucio's catalogue, and writes into it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import requests
from rucio.client.client import Client
from rucio.common import exception

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import did_type
from rucio_jupyterlab.errors import Conflict, ExtensionError, QuotaExceeded
from rucio_jupyterlab.jobs.worker.upload_model import Upload
from rucio_jupyterlab.jobs.worker.upload_source import Snapshot, Stopped

# Rucio's restart, or a database that is busy with others.
WAITS_S = (1.0, 2.0, 4.0, 8.0, 15.0)
QUOTA_LIFE_S = 5.0
DIDS_AT_ONCE = 500

_PASSING = (
    requests.exceptions.RequestException,
    exception.ServerConnectionException,
    exception.ServiceUnavailable,
    exception.ResourceTemporaryUnavailable,
    exception.ReplicationRuleCreationTemporaryFailed,
    exception.DatabaseException,
)

Result = TypeVar("Result")
log = logging.getLogger("rucio_jupyterlab.jobs.worker")


def passes(error: Exception) -> bool:
    """Whether trying again later may help."""
    return isinstance(error, _PASSING) or type(error) is exception.RucioException


@dataclass
class _Quota:
    left_bytes: float
    at: float


class Catalogue:
    """For one thread. All methods wait for a Rucio that is away for a moment."""

    def __init__(self, client: Client, upload: Upload, stopping: threading.Event) -> None:
        self.client = client
        self._upload = upload
        self._stopping = stopping
        self._quota: _Quota | None = None
        if client.account is None:
            client.account = client.whoami()["account"]

    def patiently(self, work: Callable[[], Result]) -> Result:
        """
        Raises:
            Stopped: the job has been told to end meanwhile.
            Exception: what ``work`` raises, where waiting does not help.
        """
        for wait_s in WAITS_S:
            try:
                return work()
            except Exception as error:
                if not passes(error):
                    raise
                log.warning(
                    "Rucio does not take it (%s); again in %d s", type(error).__name__, wait_s
                )
            if self._stopping.wait(wait_s):
                raise Stopped
        return work()

    def known(self, did: Did) -> Mapping[str, Any] | None:
        """The columns of a DID; None when there is none."""
        try:
            found: Mapping[str, Any] = self.patiently(
                lambda: self.client.get_metadata(did.scope, did.name)
            )
        except exception.DataIdentifierNotFound:
            return None
        return found

    def known_many(self, dids: Sequence[Did]) -> dict[Did, Mapping[str, Any]]:
        """The columns of those that exist."""
        found: dict[Did, Mapping[str, Any]] = {}
        for piece in in_pieces(dids, DIDS_AT_ONCE):
            for columns in self.patiently(partial(_listed, self.client.get_metadata_bulk, piece)):
                found[Did(str(columns["scope"]), str(columns["name"]))] = columns
        return found

    def replica_states(self, did: Did) -> dict[str, str]:
        """By RSE."""

        def ask() -> dict[str, str]:
            for found in self.client.list_replicas([_json(did)], all_states=True):
                return {str(rse): str(state) for rse, state in found.get("states", {}).items()}
            return {}

        return self.patiently(ask)

    def is_held(self, did: Did) -> bool:
        """Whether any rule keeps the file."""

        def ask() -> bool:
            return any(
                True for _ in self.client.list_associated_rules_for_file(did.scope, did.name)
            )

        return self.patiently(ask)

    def add_replica(
        self, did: Did, snapshot: Snapshot, rse: str, *, pfn: str | None = None
    ) -> None:
        """The file and its replica, if they are not there yet.

        Raises:
            Conflict: code ``did_conflict``: another file got the name in the meantime.
        """
        # Keys that are null are refused.
        replica = _replica(did, snapshot) | ({"pfn": pfn} if pfn else {})
        try:
            self.patiently(lambda: self.client.add_replicas(rse, [replica]))
        except (exception.Duplicate, exception.FileReplicaAlreadyExists):
            log.info("%s is registered at %s already", did, rse)
        # Rucio takes a replica of a DID without a look at what else it says of it.
        columns = self.known(did)
        if columns is not None:
            require_same(did, columns, snapshot)

    def add_replicas(self, files: Sequence[tuple[Did, Snapshot]], rse: str) -> None:
        """Many at a time, those that are there already left as they are.

        Raises:
            RucioException: Rucio refuses one of them, and has taken none.
        """
        if not files:
            return
        replicas = [_replica(did, snapshot) for did, snapshot in files]
        try:
            self.patiently(lambda: self.client.add_replicas(rse, replicas))
        except (exception.Duplicate, exception.FileReplicaAlreadyExists):
            if len(files) > 1:
                raise
            log.info("%s is registered at %s already", files[0][0], rse)

    def add_rules(self, dids: Sequence[Did], rse: str, lifetime_s: int | None) -> list[str]:
        """One for each, in their order.

        Raises:
            RucioException: Rucio refuses one of them, and has made none.
        """
        if len(dids) == 1:
            return [self.add_rule(dids[0], rse, lifetime_s)]
        if not dids:
            return []
        ids = self.patiently(
            lambda: self.client.add_replication_rule(
                [_json(did) for did in dids],
                copies=1,
                rse_expression=rse,
                lifetime=lifetime_s,
                grouping="NONE",
                comment=self._upload.comment,
            )
        )
        return [str(rule_id) for rule_id in ids]

    def add_rule(self, did: Did, rse_expression: str, lifetime_s: int | None, **more: Any) -> str:
        """The new rule's id, or that of the one that is there already."""
        try:
            ids = self.patiently(
                lambda: self.client.add_replication_rule(
                    [_json(did)],
                    copies=1,
                    rse_expression=rse_expression,
                    lifetime=lifetime_s,
                    comment=self._upload.comment,
                    **more,
                )
            )
        except exception.DuplicateRule:
            return self._own_rule(did, rse_expression)
        return str(ids[0])

    def rules(self, did: Did) -> list[Mapping[str, Any]]:
        return self.patiently(lambda: list(self.client.list_did_rules(did.scope, did.name)))

    def require_quota(self, rse: str, needed_bytes: int) -> None:
        """
        Raises:
            QuotaExceeded: Rucio would refuse the rule once the bytes are there.
        """
        now = time.monotonic()
        if self._quota is None or now - self._quota.at > QUOTA_LIFE_S:
            self._quota = _Quota(self.patiently(lambda: self._left(rse)), now)
        if needed_bytes > self._quota.left_bytes:
            raise QuotaExceeded(
                f"Your quota at {rse} is used up: {int(self._quota.left_bytes):,} bytes are left, "
                f"and this takes {needed_bytes:,}.",
                hint="End rules of yours there that are no longer needed, or ask for more quota; "
                "then retry.",
            )

    def _left(self, rse: str) -> float:
        """Where other limits count too, or none, Rucio itself has to judge: infinite then."""
        for usage in self.client.get_local_account_usage(self.client.account, rse):
            if usage["rse"] == rse and isinstance(usage.get("bytes_limit"), int):
                limit = usage["bytes_limit"]
                return float(limit - usage["bytes"]) if limit > 0 else float("inf")
        return float("inf")

    def _own_rule(self, did: Did, rse_expression: str) -> str:
        for rule in self.rules(did):
            is_it = rule["rse_expression"] == rse_expression
            if is_it and str(rule["account"]) == self.client.account:
                return str(rule["id"])
        raise Conflict(f"A rule on {did} at {rse_expression} is in the way.", code="duplicate_rule")


def require_same(did: Did, columns: Mapping[str, Any], snapshot: Snapshot) -> None:
    """
    Raises:
        Conflict: code ``did_conflict``: the DID has other content.
    """
    if did_type(columns["did_type"]) != "file":
        raise _conflict(did, f"it is a {did_type(columns['did_type'])}")
    if columns.get("bytes") != snapshot.size_bytes:
        raise _conflict(
            did, f"{columns.get('bytes')} bytes there, {snapshot.size_bytes} bytes here"
        )
    for name in ("adler32", "md5"):
        there, here = columns.get(name), getattr(snapshot, name)
        if there and str(there).lower().lstrip("0") != here.lstrip("0"):
            raise _conflict(did, f"{name} {there} there, {here} here")


def _replica(did: Did, snapshot: Snapshot) -> dict[str, Any]:
    return {
        **_json(did),
        "bytes": snapshot.size_bytes,
        "adler32": snapshot.adler32,
        "md5": snapshot.md5,
        "state": "A",
    }


def _listed(
    ask: Callable[[list[dict[str, str]]], Iterable[Mapping[str, Any]]], dids: list[dict[str, str]]
) -> list[Mapping[str, Any]]:
    return list(ask(dids))


def in_pieces(dids: Sequence[Did], most: int) -> Iterator[list[dict[str, str]]]:
    for start in range(0, len(dids), most):
        yield [_json(did) for did in dids[start : start + most]]


def taken(did: Did) -> ExtensionError:
    """Another upload has sent other content under the name, a moment ago."""
    return Conflict(
        f"Another upload is sending {did} with other content.",
        code="did_conflict",
        hint="Wait for it to end, or give this one another name.",
    )


def _conflict(did: Did, difference: str) -> ExtensionError:
    return Conflict(
        f"{did} exists with other content: {difference}.",
        code="did_conflict",
        hint="Give it another name, with a prefix for example.",
    )


def _json(did: Did) -> dict[str, str]:
    return {"scope": did.scope, "name": did.name}
