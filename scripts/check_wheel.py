"""Builds the wheel and checks that it works for somebody who has no Node.js.

The source distribution is made from the tracked files, the wheel from the source distribution, and
the wheel goes into a fresh environment. There, with no ``node`` on the PATH: the frontend is listed
as enabled and OK, the server extension as well under both its names, a started server answers, and
notebooks run without a browser with what is attached in them (`wheel_on_lake`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping
from pathlib import Path

import httpx
import wheel_on_lake

REPOSITORY = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 60


class CheckFailed(Exception):
    """A sentence that says what is wrong with the wheel."""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="rucio-jupyterlab-wheel-") as folder:
        work = Path(folder)
        try:
            wheel = build(work)
            python = install(work, wheel)
            environment = without_node(work, python)
            check_listed(python, environment)
            check_answers(work, python, environment)
            wrong = wheel_on_lake.check(work, python, environment, run)
            if wrong is not None:
                raise CheckFailed(wrong)
        except CheckFailed as failure:
            print(f"wheel: FAILED: {failure}")
            return 1
    print(f"wheel: {wheel.name} installs and works without Node.js")
    return 0


def build(work: Path) -> Path:
    """The source distribution from what git tracks, and from it the wheel."""
    source = work / "source"
    tracked = run(["git", "ls-files", "-z"], cwd=REPOSITORY).split("\0")
    for name in filter(None, tracked):
        origin = REPOSITORY / name
        if origin.exists():
            target = source / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(origin, target)
    (source / "node_modules").symlink_to(REPOSITORY / "node_modules")
    run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(work / "dist"), "."],
        cwd=source,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
    )
    wheels = list((work / "dist").glob("*.whl"))
    if len(wheels) != 1 or not wheels[0].name.endswith("-py3-none-any.whl"):
        raise CheckFailed(f"one pure wheel was expected, there is {wheels}")
    return wheels[0]


def install(work: Path, wheel: Path) -> Path:
    venv.create(work / "environment", with_pip=True)
    python = work / "environment" / "bin" / "python"
    pinned = [
        line
        for line in (REPOSITORY / "requirements" / "dev.txt").read_text().splitlines()
        if line.startswith(("jupyterlab==", "jupyter_server==", "rucio-clients=="))
    ]
    run([str(python), "-m", "pip", "install", "--quiet", str(wheel), *pinned])
    return python


def without_node(work: Path, python: Path) -> dict[str, str]:
    """An environment in which there is no Node.js, nor anything of the user's own Jupyter."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "RUCIO_"))}
    environment = kept | {
        "HOME": str(work / "home"),
        "PATH": f"{python.parent}{os.pathsep}{work / 'tools'}",
    }
    (work / "home").mkdir()
    (work / "tools").mkdir()
    for tool in ("sh", "env", "uname"):
        found = shutil.which(tool)
        if found:
            (work / "tools" / tool).symlink_to(found)
    if shutil.which("node", path=environment["PATH"]):
        raise CheckFailed("Node.js is still on the PATH of the check")
    return environment


def check_listed(python: Path, environment: Mapping[str, str]) -> None:
    jupyter = str(python.parent / "jupyter")
    listed = run([jupyter, "labextension", "list"], env=environment)
    lines = [line.strip() for line in listed.splitlines()]
    line = next((line for line in lines if line.startswith("rucio-jupyterlab v")), "")
    if "enabled" not in line or "OK" not in line:
        raise CheckFailed(f"the frontend is not listed as enabled and OK:\n{listed}")

    listed = run([jupyter, "server", "extension", "list"], env=environment)
    expect_server_extension(listed, "rucio_jupyterlab")
    expect_server_extension(listed, "rucio_jupyterlab.server")
    # What existing deployments say in their images: the older name, and `--py`.
    run(
        [jupyter, "server", "extension", "enable", "--py", "rucio_jupyterlab", "--sys-prefix"],
        env=environment,
    )
    run(
        [jupyter, "server", "extension", "enable", "rucio_jupyterlab.server", "--sys-prefix"],
        env=environment,
    )


def expect_server_extension(listed: str, name: str) -> None:
    lines = [line.strip() for line in listed.splitlines()]
    enabled = any(line.startswith(f"{name} ") and "enabled" in line for line in lines)
    valid = any(line.startswith(f"{name} ") and "OK" in line for line in lines)
    if not (enabled and valid):
        raise CheckFailed(f"the server extension {name} is not listed as enabled and OK:\n{listed}")


def check_answers(work: Path, python: Path, environment: Mapping[str, str]) -> None:
    """A server with both names enabled starts, loads the extension once and answers."""
    runtime = work / "home" / "runtime"
    log = work / "server.log"
    root = ["--allow-root"] if os.geteuid() == 0 else []
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(python), "-m", "jupyterlab", "--no-browser", "--ServerApp.port_retries=50", *root],
            env=dict(environment) | {"JUPYTER_RUNTIME_DIR": str(runtime)},
            cwd=work / "home",
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not (files := list(runtime.glob("jpserver-*.json"))):
            if server.poll() is not None or time.monotonic() > deadline:
                raise CheckFailed(f"Jupyter did not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.1)
        about = json.loads(files[0].read_text())
        answer = httpx.get(
            f"{about['url']}rucio-jupyterlab/hello",
            headers={"Authorization": f"token {about['token']}"},
            timeout=30,
        )
        if answer.status_code != 200 or answer.json().get("api") != 1:
            raise CheckFailed(f"the server part answered {answer.status_code}: {answer.text}")
        if "Traceback" in log.read_text():
            raise CheckFailed(f"Jupyter's log holds a traceback:\n{log.read_text()[-3000:]}")
    finally:
        server.terminate()
        server.wait(30)


def run(
    command: list[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    given: str | None = None,
) -> str:
    """Runs `command`, `given` on its input, and returns all that it printed, both streams
    together.
    """
    done = subprocess.run(
        command,
        cwd=cwd,
        env=dict(env) if env is not None else None,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CheckFailed(f"{' '.join(command[:6])} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
