"""The jobs that were asked for, in SQLite: they outlive the server, and several servers of one user
share them.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar, cast

from rucio_jupyterlab.errors import ConfigurationError
from rucio_jupyterlab.jobs.model import Job, JobItem, JobKind, JobState

Result = TypeVar("Result")

BUSY_LIMIT_S = 10.0

_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    instance TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    owner TEXT NOT NULL,
    created_at REAL NOT NULL,
    started_at REAL,
    ended_at REAL,
    touched_at REAL NOT NULL,
    rse TEXT,
    dids TEXT NOT NULL,
    path TEXT,
    files_total INTEGER,
    files_done INTEGER NOT NULL,
    files_failed INTEGER NOT NULL,
    bytes_total INTEGER,
    bytes_done INTEGER NOT NULL,
    error TEXT,
    message TEXT,
    attempt INTEGER NOT NULL,
    payload TEXT NOT NULL,
    key TEXT UNIQUE
);
CREATE INDEX IF NOT EXISTS jobs_by_time ON jobs (created_at);
CREATE TABLE IF NOT EXISTS items (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    did TEXT,
    path TEXT,
    size_bytes INTEGER,
    error TEXT,
    message TEXT,
    rule_id TEXT,
    PRIMARY KEY (job_id, key)
) WITHOUT ROWID;
"""

# Failed ones first: they are what one looks for.
_ITEM_ORDER = (
    "CASE state WHEN 'failed' THEN 0 WHEN 'running' THEN 1 WHEN 'queued' THEN 2 "
    "WHEN 'cancelled' THEN 3 ELSE 4 END, key"
)


