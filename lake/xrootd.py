"""XRootD storage: a server for each site, third-party copies between them, and mounts by FUSE."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from lake.endpoints import Protocol
from lake.environment import rucio_environment
from lake.errors import LakeError
from lake.mounts import mounts_below
from lake.privileges import check_reachable, give, user_for
from lake.process import Process, Supervisor, loopback_socket, port_of
from lake.state import State
from lake.topology import RSES, Rse

COMMANDS = ("xrootd", "xrdcp", "xrdfs", "xrootdfs", "fusermount3")
FUSE_CONFIGURATION = Path("/etc/fuse.conf")
READY_WITHIN_S = 20.0

CONFIGURATION = """\
all.role server
xrd.port {port}
xrd.allow host localhost
xrd.allow host 127.0.0.1
all.export {prefix}
oss.localroot {root}
all.adminpath {run}
all.pidpath {run}
xrootd.chksum max 2 adler32 md5
ofs.tpc fcreds ?unix =none ttl 60 60 xfr 20 pgm {run}/copy.sh
"""

# The copying server is told to begin just before the source is told to expect it. A request that
# comes too early is put on hold, and now and then forgotten there (XRootD 5.5.3, one in thirty with
# eight at a time): so come later. It costs nothing, since the client asks only every 2.5 s whether
# the copy is done.
COPY = """\
#!/bin/sh
sleep 0.4
exec xrdcp --server "$@"
"""


class Server:
    """One process of XRootD.

    Args:
        name: Of the process and its log.
        run: Its own folder, made anew.
        configuration: With ``{port}`` and ``{run}`` to be filled in.
    """

    def __init__(
        self,
        state: State,
        supervisor: Supervisor,
        *,
        name: str,
        run: Path,
        user: str | None,
        configuration: str,
    ) -> None:
        self._state = state
        self._supervisor = supervisor
        self._name = name
        self._run = run
        self._user = user
        self._configuration = configuration
        self._started: tuple[Process, int] | None = None

    def launch(self) -> None:
        """Starts it on a port that was free a moment ago."""
        with loopback_socket() as probe:
            port = port_of(probe)
        # Nothing of an earlier start is of use, and its links lead nowhere.
        shutil.rmtree(self._run, ignore_errors=True)
        self._run.mkdir(parents=True)
        copy = self._run / "copy.sh"
        copy.write_text(COPY)
        copy.chmod(0o755)
        configuration = self._run / "xrootd.cfg"
        configuration.write_text(self._configuration.format(port=port, run=self._run))
        give(self._run, self._user)
        process = self._supervisor.start(
            self._name,
            ["xrootd", "-I", "v4", "-n", self._run.name, "-c", configuration, "-w", self._run],
            environment=rucio_environment(self._state),
            user=self._user,
        )
        self._started = process, port

    def wait(self) -> int:
        """The port, once it answers; another one when that was taken meanwhile.

        Raises:
            LakeError: it did not start.
        """
        deadline = time.monotonic() + READY_WITHIN_S
        log = self._state.log(self._name)
        while time.monotonic() < deadline:
            assert self._started is not None
            process, port = self._started
            # That something answers at the port would not say that it is this server.
            if f":{port} initialization completed" in log.read_text(errors="replace"):
                return port
            if not process.is_running():
                self.launch()
            time.sleep(0.05)
        raise LakeError(f"The XRootD server {self._name} did not start.", log=log)


class XrootdStorage:
    """See `lake.storage.Storage`."""

    def __init__(self, state: State, supervisor: Supervisor) -> None:
        missing = [command for command in COMMANDS if shutil.which(command) is None]
        if not Path("/dev/fuse").exists():
            missing.append("/dev/fuse")
        if missing:
            raise LakeError(
                f"XRootD storage needs {', '.join(missing)}, not found on this machine: "
                "apt-get install $(cat lake/apt-xrootd.txt), or use --storage posix."
            )
        if os.geteuid() != 0 and not _may_allow_other():
            # xrootdfs asks for it whatever its options are, and fusermount refuses.
            raise LakeError(
                "Mounting XRootD storage as an ordinary user needs a line `user_allow_other` "
                f"in {FUSE_CONFIGURATION}; or use --storage posix."
            )
        self._state = state
        self._supervisor = supervisor
        self._user = user_for("xrootd")
        self._protocols: dict[str, Protocol] = {}
        check_reachable(state.root, self._user)

    def start(self) -> dict[str, Protocol]:
        servers = [(rse, self._server(rse)) for rse in RSES]
        for _, server in servers:
            server.launch()
        for rse, server in servers:
            # Two slashes, as every site has it: XRootD takes what follows a single one as a
            # relative path.
            self._protocols[rse.name] = Protocol(
                scheme="root", hostname="127.0.0.1", port=server.wait(), prefix=f"/{rse.prefix}/"
            )
        return self._protocols

    def protocol_for_copies(self, rse: Rse) -> None:
        """There is none: an XRootD server copies from its like."""

    def mount(self) -> None:
        for rse in RSES:
            # The sample data were written beside the servers, by whoever started the lake.
            give(self._state.storage_root(rse), self._user)
        mounts = [(rse, self._launch_mount(rse)) for rse in RSES if rse.mount]
        for rse, process in mounts:
            self._wait_for_mount(self._state.mount_path(rse), process)

    def _server(self, rse: Rse) -> Server:
        run = self._state.root / "xrd" / rse.folder
        root = self._state.storage_root(rse)
        (root / rse.prefix.lstrip("/")).mkdir(parents=True, exist_ok=True)
        give(root, self._user)
        return Server(
            self._state,
            self._supervisor,
            name=server_name(rse),
            run=run,
            user=self._user,
            configuration=CONFIGURATION.format(
                port="{port}", run="{run}", prefix=rse.prefix, root=root
            ),
        )

    def _launch_mount(self, rse: Rse) -> Process:
        point = self._state.mount_path(rse)
        point.mkdir(parents=True, exist_ok=True)
        protocol = self._protocols[rse.name]
        options = [f"rdr=root://127.0.0.1:{protocol['port']}/{rse.prefix}", "allow_other"]
        if rse.mount == "ro":
            options.append("ro")
        return self._supervisor.start(
            f"mount-{rse.folder}",
            ["xrootdfs", point, "-f", "-o", ",".join(options)],
            environment=rucio_environment(self._state),
        )

    def _wait_for_mount(self, point: Path, process: Process) -> None:
        def is_mounted() -> bool:
            return point in mounts_below(point) or not process.is_running()

        if not _becomes_true(is_mounted) or not process.is_running() or not _lists(point):
            raise LakeError(f"Mounting {point} failed.", log=self._state.log(process.name))


def server_name(rse: Rse) -> str:
    """What its process is called."""
    return f"xrootd-{rse.folder}"


def _may_allow_other() -> bool:
    """Whether users may make mounts that others can look into."""
    if not FUSE_CONFIGURATION.exists():
        return False
    lines = FUSE_CONFIGURATION.read_text().splitlines()
    return any(line.strip() == "user_allow_other" for line in lines)


def _becomes_true(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + READY_WITHIN_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _lists(folder: Path) -> bool:
    """In a child, which a mount that hangs cannot take along."""
    try:
        subprocess.run(["ls", folder], timeout=READY_WITHIN_S, capture_output=True, check=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return False
    return True
