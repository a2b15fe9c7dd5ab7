"""Makes SQLite bear a server with many threads and a loop of daemons at the same time."""

from __future__ import annotations

from typing import Any

from rucio.db.sqla.session import get_engine
from sqlalchemy import event


def tune_sqlite() -> None:
    """Readers beside a writer (WAL), and no wait for the disk at each commit. No effect on PostgreSQL."""
    engine = get_engine()
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
