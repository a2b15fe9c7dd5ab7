"""Background processes that outlive the command which started them, and are ended by their id."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lake.errors import LakeError
from lake.state import State, write_json

GRACE_S = 8.0


@dataclass(frozen=True)
class Process:
    """A started process.

    `started` is the kernel's start time of `pid`: an id that was given to another program since has
    another one, and is then never signalled. `command` and `user` are for starting it again.
    """

    name: str
    pid: int
    started: str
    stop_signal: str = "SIGTERM"
    is_foundation: bool = False
    command: tuple[str, ...] = ()
    user: str | None = None

    def is_running(self) -> bool:
        with contextlib.suppress(ChildProcessError):
            # Ours to collect when this very process started it (as the test fixture does).
            os.waitpid(self.pid, os.WNOHANG)
        return _start_time(self.pid) == self.started

    def ask_to_end(self) -> None:
        if self.is_running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.Signals[self.stop_signal])

    def wait_for_end(self) -> None:
        """Returns once it is gone; insists after `GRACE_S` seconds."""
        deadline = time.monotonic() + GRACE_S
        while self.is_running():
            if time.monotonic() > deadline:
                # Each one leads a session of its own: this reaches its children and nobody else.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)
            time.sleep(0.02)


def _start_time(pid: int) -> str | None:
    """When `pid` started, in a form to compare; None when there is none or it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return None
        listing = subprocess.run(
            ["ps", "-o", "stat=,lstart=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
        return None if not listing or listing.startswith("Z") else listing.split(maxsplit=1)[1]
    except ProcessLookupError:
        return None
    # The command's name may hold spaces and parentheses: what counts begins after the last one.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


@dataclass
class Supervisor:
    """Starts the processes of one lake and keeps account of them in its state folder."""

    state: State

    def records(self) -> list[Process]:
        if not self.state.processes_file.exists():
            return []
        records = json.loads(self.state.processes_file.read_text())
        return [Process(**{**r, "command": tuple(r.get("command", ()))}) for r in records]

    def running(self) -> list[Process]:
        return [process for process in self.records() if process.is_running()]

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        inherit: Sequence[socket.socket] = (),
        user: str | None = None,
        stop_signal: str = "SIGTERM",
        is_foundation: bool = False,
    ) -> Process:
        """Starts `command`, its output going to the log called `name`.

        Args:
            inherit: Sockets that stay open in it.
            user: Runs it as this user; only root may.
            is_foundation: Others stand on it, so that it is ended after them.
        """
        words = tuple(str(word) for word in command)
        with self.state.log(name).open("ab") as log:
            child = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(environment),
                cwd="/",
                start_new_session=True,
                pass_fds=[handle.fileno() for handle in inherit],
                user=user,
                group=user,
                extra_groups=[] if user else None,
            )
        started = _start_time(child.pid)
        # The lake outlives this object on purpose; without this Python warns of a child left
        # behind.
        child.returncode = 0
        if started is None:
            raise LakeError(
                f"The lake's {name} ended as soon as it was started.", log=self.state.log(name)
            )
        process = Process(name, child.pid, started, stop_signal, is_foundation, words, user)
        write_json(
            self.state.processes_file, [asdict(record) for record in [*self.records(), process]]
        )
        return process

    def end(self, process: Process) -> None:
        """Ends one, and forgets it."""
        process.ask_to_end()
        process.wait_for_end()
        write_json(
            self.state.processes_file,
            [asdict(record) for record in self.records() if record != process],
        )

    def named(self, name: str) -> Process:
        """
        Raises:
            LakeError: nothing of that name was started.
        """
        for process in self.records():
            if process.name == name:
                return process
        raise LakeError(f"This lake has no {name}.")

    def start_again(self, process: Process, *, environment: Mapping[str, str]) -> Process:
        """One that `end` has ended, and that has no sockets from here, as it was started before."""
        return self.start(
            process.name,
            process.command,
            environment=environment,
            user=process.user,
            stop_signal=process.stop_signal,
            is_foundation=process.is_foundation,
        )

    def end_all(self) -> list[Process]:
        """Ends everything, the foundations after what stands on them; gives what was running."""
        running = self.running()
        for is_foundation in (False, True):
            group = [process for process in running if process.is_foundation is is_foundation]
            for process in group:
                process.ask_to_end()
            for process in group:
                process.wait_for_end()
        self.state.processes_file.unlink(missing_ok=True)
        return running


def loopback_socket() -> socket.socket:
    """A listening socket to hand to a server: nobody can take its port in between."""
    handle = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    handle.bind(("127.0.0.1", 0))
    handle.listen(128)
    return handle


def port_of(handle: socket.socket) -> int:
    port: int = handle.getsockname()[1]
    return port
