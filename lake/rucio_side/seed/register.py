"""Records the sample data in Rucio, through Rucio's own core functions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Literal, TypeVar

from rucio.common.types import InternalAccount, InternalScope
from rucio.core.did import add_dids, attach_dids, set_metadata_bulk, set_status
from rucio.core.meta_conventions import add_key, add_value
from rucio.core.replica import add_replicas
from rucio.core.rse import get_rse_id
from rucio.core.rule import add_rule
from rucio.db.sqla.constants import DatabaseOperationType
from rucio.db.sqla.session import db_session
from sqlalchemy.orm import Session

from lake.rucio_side.seed.catalogue import COLLECTIONS, CONVENTIONS, EXAMPLES, FILES, File
from lake.rucio_side.seed.files import checksums_file
from lake.state import State
from lake.topology import ALICE, DESTINATION, ROOT, SCOPES, SOURCES

# SQLite takes no more rows than this in one of Rucio's bulk statements.
CHUNK = 100

# Keys that are columns of Rucio's table of DIDs, and may be given with a replica; others are JSON
# metadata.
COLUMN_KEYS = {
    "project",
    "datatype",
    "run_number",
    "stream_name",
    "prod_step",
    "version",
    "campaign",
    "events",
}

T = TypeVar("T")


def register(state: State) -> None:
    """Files with their replicas, collections with their content, then the first rules."""
    checksums: dict[str, dict[str, Any]] = json.loads(checksums_file(state).read_text())
    with db_session(DatabaseOperationType.WRITE) as session:
        _register_files(checksums, session=session)
        for collection in COLLECTIONS:
            scope, owner = InternalScope(collection.scope), _owner(collection.scope)
            did = {"scope": scope, "name": collection.name, "type": collection.type}
            add_dids([did], owner, session=session)
            children = [_did(child) for child in collection.children]
            if children:
                attach_dids(scope, collection.name, children, owner, session=session)
            if collection.meta:
                set_metadata_bulk(scope, collection.name, collection.meta, session=session)
            if collection.is_closed:
                set_status(scope, collection.name, open=False, session=session)
    with db_session(DatabaseOperationType.WRITE) as session:
        for key, values in CONVENTIONS.items():
            add_key(key, "ALL", session=session)
            for value in values:
                add_value(key, value, session=session)
    with db_session(DatabaseOperationType.WRITE) as session:
        _keep_sources(session)
        # Alice asked for this one before: everything is there, and her rule is satisfied at once.
        _add_rule(
            str(EXAMPLES["available_dataset"]), ALICE.account, DESTINATION, "DATASET", session
        )


def _register_files(checksums: dict[str, dict[str, Any]], *, session: Session) -> None:
    by_rse: dict[tuple[str, str], list[File]] = defaultdict(list)
    for file in FILES:
        for rse in file.rses:
            by_rse[rse, file.scope].append(file)
    for (rse, scope), files in by_rse.items():
        rse_id = get_rse_id(rse, session=session)
        for chunk in _chunks(files, CHUNK):
            rows = [
                {
                    "scope": InternalScope(scope),
                    "name": file.name,
                    **checksums[file.did],
                    "meta": {k: v for k, v in file.meta.items() if k in COLUMN_KEYS},
                }
                for file in chunk
            ]
            add_replicas(rse_id, rows, _owner(scope), session=session)


def _keep_sources(session: Session) -> None:
    """Rules of root's that keep the data where they were produced, as every experiment has them.

    Without one, Rucio may delete the only copy of a file once some user's rule on it there has
    ended.
    """
    files = {file.did: file for file in FILES}
    for collection in COLLECTIONS:
        if collection.type != "DATASET" or not collection.children:
            continue
        sites = {
            tuple(rse for rse in files[child].rses if rse in SOURCES)
            for child in collection.children
        }
        if len(sites) == 1:
            (common,) = sites
            _add_rule(collection.did, ROOT.account, common[0], "DATASET", session)
        else:
            # Each of its files is kept at the site that has it.
            _add_rule(collection.did, ROOT.account, "|".join(SOURCES), "NONE", session)


def _add_rule(
    did: str,
    account: str,
    rse_expression: str,
    grouping: Literal["DATASET", "NONE"],
    session: Session,
) -> None:
    add_rule(
        dids=[_did(did)],
        account=InternalAccount(account),
        copies=1,
        rse_expression=rse_expression,
        grouping=grouping,
        weight=None,
        lifetime=None,
        locked=False,
        subscription_id=None,
        activity="User Subscriptions" if account == ALICE.account else "Data Consolidation",
        session=session,
    )


def _owner(scope: str) -> InternalAccount:
    return InternalAccount(SCOPES[scope])


def _did(did: str) -> dict[str, Any]:
    scope, _, name = did.partition(":")
    return {"scope": InternalScope(scope), "name": name}


def _chunks(items: list[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
