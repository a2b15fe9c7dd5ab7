"""A dataset of very many files: rows as Rucio itself would leave them, and no bytes anywhere.

Rucio's own functions take hours for 100,000 files; rows go in at thousands a second.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from rucio.common.types import InternalAccount, InternalScope
from rucio.common.utils import generate_uuid
from rucio.core.rse import get_rse_id
from rucio.db.sqla import models
from rucio.db.sqla.constants import (
    DatabaseOperationType,
    DIDAvailability,
    DIDType,
    LockState,
    ReplicaState,
    RuleGrouping,
    RuleState,
)
from rucio.db.sqla.session import db_session
from sqlalchemy import exists, insert, select, text
from sqlalchemy.orm import Session

from lake.rucio_side.sqlite import tune_sqlite
from lake.topology import ALICE, DESTINATION, SCOPES

SOURCE = "CNAF-DISK"
CHUNK = 5_000


@dataclass(frozen=True)
class Bulk:
    """What to register.

    With `has_rule` alice has a satisfied rule on it at the destination, which implies
    `is_at_destination`.
    """

    scope: str
    name: str
    files: int
    is_at_destination: bool
    has_rule: bool


@dataclass(frozen=True)
class _File:
    name: str
    size_bytes: int
    adler32: str
    md5: str


def register(bulk: Bulk) -> None:
    """Registers the dataset in one transaction.

    Raises:
        ValueError: a DID of that name is there already.
    """
    scope, owner = InternalScope(bulk.scope), InternalAccount(SCOPES[bulk.scope])
    with db_session(DatabaseOperationType.WRITE) as session:
        did = models.DataIdentifier
        if session.execute(
            select(exists().where(did.scope == scope, did.name == bulk.name))
        ).scalar():
            raise ValueError(f"{bulk.scope}:{bulk.name} is there already; choose another --name.")
        rse_ids = [get_rse_id(SOURCE, session=session)]
        if bulk.is_at_destination:
            rse_ids.append(get_rse_id(DESTINATION, session=session))
        rule_id = generate_uuid() if bulk.has_rule else None
        size_bytes = sum(file.size_bytes for file in _files(bulk))
        _add_dataset(session, bulk, scope, owner, size_bytes)
        if rule_id is not None:
            _add_rule(
                session,
                bulk,
                scope,
                rule_id=rule_id,
                rse_id=rse_ids[-1],
                size_bytes=size_bytes,
            )
        for chunk in _chunks(bulk):
            _add_files(session, bulk, scope, owner, chunk)
            for rse_id in rse_ids:
                is_locked = rule_id is not None and rse_id == rse_ids[-1]
                _add_replicas(session, scope, chunk, rse_id, is_locked=is_locked)
            if rule_id is not None:
                _add_locks(session, scope, chunk, rule_id, rse_ids[-1])
        # The abacus daemons add these to the counters of the RSEs and of the account.
        for rse_id in rse_ids:
            counter = {"rse_id": rse_id, "files": bulk.files, "bytes": size_bytes}
            session.execute(insert(models.UpdatedRSECounter), [counter])
        if rule_id is not None:
            counter["account"] = InternalAccount(ALICE.account)
            session.execute(insert(models.UpdatedAccountCounter), [counter])
    _analyse()


def _files(bulk: Bulk) -> Iterator[_File]:
    """Names, sizes (50 to 150 kB) and checksums, always the same ones."""
    for index in range(bulk.files):
        name = f"{bulk.name}.{index:07}.root"
        digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
        size_bytes = 50_000 + int(digest[:8], 16) % 100_000
        yield _File(name, size_bytes, f"{zlib.adler32(name.encode()):08x}", digest)


def _chunks(bulk: Bulk) -> Iterator[list[_File]]:
    chunk: list[_File] = []
    for file in _files(bulk):
        chunk.append(file)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _add_dataset(
    session: Session, bulk: Bulk, scope: InternalScope, owner: InternalAccount, size_bytes: int
) -> None:
    row: dict[str, Any] = {
        "scope": scope,
        "name": bulk.name,
        "account": owner,
        "did_type": DIDType.DATASET,
        "is_open": False,
        "closed_at": _now(),
        "length": bulk.files,
        "bytes": size_bytes,
        "availability": DIDAvailability.AVAILABLE,
        "project": "bulk",
    }
    session.execute(insert(models.DataIdentifier), [row])


def _add_rule(
    session: Session,
    bulk: Bulk,
    scope: InternalScope,
    *,
    rule_id: str,
    rse_id: str,
    size_bytes: int,
) -> None:
    """The rule, and the dataset's lock and replica that come with it."""
    account = InternalAccount(ALICE.account)
    dataset = {"scope": scope, "name": bulk.name}
    rule = {
        **dataset,
        "id": rule_id,
        "account": account,
        "did_type": DIDType.DATASET,
        "state": RuleState.OK,
        "rse_expression": DESTINATION,
        "copies": 1,
        "grouping": RuleGrouping.DATASET,
        "activity": "User Subscriptions",
        "priority": 3,
        "locks_ok_cnt": bulk.files,
    }
    session.execute(insert(models.ReplicationRule), [rule])
    lock = {
        **dataset,
        "rule_id": rule_id,
        "rse_id": rse_id,
        "account": account,
        "state": LockState.OK,
        "length": bulk.files,
        "bytes": size_bytes,
    }
    session.execute(insert(models.DatasetLock), [lock])
    replica = {
        **dataset,
        "did_type": DIDType.DATASET,
        "rse_id": rse_id,
        "length": bulk.files,
        "bytes": size_bytes,
        "available_replicas_cnt": bulk.files,
        "available_bytes": size_bytes,
        "state": ReplicaState.AVAILABLE,
    }
    session.execute(insert(models.CollectionReplica), [replica])


