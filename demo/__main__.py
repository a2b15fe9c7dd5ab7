"""``make demo``: starts the lake and JupyterLab, says what to do, and ends both on Ctrl-C."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from demo import jupyter, notebook, sign_on
from lake.testing import Lake

REPOSITORY = Path(__file__).resolve().parent.parent


def main() -> int:
    arguments = _arguments()
    state: Path = arguments.state.resolve() / f"{arguments.storage}-{arguments.db}"
    folder = jupyter.JupyterFolder(state / "jupyter")
    lake = ["--state", str(state / "lake")]

    running = folder.running()
    if arguments.down:
        if running:
            os.kill(running.pid, signal.SIGTERM)
        return _lake("down", *lake)
    if running:
        print(f"The demo runs already: {running.address(_first_page())}")
        print("Ctrl-C where it was started ends it, or 'make demo-down'.")
        return 0

    print("Starting the data lake …", flush=True)
    options = ["--storage", arguments.storage, "--db", arguments.db]
    if arguments.tls:
        options.append("--tls")
    if _lake("up", *lake, *options):
        return 1
    try:
        return _with_jupyter(folder, json.loads((state / "lake" / "lake.json").read_text()))
    except jupyter.JupyterFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        print("Ending the data lake …", flush=True)
        _lake("down", *lake)


def _with_jupyter(folder: jupyter.JupyterFolder, connection: dict[str, Any]) -> int:
    alice = connection["accounts"]["alice"]
    folder.notebooks.mkdir(parents=True, exist_ok=True)
    notebook.write(folder.notebooks, username=alice["username"], password=alice["password"])
    # At the speed of one machine the transfers would be over before they can be watched.
    Lake(connection).transfer_settings(delay_s=1.5, max_active=2)
    print("Starting JupyterLab …", flush=True)
    # Ctrl-C reaches this process; both servers are then ended in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with sign_on.kept_fresh(folder.token_file, connection["oidc"]):
        return _until_ended(folder, connection)


def _until_ended(folder: jupyter.JupyterFolder, connection: dict[str, Any]) -> int:
    alice = connection["accounts"]["alice"]
    _link_scratch(folder, connection)
    server, process = jupyter.start(
        folder,
        _instances(folder, connection),
        # Where the file browser shows what was downloaded.
        RucioConfig__download_folder=str(folder.notebooks / "rucio"),
    )
    print(
        f"""
  Open      {server.address(_first_page())}
  Sign in   in the Rucio panel (icon at the left) as {alice["username"]}, {alice["password"]}
            or choose “ESCAPE (single sign-on)”, where nothing has to be typed
  Then      search demo:*, “Make available” on dimuon_2021, “Attach” it as dimuon, run the notebook
            and send something back: right click on a file, “Upload to Rucio…”, to LUND-USERDISK

  Notebooks {folder.notebooks}
  Ctrl-C ends the lake and JupyterLab.
""",
        flush=True,
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        jupyter.stop(process)


def _instances(folder: jupyter.JupyterFolder, connection: dict[str, Any]) -> list[dict[str, Any]]:
    instances = [
        jupyter.lake_instance(connection, allow_download=True, **jupyter.scratch_of(connection)),
        jupyter.sign_on_instance(connection, folder, display_name="ESCAPE (single sign-on)"),
        jupyter.download_instance(connection, display_name="ESCAPE (downloads)"),
    ]
    if connection.get("tls"):
        sign_on.bring_certificates(folder.home, connection["tls"]["identities"])
        instances.append(jupyter.tls_instance(connection, display_name="ESCAPE (certificates)"))
    return instances


def _link_scratch(folder: jupyter.JupyterFolder, connection: dict[str, Any]) -> None:
    """Shows the scratch storage in the file browser: what is below it is uploaded without passing
    through this machine.
    """
    link = folder.notebooks / "scratch"
    if not link.is_symlink():
        link.symlink_to(connection["rses"]["JUPYTER-SCRATCHDISK"]["mount_path"])


def _lake(*arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "lake", *arguments], cwd=REPOSITORY, check=False
    ).returncode


def _first_page() -> str:
    return f"lab/tree/{quote(notebook.NAME)}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--storage", choices=["posix", "xrootd"], default="posix")
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--tls", action="store_true", help="over HTTPS too, with certificates")
    parser.add_argument("--state", type=Path, default=REPOSITORY / ".demo", help="where to keep it")
    parser.add_argument("--down", action="store_true", help="end a demo that was left running")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
