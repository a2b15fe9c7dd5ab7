"""Somebody opens a terminal since the panel says nothing that helps, or since there is none."""

from __future__ import annotations

import functools
import json
import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from lake.testing import Lake

from .conftest import Terminal


def checks_of(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (found,) = document["instances"]
    return {check["name"]: check for check in found["checks"]}


class TestFinding:
    def test_all_is_well_for_who_has_signed_in_in_the_panel(
        self, alice: Terminal, lake: Lake
    ) -> None:
        ended = alice.datalake("doctor")
        assert ended.status == 0, ended.output
        assert "All is well." in ended.output
        assert "Rucio 41." in ended.output
        assert "alice" in ended.output
        assert "\x1b[" not in ended.output  # colours are for terminals
        assert lake.accounts["alice"]["password"] not in ended.output + ended.errors

    def test_something_wrong_ends_with_1_and_says_what_to_do(
        self, terminal: Terminal, lake_instance: dict[str, Any]
    ) -> None:
        terminal.configure({**lake_instance, "rse_mount_path": "/no/such/mount"})
        ended = terminal.datalake("doctor")
        assert ended.status == 1
        assert re.search(
            r"WRONG +EULAKE-1 mounted +There is no folder /no/such/mount", ended.output
        )
        assert "To do: " in ended.output
        assert "2 of 14 checks found something wrong." in ended.output

    def test_the_list_is_that_of_the_panel(
        self, alice: Terminal, lake_instance: dict[str, Any]
    ) -> None:
        ended = alice.datalake("doctor", "--json")
        assert ended.status == 0
        (found,) = ended.document["instances"]
        assert found["instance"] == "lake"
        assert set(found) == {"instance", "checks", "report", "checked_at"}
        assert set(found["checks"][0]) == {"name", "title", "ok", "severity", "message", "hint"}

    def test_a_wrong_ca_is_found(
        self, terminal: Terminal, lake: Lake, lake_instance: dict[str, Any]
    ) -> None:
        terminal.configure(
            {
                **lake_instance,
                "rucio_base_url": lake.tls["rucio_url"],
                "rucio_auth_url": lake.tls["auth_url"],
                "rucio_ca_cert": lake.tls["other_ca_file"],
            }
        )
        ended = terminal.datalake("doctor", "--json")
        assert ended.status == 1
        assert checks_of(ended.document)["tls"]["severity"] == "error"

    def test_a_provided_token_is_used_and_an_expired_one_is_told(
        self, terminal: Terminal, lake: Lake, lake_instance: dict[str, Any]
    ) -> None:
        token_file = terminal.home / "token"
        terminal.configure(
            {
                **lake_instance,
                "auth_type": "oidc",
                "oidc_auth": "file",
                "oidc_file_name": str(token_file),
            }
        )
        token = lake.make_token()
        token_file.write_text(token)
        ended = terminal.datalake("doctor", "--json")
        assert ended.status == 0, ended.output
        assert token not in ended.output + ended.errors
        token_file.write_text(lake.make_token(lifetime_s=-60))
        credentials = checks_of(terminal.datalake("doctor", "--json").document)["credentials"]
        assert credentials["severity"] == "error"
        assert credentials["hint"]


class TestReporting:
    def test_a_report_goes_to_a_file_beside_the_table(self, alice: Terminal, lake: Lake) -> None:
        ended = alice.datalake("doctor", "--report", "ticket.md")
        report = (alice.home / "ticket.md").read_text()
        assert ended.status == 0
        assert report.startswith("Rucio diagnosis of “lake”")
        assert "All is well." in ended.output
        assert lake.accounts["alice"]["password"] not in report
        assert str(alice.home) not in report

    def test_a_report_alone_is_printed(self, alice: Terminal) -> None:
        ended = alice.datalake("doctor", "--report", "-")
        assert ended.output.startswith("Rucio diagnosis of “lake”")
        assert "All is well." not in ended.output


class TestChoosing:
    @pytest.fixture
    def two(self, terminal: Terminal, lake_instance: dict[str, Any]) -> Terminal:
        broken = {"name": "other", "display_name": "Other", "mode": "magic"}
        terminal.configure(lake_instance, broken, default_instance="lake")
        return terminal

    def test_the_default_one_is_looked_at_unless_told_otherwise(self, two: Terminal) -> None:
        document = two.datalake("doctor", "--json").document
        assert [found["instance"] for found in document["instances"]] == ["lake"]
        document = two.datalake("doctor", "--json", "--instance", "other").document
        assert [found["instance"] for found in document["instances"]] == ["other"]
        assert "mode" in checks_of(document)["configuration"]["message"]

    def test_all_of_them(self, two: Terminal) -> None:
        document = two.datalake("doctor", "--json", "--all").document
        assert [found["instance"] for found in document["instances"]] == ["lake", "other"]

    def test_one_that_is_not_there_ends_with_2_and_names_those_that_are(
        self, two: Terminal
    ) -> None:
        ended = two.datalake("doctor", "--instance", "nothing")
        assert ended.status == 2
        assert "nothing" in ended.errors
        assert "lake, other" in ended.errors


class TestConfiguration:
    def test_without_an_instance_it_says_where_one_belongs(self, terminal: Terminal) -> None:
        ended = terminal.datalake("doctor")
        assert ended.status == 2
        assert "RucioConfig.instances" in ended.errors

    def test_the_variables_of_an_image_are_read(
        self, terminal: Terminal, lake_instance: dict[str, Any]
    ) -> None:
        terminal.environ = {
            "RUCIO_NAME": "image",
            "RUCIO_BASE_URL": lake_instance["rucio_base_url"],
            "RUCIO_DESTINATION_RSE": lake_instance["destination_rse"],
            "RUCIO_RSE_MOUNT_PATH": lake_instance["rse_mount_path"],
        }
        document = terminal.datalake("doctor", "--json").document
        assert document["instances"][0]["instance"] == "image"
        assert checks_of(document)["rucio"]["ok"]

    def test_a_python_file_as_jupyter_has_them_is_read(
        self, terminal: Terminal, lake_instance: dict[str, Any]
    ) -> None:
        folder = terminal.home / "config"
        folder.mkdir()
        (folder / "jupyter_server_config.py").write_text(
            f"c.RucioConfig.instances = [{lake_instance!r}]\n"
        )
        terminal.environ = {"JUPYTER_CONFIG_DIR": str(folder)}
        assert checks_of(terminal.datalake("doctor", "--json").document)["rucio"]["ok"]

    def test_a_file_that_is_named_is_read(
        self, terminal: Terminal, lake_instance: dict[str, Any]
    ) -> None:
        (terminal.home / "mine.json").write_text(
            json.dumps({"RucioConfig": {"instances": [lake_instance]}})
        )
        document = terminal.datalake("doctor", "--json", "--config", "mine.json").document
        assert checks_of(document)["configuration"]["ok"]

    def test_a_file_that_cannot_be_read_ends_with_2_and_the_place(self, terminal: Terminal) -> None:
        file = terminal.configure()
        file.with_suffix(".py").write_text("c.RucioConfig.instances = [\n")
        ended = terminal.datalake("doctor")
        assert ended.status == 2
        assert "jupyter_server_config.py" in ended.errors

    @pytest.fixture
    def remote(self, lake_instance: dict[str, Any], tmp_path: Path) -> Iterator[str]:
        folder = tmp_path / "site"
        folder.mkdir()
        (folder / "lake.json").write_text(json.dumps(lake_instance))
        handler = functools.partial(SimpleHTTPRequestHandler, directory=str(folder))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield f"http://127.0.0.1:{server.server_address[1]}"
            server.shutdown()
            thread.join()

    @pytest.mark.parametrize(("file", "is_ok"), [("lake.json", True), ("gone.json", False)])
    def test_what_comes_from_an_address_is_waited_for(
        self, terminal: Terminal, remote: str, file: str, is_ok: bool
    ) -> None:
        terminal.configure(
            {
                "name": "lake",
                "display_name": "The Lake",
                "mode": "replica",
                "$url": f"{remote}/{file}",
            }
        )
        check = checks_of(terminal.datalake("doctor", "--json").document)["configuration"]
        assert check["ok"] is is_ok
        assert is_ok or "404" in check["message"]


class TestTheCommand:
    def test_it_says_its_version_and_explains_itself(self, terminal: Terminal) -> None:
        assert re.fullmatch(
            r"datalake, version \d+\.\d+\.\d+\S*\n", terminal.datalake("--version").output
        )
        explained = terminal.datalake("doctor", "--help")
        assert explained.status == 0
        for option in ("--instance", "--all", "--json", "--report", "--config"):
            assert option in explained.output

    def test_a_mistyped_command_ends_with_2(self, terminal: Terminal) -> None:
        assert terminal.datalake("docter").status == 2

    def test_nothing_but_what_was_asked_for_is_written_to_the_home(
        self, terminal: Terminal, lake_instance: dict[str, Any]
    ) -> None:
        terminal.configure(lake_instance)
        terminal.datalake("doctor")
        written = {
            str(path.relative_to(terminal.home))
            for path in terminal.home.rglob("*")
            if path.is_file()
        }
        assert written == {".jupyter/jupyter_server_config.json"}
