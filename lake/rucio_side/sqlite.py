"""Makes SQLite bear a threaded server and a loop of daemons, and hold any metadata."""

from __future__ import annotations

from typing import Any

from rucio.core.did_meta_plugins import json_meta
from rucio.db.sqla.session import get_engine
from sqlalchemy import event


def tune_sqlite() -> None:
    """For each process, before its first query. No effect on PostgreSQL."""
    engine = get_engine()
    if engine.dialect.name != "sqlite":
        return

    event.listen(engine, "connect", _configure)

    # Rucio's plugin for JSON metadata has code for SQLite and yet refuses it, from the time when
    # SQLite knew no JSON: without this, asking for all metadata of a DID is an error 500.
    json_meta.json_implemented = lambda **_: True


def _configure(connection: Any, _record: Any) -> None:
    """Readers beside a writer, and no wait for the disk at each commit."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
