"""Runs the browser tests against a lake and a JupyterLab that were started for them.

Playwright is told by environment variables where they are; whatever it is asked to run, both are
ended afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from jupyterlab import galata

from demo import jupyter

REPOSITORY = Path(__file__).resolve().parent.parent
UI_TESTS = REPOSITORY / "ui-tests"


def main() -> int:
    arguments, further = _arguments()
    state = UI_TESTS / ".state" / arguments.storage
    lake_options = ["--state", str(state / "lake")]
    # What an interrupted run left behind is ended first; every run begins with a fresh lake.
    _lake("down", *lake_options, "--delete")
    shutil.rmtree(state, ignore_errors=True)
    try:
        if _lake("up", *lake_options, "--storage", arguments.storage):
            return 1
        connection_file = state / "lake" / "lake.json"
        folder = jupyter.JupyterFolder(state / "jupyter")
        server, process = jupyter.start(
            folder,
            [jupyter.lake_instance(json.loads(connection_file.read_text()))],
            # What Galata needs to reach into the page.
            LabApp__expose_app_in_browser=True,
            LabServerApp__extra_labextensions_path=[str(Path(galata.__file__).parent)],
            ServerApp__disable_check_xsrf=True,
        )
        try:
            return subprocess.run(
                [
                    str(UI_TESTS / "node_modules" / ".bin" / "playwright"),
                    "test",
                    f"--project={arguments.project}",
                    *further,
                ],
                cwd=UI_TESTS,
                check=False,
                env=os.environ
                | {
                    "TARGET_URL": server.url.rstrip("/"),
                    "JUPYTER_TOKEN": server.token,
                    "JUPYTER_ROOT": str(folder.notebooks),
                    "LAKE_CONNECTION": str(connection_file),
                    "LAKE_PYTHON": sys.executable,
                    "REPOSITORY": str(REPOSITORY),
                },
            ).returncode
        finally:
            jupyter.stop(process)
    except jupyter.JupyterFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        _lake("down", *lake_options)


def _lake(*arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "lake", *arguments], cwd=REPOSITORY, check=False
    ).returncode


def _arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--storage", choices=["posix", "xrootd"], default="posix")
    parser.add_argument("--project", choices=["stories", "pictures"], default="stories")
    return parser.parse_known_args()


if __name__ == "__main__":
    sys.exit(main())
