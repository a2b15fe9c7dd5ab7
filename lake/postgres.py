"""The catalogue on PostgreSQL: a server of the lake's own, on a socket in its state folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from lake.environment import rucio_environment
from lake.errors import LakeError
from lake.privileges import check_reachable, give, user_for
from lake.process import Process, Supervisor
from lake.state import State

DEBIAN = Path("/usr/lib/postgresql")
READY_WITHIN_S = 30.0

# A toy's data can be made again: no waiting for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "256MB",
    "max_connections": "100",
    # Counts and sizes of a bulk dataset come from one query each: a plan from stale statistics
    # takes minutes.
    "autovacuum_naptime": "5s",
    "log_min_messages": "warning",
}


class Postgres:
    """The PostgreSQL server of one lake."""

    def __init__(self, state: State, supervisor: Supervisor) -> None:
        self._state = state
        self._supervisor = supervisor
        self._programs = _programs()
        self._user = user_for("postgres")
        self._environment = {**rucio_environment(state), "LC_ALL": "C.UTF-8"}
        check_reachable(state.root, self._user)

    @property
    def socket_dir(self) -> Path:
        """Where it listens. It asks for no password: only its own user, and root, can come in."""
        return self._state.postgres / "socket"

    def start(self) -> None:
        """Starts the server, and makes its files at the first start.

        Raises:
            LakeError: it did not start.
        """
        data = self._state.postgres / "data"
        if not (data / "PG_VERSION").exists():
            self._initialise(data)
        for leftover in self.socket_dir.iterdir():
            leftover.unlink()
        settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
        process = self._supervisor.start(
            "postgres",
            [self._programs / "postgres", "-D", data, "-k", self.socket_dir, *settings],
            environment=self._environment,
            user=self._user,
            # Its "fast" shutdown; at SIGTERM it would wait for its clients.
            stop_signal="SIGINT",
            is_foundation=True,
        )
        self._wait(process)
        self._create_database()

    def _initialise(self, data: Path) -> None:
        shutil.rmtree(self._state.postgres, ignore_errors=True)
        self.socket_dir.mkdir(parents=True, mode=0o700)
        give(self._state.postgres, self._user)
        self._run("initdb", "-D", data, "-U", "rucio", "-A", "trust", "-E", "UTF8", "--no-sync")

    def _wait(self, process: Process) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while not self._answers():
            if not process.is_running() or time.monotonic() > deadline:
                raise LakeError(
                    "The lake's PostgreSQL did not start.", log=self._state.log(process.name)
                )
            time.sleep(0.05)

    def _answers(self) -> bool:
        command: list[str | Path] = [self._programs / "pg_isready", "-h", self.socket_dir, "-q"]
        return subprocess.run(command, env=self._environment, check=False).returncode == 0

    def _create_database(self) -> None:
        query = "SELECT 1 FROM pg_database WHERE datname = 'rucio'"
        found = self._run(
            "psql", "-h", self.socket_dir, "-U", "rucio", "-d", "postgres", "-Atc", query
        )
        if not found.strip():
            self._run("createdb", "-h", self.socket_dir, "-U", "rucio", "rucio")

    def _run(self, program: str, *arguments: str | Path) -> str:
        done = subprocess.run(
            [self._programs / program, *arguments],
            env=self._environment,
            cwd="/",
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            log = self._state.log("postgres")
            with log.open("a") as handle:
                handle.write(done.stdout + done.stderr)
            raise LakeError(f"PostgreSQL's {program} failed.", log=log)
        return done.stdout


def _programs() -> Path:
    """The folder of PostgreSQL's programs: Debian's newest, or that of the ``initdb`` on the PATH.

    Raises:
        LakeError: there is none.
    """
    versions = [path for path in DEBIAN.glob("*/bin/initdb") if os.access(path, os.X_OK)]
    if versions:
        return max(versions, key=lambda path: float(path.parts[-3])).parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise LakeError(
            "PostgreSQL was not found on this machine: "
            "apt-get install $(cat lake/apt-postgres.txt), or use --db sqlite."
        )
    return Path(on_path).resolve().parent
