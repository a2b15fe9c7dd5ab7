"""Makes SQLite bear a threaded server and a loop of daemons, and hold any metadata."""

from __future__ import annotations

import sys
from types import CodeType
from typing import Any

from rucio.core.did_meta_plugins import json_meta
from rucio.db.sqla import session as sessions
from rucio.db.sqla.constants import DatabaseOperationType
from sqlalchemy import event
from sqlalchemy.orm import Session, scoped_session

WRITES = "lake_writes"


def tune_sqlite() -> None:
    """For each process, before its first query. No effect on PostgreSQL."""
    engine = sessions.get_engine()
    if engine.dialect.name != "sqlite":
        return

    event.listen(engine, "connect", _configure)
    _announce_writers()

    # Rucio's plugin for JSON metadata has code for SQLite and yet refuses it, from the time when
    # SQLite knew no JSON: without this, asking for all metadata of a DID is an error 500.
    json_meta.json_implemented = lambda **_: True


def _configure(connection: Any, _record: Any) -> None:
    """Readers beside a writer, and no wait for the disk at each commit."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    # Transactions are begun below.
    connection.isolation_level = None


def _announce_writers() -> None:
    """Who is going to write waits for its turn before it reads.

    SQLite refuses a write at once, without waiting, when somebody else has written since the
    transaction began to read: of four uploads at a time every other one would fail.
    """
    get_session = sessions.get_session
    # Rucio's ways of opening a session for writing are a decorator and a context manager.
    (decorated,) = (
        constant
        for constant in sessions.transactional_session.__code__.co_consts
        if isinstance(constant, CodeType) and constant.co_name == "new_funct"
    )

    def get_announced_session() -> scoped_session[Session]:
        registry: scoped_session[Session] = get_session()
        caller = sys._getframe(1)
        if caller.f_code is decorated or (
            caller.f_locals.get("operation") is DatabaseOperationType.WRITE
        ):
            registry(info={WRITES: True})
        return registry

    sessions.get_session = get_announced_session
    event.listen(Session, "after_begin", _begin)


def _begin(session: Session, transaction: Any, connection: Any) -> None:
    if not transaction.nested:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if session.info.get(WRITES) else "BEGIN")
