"""Programs and kernels that are there, are not there, or do not start."""

from __future__ import annotations

import asyncio
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from rucio_jupyterlab.client.rses import RseProtocol
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.services.diagnosis import programs
from rucio_jupyterlab.services.diagnosis.kernels import Kernels
from rucio_jupyterlab.services.diagnosis.model import Check, Finding, Step, fine
from rucio_jupyterlab.services.diagnosis.running import run
from rucio_jupyterlab.services.diagnosis.tools import Tools

ROOT = RseProtocol("root", "h", 1094, "/", "rucio.rse.protocols.xrootd.Default", "", 1, 1)
DAVS = RseProtocol("davs", "h", 443, "/", "rucio.rse.protocols.gfal.Default", "", 1, 1)


def instance(**keys: Any) -> Instance:
    return Instance(
        name="lake",
        display_name="The Lake",
        rucio_base_url="http://127.0.0.1:1",
        rucio_auth_url="http://127.0.0.1:1",
        **{"mode": "replica", **keys},
    )


def tools(of: Instance, *protocols: RseProtocol) -> dict[str, Check]:
    async def usable() -> Finding:
        return fine("It can be used.")

    steps = [
        Step("configuration", "Configuration", usable),
        *Tools(of, lambda: protocols, after=()).steps(),
    ]
    return {check.name: check for check in asyncio.run(run(steps))}


@pytest.fixture
def programs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where programs are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, says: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)


class TestTools:
    def test_in_replica_mode_nothing_is_missed_since_rucio_moves_the_data(
        self, programs_folder: Path
    ) -> None:
        found = tools(instance())
        for name in ("voms-proxy-init", "xrdcp", "gfal"):
            assert found[name].severity == "skipped", found[name]
            assert "not needed" in found[name].message

    def test_in_download_mode_what_is_missing_is_a_warning_with_the_package(
        self, programs_folder: Path
    ) -> None:
        found = tools(instance(mode="download"))
        assert found["xrdcp"].severity == "warning"
        assert "xrootd-client" in str(found["xrdcp"].hint)
        assert found["gfal"].severity == "warning"
        assert "gfal2" in str(found["gfal"].hint)

    @pytest.mark.parametrize(("protocol", "tool"), [(ROOT, "xrdcp"), (DAVS, "gfal")])
    def test_the_protocol_of_the_storage_decides_what_uploading_needs(
        self, programs_folder: Path, protocol: RseProtocol, tool: str
    ) -> None:
        found = tools(instance(), protocol)
        other = "gfal" if tool == "xrdcp" else "xrdcp"
        assert found[tool].severity == "warning"
        assert found[other].severity == "skipped"

    def test_voms_is_missed_where_the_operator_asks_for_it(self, programs_folder: Path) -> None:
        check = tools(instance(voms_enabled=True))["voms-proxy-init"]
        assert check.severity == "warning"
        assert "voms-clients" in str(check.hint)

    def test_what_is_there_says_its_version(self, programs_folder: Path) -> None:
        program(programs_folder, "xrdcp", "echo v5.5.3 >&2")
        program(programs_folder, "voms-proxy-init", "echo 'voms-proxy-init'; echo 'Version: 2.1.0'")
        found = tools(instance(voms_enabled=True))
        assert (found["xrdcp"].severity, found["xrdcp"].message) == (
            "ok",
            "xrdcp 5.5.3 is there.",
        )
        assert found["voms-proxy-init"].message == "voms-proxy-init 2.1.0 is there."

    def test_a_program_that_hangs_is_ended(
        self, programs_folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program(programs_folder, "xrdcp", "exec /bin/sleep 1000")
        monkeypatch.setattr("rucio_jupyterlab.services.diagnosis.tools.VERSION_LIMIT_S", 0.2)
        assert "version unknown" in tools(instance())["xrdcp"].message

    def test_programs_get_no_token_of_the_environment(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("RUCIO_TOKEN", "marked-secret")
        outcome = asyncio.run(programs.run(["/usr/bin/env"], limit_s=10))
        assert "PATH=" in outcome.output
        assert "marked-secret" not in outcome.output


class TestKernels:
    def look(self, **specs: dict[str, Any]) -> Check:
        found = {name: {"resource_dir": "", "spec": spec} for name, spec in specs.items()}
        (check,) = asyncio.run(run(Kernels(lambda: found).steps()))
        return check

    @pytest.fixture
    def bare(self, tmp_path: Path) -> str:
        """A Python of the user's own, without the package."""
        venv.create(tmp_path / "analysis", with_pip=False)
        return str(tmp_path / "analysis" / "bin" / "python")

    def test_jupyters_own_python_can_import_the_package(self) -> None:
        check = self.look(
            python3={
                "language": "python",
                "display_name": "Python 3",
                "argv": ["python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            }
        )
        assert (check.severity, check.hint) == ("ok", None)
        assert "Python 3" in check.message

    def test_of_several_kernels_it_says_which_cannot_and_why(self, bare: str) -> None:
        check = self.look(
            analysis={"language": "python", "display_name": "Analysis", "argv": [bare, "-m", "x"]},
            gone={
                "language": "python",
                "display_name": "Gone",
                "argv": ["/no/such/python", "-m", "x"],
            },
            python3={
                "language": "python",
                "display_name": "Python 3",
                "argv": [sys.executable, "-m", "x"],
            },
            ir={"language": "R", "display_name": "R", "argv": ["R"]},
        )
        assert check.severity == "warning"
        assert "Analysis (ModuleNotFoundError: No module named 'rucio_jupyterlab')" in check.message
        assert "Gone (/no/such/python: No such file or directory)" in check.message
        assert "Python 3 can." in check.message
        assert "pip install" in str(check.hint)

    def test_a_kernel_behind_another_command_is_asked_through_it(
        self, programs_folder: Path, bare: str
    ) -> None:
        # As “conda run -n analysis python” does.
        program(programs_folder, "wrapper", f'shift; exec {bare} "$@"')
        check = self.look(
            wrapped={
                "language": "python",
                "display_name": "Wrapped",
                "argv": ["wrapper", "python", "-m", "ipykernel_launcher"],
            }
        )
        assert "Wrapped (ModuleNotFoundError" in check.message

    def test_the_environment_of_a_kernel_counts(self, bare: str) -> None:
        check = self.look(
            analysis={
                "language": "python",
                "display_name": "Analysis",
                "argv": [bare, "-m", "x"],
                "env": {"PYTHONPATH": str(Path(__file__).parents[3])},
            }
        )
        assert check.severity == "ok", check.message

    def test_without_a_python_kernel_there_is_nothing_to_miss(self) -> None:
        check = self.look(ir={"language": "R", "display_name": "R", "argv": ["R"]})
        assert check.severity == "skipped"
