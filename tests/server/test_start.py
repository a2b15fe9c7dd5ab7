"""Starting and stopping with Jupyter."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Any

import pytest

from .conftest import Api


class TestBothNames:
    """Existing installations enable ``rucio_jupyterlab.server``.

    An installation enables the other.
    """

    @pytest.fixture(
        params=[["rucio_jupyterlab.server"], ["rucio_jupyterlab", "rucio_jupyterlab.server"]]
    )
    def jp_server_config(self, instances: list[Any], request: Any) -> dict[str, Any]:
        return {
            "ServerApp": {
                "jpserver_extensions": {name: True for name in request.param},
                "reraise_server_extension_failures": True,
            },
            "RucioConfig": {"instances": instances},
        }

    async def test_the_extension_starts_once_under_either_or_both(
        self, api: Api, jp_serverapp: Any
    ) -> None:
        assert (await api.get("hello")).status == 200
        groups = [rule.target.rules for rule in jp_serverapp.web_app.default_router.rules[:-1]]
        hello = [
            rule
            for rules in groups
            for rule in rules
            if "rucio-jupyterlab/hello" in rule.matcher.regex.pattern
        ]
        assert len(hello) == 1


@pytest.mark.parametrize("name", ["rucio_jupyterlab", "rucio_jupyterlab.server"])
def test_jupyter_finds_the_extension_under_both_names(name: str) -> None:
    # In a process of its own: what this one has imported already must not help.
    code = f"""
        from jupyter_server.extension.manager import ExtensionPackage
        package = ExtensionPackage(name={name!r}, enabled=True)
        assert package.validate()
        assert list(package.extension_points) == ["rucio_jupyterlab"]
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, timeout=60)


def test_the_kernel_part_costs_a_kernel_nothing_of_the_server() -> None:
    code = """
        import sys
        import rucio_jupyterlab
        assert not {"httpx", "tornado", "jupyter_server"} & sys.modules.keys()
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, timeout=60)


async def test_stopping_ends_what_was_begun(api: Api, jp_serverapp: Any) -> None:
    services = jp_serverapp.web_app.settings["rucio_jupyterlab_services"]
    await jp_serverapp.extension_manager.stop_all_extensions()
    assert services.watchers.count == 0
    # A second stop, as Jupyter does at the end of this test, is harmless.
    await jp_serverapp.extension_manager.stop_all_extensions()