def _add_files(
    session: Session, bulk: Bulk, scope: InternalScope, owner: InternalAccount, files: list[_File]
) -> None:
    sums = [{"bytes": f.size_bytes, "adler32": f.adler32, "md5": f.md5} for f in files]
    dids = [
        {
            **sums[index],
            "scope": scope,
            "name": file.name,
            "account": owner,
            "did_type": DIDType.FILE,
            "availability": DIDAvailability.AVAILABLE,
        }
        for index, file in enumerate(files)
    ]
    contents = [
        {
            **sums[index],
            "scope": scope,
            "name": bulk.name,
            "child_scope": scope,
            "child_name": file.name,
            "did_type": DIDType.DATASET,
            "child_type": DIDType.FILE,
            "rule_evaluation": False,
        }
        for index, file in enumerate(files)
    ]
    session.execute(insert(models.DataIdentifier), dids)
    session.execute(insert(models.DataIdentifierAssociation), contents)


def _add_replicas(
    session: Session, scope: InternalScope, files: list[_File], rse_id: str, *, is_locked: bool
) -> None:
    rows = [
        {
            "rse_id": rse_id,
            "scope": scope,
            "name": file.name,
            "bytes": file.size_bytes,
            "adler32": file.adler32,
            "md5": file.md5,
            "state": ReplicaState.AVAILABLE,
            "lock_cnt": int(is_locked),
        }
        for file in files
    ]
    session.execute(insert(models.RSEFileAssociation), rows)


def _add_locks(
    session: Session, scope: InternalScope, files: list[_File], rule_id: str, rse_id: str
) -> None:
    rows = [
        {
            "scope": scope,
            "name": file.name,
            "rule_id": rule_id,
            "rse_id": rse_id,
            "account": InternalAccount(ALICE.account),
            "bytes": file.size_bytes,
            "state": LockState.OK,
        }
        for file in files
    ]
    session.execute(insert(models.ReplicaLock), rows)


def _analyse() -> None:
    """Statistics for the planner: with those of an empty table its plans take minutes."""
    with db_session(DatabaseOperationType.WRITE) as session:
        session.execute(text("ANALYZE"))


def _now() -> datetime:
    """Rucio's catalogue holds UTC without a zone."""
    return datetime.now(tz=timezone.utc).replace(tzinfo=None)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", type=int)
    parser.add_argument("--scope", required=True, choices=SCOPES)
    parser.add_argument("--name", required=True)
    parser.add_argument("--where", choices=("source", "both"), required=True)
    parser.add_argument("--rule", action="store_true")
    options = parser.parse_args()
    tune_sqlite()
    began = time.monotonic()
    bulk = Bulk(
        scope=options.scope,
        name=options.name,
        files=options.files,
        is_at_destination=options.where == "both" or options.rule,
        has_rule=options.rule,
    )
    try:
        register(bulk)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{bulk.scope}:{bulk.name}: {bulk.files} files in {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
