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
from typing import Any

from jupyterlab import galata

from demo import jupyter, notebook, sign_on
from lake.testing import NOT_DURING_A_TEST_S
from tests.faultproxy import CONTROL_PATH, fault_proxy

REPOSITORY = Path(__file__).resolve().parent.parent
UI_TESTS = REPOSITORY / "ui-tests"


def main() -> int:
    arguments, further = _arguments()
    state = UI_TESTS / ".state" / (arguments.state or arguments.storage)
    lake_options = ["--state", str(state / "lake")]
    # What an interrupted run left behind is ended first; every run begins with a fresh lake.
    _lake("down", *lake_options, "--delete")
    shutil.rmtree(state, ignore_errors=True)
    try:
        # What is stuck stays so: a story that looks at it must not see it tried again meanwhile.
        lasting = ["--repair-after", str(NOT_DURING_A_TEST_S)]
        if _lake("up", *lake_options, *lasting, "--tls", "--storage", arguments.storage):
            return 1
        if arguments.large and _lake("bulk", str(arguments.large), "--rule", *lake_options):
            return 1
        return _with_lake(arguments.project, state, further)
    except jupyter.JupyterFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        _lake("down", *lake_options)


def _with_lake(project: str, state: Path, further: list[str]) -> int:
    connection_file = state / "lake" / "lake.json"
    connection = json.loads(connection_file.read_text())
    folder = jupyter.JupyterFolder(state / "jupyter")
    alice = connection["accounts"]["alice"]
    folder.notebooks.mkdir(parents=True)
    notebook.write(folder.notebooks, username=alice["username"], password=alice["password"])
    sign_on.bring_certificates(folder.home, connection["tls"]["identities"])
    with fault_proxy(connection["rucio_url"]) as proxy:
        # A picture shows what a newcomer sees; the stories also need what can be wrong.
        instances = [
            jupyter.lake_instance(connection),
            jupyter.sign_on_instance(connection, folder),
            jupyter.tls_instance(connection),
        ]
        instances += _moving_instances(connection)
        if project == "stories":
            instances += _more_instances(connection, folder)
            instances += _wrong_instances(connection, proxy.url, state)
        server, process = jupyter.start(
            folder,
            instances,
            # Where the file browser shows it.
            RucioConfig__download_folder=str(folder.notebooks / "rucio"),
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
                    f"--project={project}",
                    # Runs side by side must not clear each other's results away.
                    f"--output=test-results/{state.name}",
                    *further,
                ],
                cwd=UI_TESTS,
                check=False,
                env=os.environ
                | {
                    "TARGET_URL": server.url.rstrip("/"),
                    "JUPYTER_TOKEN": server.token,
                    "JUPYTER_ROOT": str(folder.notebooks),
                    "PLAYWRIGHT_HTML_OUTPUT_DIR": f"playwright-report/{state.name}",
                    "LAKE_CONNECTION": str(connection_file),
                    "JUPYTER_CONFIG": str(folder.config_file),
                    "JUPYTER_USER_HOME": str(folder.home),
                    "TOKEN_FILE": str(folder.token_file),
                    "FAULT_PROXY": f"{proxy.url}{CONTROL_PATH}",
                },
            ).returncode
        finally:
            jupyter.stop(process)


def _moving_instances(connection: dict[str, Any]) -> list[dict[str, Any]]:
    """The same lake where data are downloaded, uploaded by way of scratch storage, and read through
    a cache where there is one.
    """
    instances = [
        jupyter.download_instance(connection),
        # A storage far away lets in who has a certificate.
        jupyter.download_instance(
            connection,
            name="far",
            display_name="Far away",
            rucio_base_url=connection["tls"]["rucio_url"],
            rucio_auth_url=connection["tls"]["auth_url"],
            rucio_ca_cert=connection["tls"]["ca_file"],
        ),
        jupyter.lake_instance(
            connection,
            name="scratch",
            display_name="Scratch",
            allow_download=True,
            **jupyter.scratch_of(connection),
        ),
    ]
    if connection.get("xcache"):
        site = connection["xcache"]["client_site"]
        instances.append(
            jupyter.lake_instance(connection, name="cached", display_name="Cached", site_name=site)
        )
    return instances


def _more_instances(
    connection: dict[str, Any], folder: jupyter.JupyterFolder
) -> list[dict[str, Any]]:
    """The same lake, configured in other ways that are right."""
    rses = connection["rses"]
    # Storage is often mounted elsewhere, and linked to from where the notebooks are.
    tiny = Path(rses["TINY-DISK"]["storage_path"])
    # Nobody has put anything there yet, and a folder with nothing in it looks like no mount.
    (tiny / "lost+found").mkdir(parents=True, exist_ok=True)
    linked = folder.notebooks / "lake"
    linked.symlink_to(rses["EULAKE-1"]["mount_path"])
    return [
        jupyter.lake_instance(
            connection,
            name="operator",
            display_name="Operator",
            # Nobody is there; its addresses are what is looked at.
            rucio_webui_url="https://webui.invalid",
        ),
        jupyter.lake_instance(
            connection,
            name="two_places",
            display_name="Two places",
            destinations=[
                {"rse": "TINY-DISK", "mount_path": str(tiny)},
            ],
        ),
        jupyter.lake_instance(
            connection,
            name="tiny",
            display_name="Tiny",
            destination_rse="TINY-DISK",
            rse_mount_path=str(tiny),
        ),
        jupyter.lake_instance(
            connection, name="linked", display_name="Linked", rse_mount_path=str(linked)
        ),
    ]


def _wrong_instances(
    connection: dict[str, Any], faulty_url: str, state: Path
) -> list[dict[str, Any]]:
    """The same lake with what can be wrong about an instance."""
    no_quota = connection["rses"]["PIC-DISK"]["storage_path"]
    return [
        jupyter.lake_instance(
            connection, name="misconfigured", display_name="Misconfigured", path_begins_at="two"
        ),
        jupyter.lake_instance(
            connection,
            name="unmounted",
            display_name="Unmounted",
            rse_mount_path=str(state / "nothing-is-mounted-here"),
        ),
        jupyter.tls_instance(
            connection,
            name="wrong_ca",
            display_name="Wrong CA",
            rucio_ca_cert=connection["tls"]["other_ca_file"],
        ),
        jupyter.lake_instance(
            connection,
            name="unknown_rse",
            display_name="Unknown RSE",
            destination_rse="NO-SUCH-DISK",
        ),
        jupyter.lake_instance(
            connection,
            name="no_quota",
            display_name="No quota",
            destination_rse="PIC-DISK",
            rse_mount_path=no_quota,
        ),
        jupyter.lake_instance(
            connection,
            name="faulty",
            display_name="Faulty",
            rucio_base_url=faulty_url,
            rucio_auth_url=faulty_url,
        ),
    ]


def _lake(*arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "lake", *arguments], cwd=REPOSITORY, check=False
    ).returncode


def _arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--storage", choices=["posix", "xrootd"], default="posix")
    parser.add_argument("--project", choices=["stories", "pictures"], default="stories")
    parser.add_argument("--state", help="the name of a folder of its own, for a run beside another")
    parser.add_argument(
        "--large", type=int, default=0, help="also a dataset of so many files, available here"
    )
    return parser.parse_known_args()


if __name__ == "__main__":
    sys.exit(main())
