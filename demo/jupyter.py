"""A JupyterLab of its own, configured for one lake: for the demo and the browser tests.

Nothing of the user's own Jupyter is read or written: configuration, data and run-time files live in
the folder given here.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

NO_NEWS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}
# Nothing here is built from source; looking whether it should be starts Node.js for each page.
NO_BUILD = {"buildAvailable": False, "buildCheck": False}
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 20


class JupyterFailed(Exception):
    """JupyterLab did not start; the message says where its log is."""


@dataclass(frozen=True)
class RunningJupyter:
    """A server that answers. `url` ends in a slash, `token` signs in to it."""

    url: str
    token: str
    pid: int

    def address(self, path: str = "lab") -> str:
        return f"{self.url}{path}?token={self.token}"


@dataclass(frozen=True)
class JupyterFolder:
    """The folder in which one JupyterLab keeps its state; notebooks are below `notebooks`.

    `python` is the interpreter of the environment whose JupyterLab it is.
    """

    root: Path
    python: Path = Path(sys.executable)

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def log(self) -> Path:
        return self.root / "jupyter.log"

    @property
    def runtime(self) -> Path:
        return self.root / "runtime"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def config_file(self) -> Path:
        return self.root / "config" / "jupyter_server_config.json"

    @property
    def token_file(self) -> Path:
        """Where a Hub would put the user's token."""
        return self.home / "token"

    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JUPYTER", "RUCIO_", "JPY_"))
        }
        here = str(self.python.parent)
        return kept | {
            "HOME": str(self.home),
            # A developer's own keyring is no place for the lake's passwords.
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "X509_USER_PROXY": str(self.home / ".globus" / "proxy.pem"),
            "IPYTHONDIR": str(self.root / "ipython"),
            "MPLCONFIGDIR": str(self.root / "matplotlib"),
            "JUPYTER_CONFIG_DIR": str(self.root / "config"),
            "JUPYTER_DATA_DIR": str(self.root / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.runtime),
            "JUPYTERLAB_SETTINGS_DIR": str(self.root / "config" / "lab" / "user-settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self.root / "config" / "lab" / "workspaces"),
            "PATH": f"{here}{os.pathsep}{kept.get('PATH', '')}",
        }

    def running(self) -> RunningJupyter | None:
        """The server that was started here earlier and still runs, if there is one."""
        for file in self.runtime.glob("jpserver-*.json"):
            try:
                about = json.loads(file.read_text())
            except (FileNotFoundError, json.JSONDecodeError):
                continue  # it is being written, or has just ended
            server = RunningJupyter(about["url"], about["token"], about["pid"])
            if _answers(server):
                return server
        return None


def start(
    folder: JupyterFolder, instances: list[Mapping[str, Any]], **traits: Any
) -> tuple[RunningJupyter, subprocess.Popen[bytes]]:
    """Starts JupyterLab with `instances` as its Rucio configuration and waits until it answers.

    `traits` are further settings, ``Class__trait=value``.

    Raises:
        JupyterFailed: it ended, or did not answer within `START_TIMEOUT_S` seconds.
    """
    for path in (folder.notebooks, folder.root / "config", folder.home, folder.runtime):
        path.mkdir(parents=True, exist_ok=True)
    # The first thing to see is the lake, not a question about Jupyter's news.
    lab = folder.root / "config" / "labconfig"
    lab.mkdir(exist_ok=True)
    (lab / "default_setting_overrides.json").write_text(json.dumps(NO_NEWS))
    (lab / "page_config.json").write_text(json.dumps(NO_BUILD))
    folder.runtime.chmod(0o700)
    _write_configuration(folder, instances, traits)
    with folder.log.open("wb") as log:
        process = subprocess.Popen(
            [str(folder.python), "-m", "jupyterlab", "--no-browser", *_as_root()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=folder.environment(),
            cwd=folder.notebooks,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        server = folder.running()
        if server:
            return server, process
        time.sleep(0.1)
    stop(process)
    raise JupyterFailed(f"JupyterLab did not start; its log is {folder.log}.")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends JupyterLab with its kernels."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            # It leads a session of its own, so this reaches its kernels and nobody else.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def lake_instance(connection: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The configuration that an operator would write for this lake."""
    destination = connection["rses"]["EULAKE-1"]
    return {
        "name": "escape",
        "display_name": "ESCAPE",
        "rucio_base_url": connection["rucio_url"],
        "rucio_auth_url": connection["auth_url"],
        "mode": "replica",
        "destination_rse": "EULAKE-1",
        "rse_mount_path": destination["mount_path"],
        "wildcard_enabled": True,
        "replication_rule_lifetime_days": 7,
    } | changes


def scratch_of(connection: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of an instance: what is on the lake's scratch storage is moved on by Rucio."""
    scratch = connection["rses"]["JUPYTER-SCRATCHDISK"]
    return {"scratch": [{"rse": "JUPYTER-SCRATCHDISK", "mount_path": scratch["mount_path"]}]}


def download_instance(connection: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The same lake, where nothing is mounted: data are downloaded."""
    configured = lake_instance(
        connection,
        **{"name": "download", "display_name": "Downloads", "mode": "download"} | changes,
    )
    for key in ("destination_rse", "rse_mount_path"):
        del configured[key]
    return configured


def sign_on_instance(
    connection: Mapping[str, Any], folder: JupyterFolder, **changes: Any
) -> dict[str, Any]:
    """The same lake, signed in to with the token that the Hub provides."""
    return lake_instance(
        connection,
        **{
            "name": "sso",
            "display_name": "Single sign-on",
            "auth_types": ["oidc"],
            "auth_type": "oidc",
            "oidc_auth": "file",
            "oidc_file_name": str(folder.token_file),
        }
        | changes,
    )


def tls_instance(connection: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """The same lake over HTTPS, where certificates are taken, too."""
    tls = connection["tls"]
    return lake_instance(
        connection,
        **{
            "name": "tls",
            "display_name": "Certificates",
            "rucio_base_url": tls["rucio_url"],
            "rucio_auth_url": tls["auth_url"],
            "rucio_ca_cert": tls["ca_file"],
        }
        | changes,
    )


def _write_configuration(
    folder: JupyterFolder, instances: list[Mapping[str, Any]], traits: Mapping[str, Any]
) -> None:
    settings: dict[str, dict[str, Any]] = {
        "ServerApp": {
            "ip": "127.0.0.1",
            # Another program may take this port in between: Jupyter then takes the next one, and
            # what counts is what it writes into its run-time file.
            "port": _free_port(),
            "port_retries": 50,
            "root_dir": str(folder.notebooks),
        },
        "IdentityProvider": {"token": secrets.token_hex(24)},
        "RucioConfig": {"instances": list(instances)},
    }
    for name, value in traits.items():
        section, _, trait = name.partition("__")
        settings.setdefault(section, {})[trait] = value
    descriptor = os.open(folder.config_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(settings, handle, indent=2)


def _as_root() -> list[str]:
    return ["--allow-root"] if os.geteuid() == 0 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(server: RunningJupyter) -> bool:
    """Whether it takes its token: what a crash left behind may name another program's process."""
    headers = {"Authorization": f"token {server.token}"}
    try:
        answer = httpx.get(f"{server.url}api/status", headers=headers, timeout=2, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200
