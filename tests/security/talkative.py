"""A real Jupyter server in a process of its own that says all it can, below one folder.

Everything that it or its children write lies in that folder, temporary files included, so that
all of it can be searched.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from .marked import Piece

START_LIMIT_S = 120
STOP_LIMIT_S = 30
LOOK_EVERY_S = 0.05
BREAK_FILE = "break"

# Read by the server as its configuration. Debug means everybody: httpx, httpcore, asyncio, tornado.
CONFIGURATION = """
import json, logging, pathlib
logging.basicConfig(level=logging.DEBUG)
for name, traits in json.loads(pathlib.Path({settings!r}).read_text()).items():
    c[name].update(traits)
"""


@dataclass(frozen=True)
class SeenFile:
    """``path`` is relative to the server's folder; modes as ``0o600``."""

    path: Path
    mode: int
    folder_mode: int
    content: bytes = field(repr=False)


@dataclass
class Talkative:
    """``children`` is what was seen of the server's child processes while it ran: command lines
    and environments.
    """

    folder: Path
    token: str
    process: subprocess.Popen[bytes]
    url: str = ""
    children: dict[str, Piece] = field(default_factory=dict)

    def log(self) -> bytes:
        """Standard output and error, and the log file."""
        return b"".join(path.read_bytes() for path in sorted((self.folder / "logs").iterdir()))

    def files(self) -> list[SeenFile]:
        """All that lies below the folder now but for what the test itself put there."""
        return [
            SeenFile(
                path.relative_to(self.folder),
                stat.S_IMODE(path.stat().st_mode),
                stat.S_IMODE(path.parent.stat().st_mode),
                path.read_bytes(),
            )
            for path in self.folder.rglob("*")
            if path.is_file() and path.relative_to(self.folder).parts[0] not in ("given", "logs")
        ]

    def break_http(self, *, is_broken: bool) -> None:
        """While broken, what is sent to Rucio ends in an exception that nobody expects, with the
        request's headers in its text; see ``mistakes.py``.
        """
        file = self.folder / "given" / BREAK_FILE
        file.touch() if is_broken else file.unlink()

    def _look_at_children(self, stop: threading.Event) -> None:
        server = psutil.Process(self.process.pid)
        while not stop.wait(LOOK_EVERY_S):
            with suppress(psutil.NoSuchProcess):
                self._look(server)

    def _look(self, server: psutil.Process) -> None:
        line = " ".join(server.cmdline())
        self.children.setdefault(f"server {line}", Piece(f"the process {line}", line.encode()))
        for child in server.children(recursive=True):
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                line = " ".join(child.cmdline())
                about = line + "\n" + json.dumps(child.environ(), ensure_ascii=False)
                where = f"the process {child.pid}: {line[:120]}"
                self.children[f"{child.pid} {line}"] = Piece(where, about.encode())


@contextmanager
def talkative_server(
    folder: Path, settings: Mapping[str, Mapping[str, Any]], environ: Mapping[str, str]
) -> Iterator[Talkative]:
    """The server, answering; ended and its log complete after the context."""
    # What is in "given" comes from the operator and the user, and may hold secrets.
    for name in ("given", "config", "home", "data", "runtime", "notebooks", "tmp", "logs"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    token = f"Marked{secrets.token_hex(16)}"
    _configure(folder, settings, token)
    outputs = [(folder / "logs" / name).open("wb") for name in ("stdout", "stderr")]
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server"],
        stdin=subprocess.DEVNULL,
        stdout=outputs[0],
        stderr=outputs[1],
        cwd=folder / "notebooks",
        env=_environment(folder) | dict(environ),
        start_new_session=True,
    )
    server = Talkative(folder, token, process)
    stop = threading.Event()
    watcher = threading.Thread(target=server._look_at_children, args=(stop,))
    try:
        server.url = _wait_for_address(server)
        watcher.start()
        yield server
    finally:
        stop.set()
        if watcher.ident is not None:
            watcher.join()
        _end(process)
        for output in outputs:
            output.close()


def _configure(folder: Path, settings: Mapping[str, Mapping[str, Any]], token: str) -> None:
    console_and_file = {"level": "DEBUG", "handlers": ["console", "file"]}
    file = {"class": "logging.FileHandler", "level": "DEBUG", "filename": str(folder / "logs/file")}
    usual: dict[str, dict[str, Any]] = {
        "ServerApp": {
            "ip": "127.0.0.1",
            "port": 0,
            "root_dir": str(folder / "notebooks"),
            "allow_root": True,
            "open_browser": False,
            "log_level": "DEBUG",
            "logging_config": {
                "handlers": {"file": file},
                "loggers": {"ServerApp": console_and_file},
            },
            "jpserver_extensions": {
                "rucio_jupyterlab": True,
                "tests.security.mistakes": True,
            },
        },
        "IdentityProvider": {"token": token},
    }
    given = folder / "given" / "settings.json"
    given.write_text(json.dumps({**usual, **settings}))
    read_it = CONFIGURATION.format(settings=str(given))
    (folder / "config" / "jupyter_server_config.py").write_text(read_it)


def _environment(folder: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("JUPYTER", "RUCIO", "JPY_", "X509", "PYTEST"))
        and not name.upper().endswith("_PROXY")
    }
    return kept | {
        "HOME": str(folder / "home"),
        "IPYTHONDIR": str(folder / "home" / "ipython"),
        "TMPDIR": str(folder / "tmp"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "SECURITY_TEST_BREAK": str(folder / "given" / BREAK_FILE),
    }


def _wait_for_address(server: Talkative) -> str:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and server.process.poll() is None:
        for file in (server.folder / "runtime").glob("jpserver-*.json"):
            with suppress(ValueError):  # it is being written
                return str(json.loads(file.read_text())["url"])
        time.sleep(0.1)
    raise RuntimeError(f"Jupyter did not start: {server.log().decode()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