class JobStore:
    """One file, made when it is first needed. All work on it is done in a thread of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rucio-jobs")
        self._connection: sqlite3.Connection | None = None

    async def aclose(self) -> None:
        if self._connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown(wait=False)

    async def add(self, job: Job, payload: Mapping[str, Any], key: str | None) -> Job:
        """The job, or the one that has the key already."""

        def add(db: sqlite3.Connection) -> Job:
            with db:
                if key is not None:
                    known = db.execute("SELECT * FROM jobs WHERE key = ?", (key,)).fetchone()
                    if known is not None:
                        return _job(known)
                columns = {**_columns(job), "payload": json.dumps(payload), "key": key}
                db.execute(
                    f"INSERT INTO jobs ({', '.join(columns)}) "  # noqa: S608 - our own names
                    f"VALUES ({', '.join('?' * len(columns))})",
                    list(columns.values()),
                )
            return job

        return await self._do(add)

    async def save(self, job: Job) -> None:
        """Takes over all of it; also the sign that its owner is alive."""

        def save(db: sqlite3.Connection) -> None:
            columns = _columns(job)
            with db:
                db.execute(
                    f"UPDATE jobs SET {', '.join(f'{name} = ?' for name in columns)} "  # noqa: S608
                    "WHERE id = ?",
                    [*columns.values(), job.id],
                )

        await self._do(save)

    async def touch(self, ids: Sequence[str]) -> None:
        """Their owner is alive."""

        def touch(db: sqlite3.Connection) -> None:
            with db:
                db.executemany(
                    "UPDATE jobs SET touched_at = ? WHERE id = ?", [(time.time(), i) for i in ids]
                )

        await self._do(touch)

    async def get(self, job_id: str) -> Job | None:
        def get(db: sqlite3.Connection) -> Job | None:
            row = db.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
            return _job(row) if row is not None else None

        return await self._do(get)

    async def of_key(self, key: str) -> Job | None:
        def of_key(db: sqlite3.Connection) -> Job | None:
            row = db.execute("SELECT * FROM jobs WHERE key = ?", (key,)).fetchone()
            return _job(row) if row is not None else None

        return await self._do(of_key)

    async def payload(self, job_id: str) -> dict[str, Any]:
        """Nothing where another server has removed the job meanwhile."""

        def payload(db: sqlite3.Connection) -> dict[str, Any]:
            row = db.execute("SELECT payload FROM jobs WHERE id = ?", (job_id,)).fetchone()
            return {} if row is None else cast("dict[str, Any]", json.loads(row["payload"]))

        return await self._do(payload)

    async def find(
        self,
        *,
        states: Sequence[JobState] = (),
        kinds: Sequence[JobKind] = (),
        instance: str | None = None,
        limit: int | None = None,
    ) -> list[Job]:
        """Newest first; empty sequences are no condition."""
        conditions: list[str] = []
        values: list[object] = []
        for column, wanted in (
            ("state", states),
            ("kind", kinds),
            ("instance", () if instance is None else (instance,)),
        ):
            if wanted:
                conditions.append(f"{column} IN ({', '.join('?' * len(wanted))})")
                values += wanted
        where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
        query = f"SELECT * FROM jobs {where}ORDER BY created_at DESC, id LIMIT ?"  # noqa: S608
        values.append(-1 if limit is None else limit)
        return await self._do(lambda db: [_job(row) for row in db.execute(query, values)])

    async def untouched_since(self, seconds: float) -> set[str]:
        """Of the active ones, those that nobody has said to be alive for so long."""
        return await self._do(
            lambda db: {
                row["id"]
                for row in db.execute(
                    "SELECT id FROM jobs WHERE state IN ('queued', 'running') AND touched_at < ?",
                    (time.time() - seconds,),
                )
            }
        )

    async def put_items(self, job_id: str, items: Iterable[JobItem]) -> None:
        """Adds them, or takes over what is new of them."""
        rows = [
            (
                job_id,
                item.key,
                item.state,
                item.did,
                item.path,
                item.size_bytes,
                _text(item.error),
                item.message,
                item.rule_id,
            )
            for item in items
        ]

        def put(db: sqlite3.Connection) -> None:
            with db:
                db.executemany("INSERT OR REPLACE INTO items VALUES (?,?,?,?,?,?,?,?,?)", rows)

        await self._do(put)

    async def items(self, job_id: str, limit: int) -> list[JobItem]:
        """At most ``limit``, those that failed first."""

        def items(db: sqlite3.Connection) -> list[JobItem]:
            found = db.execute(
                f"SELECT * FROM items WHERE job_id = ? ORDER BY {_ITEM_ORDER} LIMIT ?",  # noqa: S608
                (job_id, limit),
            )
            return [_item(row) for row in found]

        return await self._do(items)

    async def end_items(self, job_id: str, state: str) -> None:
        """What was under way or waiting when the job ended is so now."""

        def end(db: sqlite3.Connection) -> None:
            with db:
                db.execute(
                    "UPDATE items SET state = ? "
                    "WHERE job_id = ? AND state IN ('queued', 'running')",
                    (state, job_id),
                )

        await self._do(end)

    async def remove(self, ids: Sequence[str]) -> None:
        def remove(db: sqlite3.Connection) -> None:
            with db:
                db.executemany("DELETE FROM jobs WHERE id = ?", [(job_id,) for job_id in ids])

        await self._do(remove)

    async def _do(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """
        Raises:
            ConfigurationError: code ``jobs_not_stored``: the file cannot be read or written.
        """

        def run() -> Result:
            if self._connection is None:
                self._connection = _open(self._file)
            return work(self._connection)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, run)
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(
                f"The list of transfers cannot be kept in {self._file}: {error}.",
                code="jobs_not_stored",
                hint="Jupyter's data folder must be writable and not full.",
            ) from error


def _open(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.parent.chmod(0o700)
    # Before SQLite makes it, so that it is nobody else's from its first moment.
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    # No WAL: home folders are often on network storage, where its shared memory does not work.
    db = sqlite3.connect(file, timeout=BUSY_LIMIT_S)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA synchronous = NORMAL")
    db.executescript(_TABLES)
    return db


def _columns(job: Job) -> dict[str, object]:
    return {
        "id": job.id,
        "kind": job.kind,
        "instance": job.instance,
        "title": job.title,
        "state": job.state,
        "owner": job.owner,
        "created_at": job.created_at.timestamp(),
        "started_at": _seconds(job.started_at),
        "ended_at": _seconds(job.ended_at),
        "touched_at": time.time(),
        "rse": job.rse,
        "dids": json.dumps(job.dids),
        "path": job.path,
        "files_total": job.files_total,
        "files_done": job.files_done,
        "files_failed": job.files_failed,
        "bytes_total": job.bytes_total,
        "bytes_done": job.bytes_done,
        "error": _text(job.error),
        "message": job.message,
        "attempt": job.attempt,
    }


def _job(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        kind=row["kind"],
        instance=row["instance"],
        title=row["title"],
        state=row["state"],
        owner=row["owner"],
        created_at=datetime.fromtimestamp(row["created_at"], timezone.utc),
        rse=row["rse"],
        dids=tuple(json.loads(row["dids"])),
        path=row["path"],
        files_total=row["files_total"],
        files_done=row["files_done"],
        files_failed=row["files_failed"],
        bytes_total=row["bytes_total"],
        bytes_done=row["bytes_done"],
        error=_document(row["error"]),
        message=row["message"],
        attempt=row["attempt"],
        started_at=_moment(row["started_at"]),
        ended_at=_moment(row["ended_at"]),
    )


def _item(row: sqlite3.Row) -> JobItem:
    return JobItem(
        key=row["key"],
        state=row["state"],
        did=row["did"],
        path=row["path"],
        size_bytes=row["size_bytes"],
        error=_document(row["error"]),
        message=row["message"],
        rule_id=row["rule_id"],
    )


def _text(document: Mapping[str, Any] | None) -> str | None:
    return None if document is None else json.dumps(document)


def _document(text: str | None) -> dict[str, Any] | None:
    return None if text is None else cast("dict[str, Any]", json.loads(text))


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc)
