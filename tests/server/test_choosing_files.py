"""Somebody looks for a certificate on the server, and sees names: never contents, never more than
the administrator allows.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from .conftest import Answer, Api


@pytest.fixture
def instances() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def picker_root() -> Any:
    """What the administrator sets; None is what is set without one."""
    return "~"


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any], picker_root: Any) -> dict[str, Any]:
    jp_server_config["RucioConfig"]["picker_root"] = picker_root
    return jp_server_config


@pytest.fixture
def home(jp_home_dir: Path) -> Path:
    """A home folder with a certificate, as people have it."""
    (jp_home_dir / ".globus").mkdir()
    (jp_home_dir / ".globus" / "usercert.pem").write_text("marked-secret")
    (jp_home_dir / ".globus" / "userkey.pem").write_text("marked-secret")
    (jp_home_dir / ".bashrc").write_text("marked-secret")
    (jp_home_dir / "Zeppelin").mkdir()
    (jp_home_dir / "analysis").mkdir()
    (jp_home_dir / "notes.txt").write_text("marked-secret")
    return jp_home_dir


async def names(api: Api, path: str | None = None) -> list[str]:
    answer = await look(api, path)
    assert answer.status == 200, answer.body
    return [entry["name"] for entry in answer.body["entries"]]


async def look(api: Api, path: str | None = None) -> Answer:
    return await api.ask("GET", "files", params={} if path is None else {"path": path})


async def refusal(api: Api, path: str) -> tuple[int, str]:
    answer = await look(api, path)
    assert answer.body["message"]
    return answer.status, answer.body["code"]


class TestLooking:
    async def test_it_begins_at_home_with_folders_first_and_dot_files_among_them(
        self, api: Api, home: Path
    ) -> None:
        answer = await look(api)
        assert answer.body["path"] == str(home)
        assert answer.body["parent"] is None
        assert answer.body["truncated"] is False
        shown = [(entry["name"], entry["type"]) for entry in answer.body["entries"]]
        ours = [item for item in shown if (home / item[0]).exists() and item[0] in EXPECTED]
        assert ours == [
            (".globus", "folder"),
            ("analysis", "folder"),
            ("Zeppelin", "folder"),
            (".bashrc", "file"),
            ("notes.txt", "file"),
        ]

    async def test_a_certificate_is_found_with_its_size_and_date_and_without_its_content(
        self, api: Api, home: Path
    ) -> None:
        answer = await look(api, "~/.globus")
        assert answer.body["parent"] == str(home)
        certificate, _ = answer.body["entries"]
        assert certificate["path"] == str(home / ".globus" / "usercert.pem")
        assert certificate["size"] == len("marked-secret")
        assert certificate["modified_at"].endswith("+00:00")
        assert certificate["is_readable"] is True
        assert "marked-secret" not in str(answer.body)

    async def test_an_absolute_path_below_home_does_as_well(self, api: Api, home: Path) -> None:
        assert "usercert.pem" in await names(api, f"{home}/analysis/../.globus/")

    async def test_an_empty_folder_is_an_empty_list(self, api: Api, home: Path) -> None:
        assert await names(api, "~/analysis") == []

    async def test_odd_names_are_shown_and_those_that_cannot_be_sent_back_are_not_offered(
        self, api: Api, home: Path
    ) -> None:
        folder = home / "odd"
        folder.mkdir()
        for name in (" space ", "100%", "a\nb", "日本", "q?a=b#c"):
            (folder / name).touch()
        Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9")).touch()
        answer = await look(api, "~/odd")
        readable = {entry["name"]: entry["is_readable"] for entry in answer.body["entries"]}
        assert readable == {
            " space ": True,
            "100%": True,
            "a\nb": True,
            "日本": True,
            "q?a=b#c": True,
            "caf\ufffd": False,
        }
        (folder / " inside ").mkdir()
        (folder / " inside " / "key").touch()
        assert await names(api, f"{folder}/ inside ") == ["key"]

    async def test_what_is_no_file_to_read_is_not_offered(self, api: Api, home: Path) -> None:
        folder = home / "special"
        folder.mkdir()
        os.mkfifo(folder / "pipe")
        (folder / "to-nowhere").symlink_to(folder / "gone")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(str(folder / "socket"))
            answer = await look(api, "~/special")
        assert [entry["name"] for entry in answer.body["entries"]] == [
            "pipe",
            "socket",
            "to-nowhere",
        ]
        assert not any(entry["is_readable"] for entry in answer.body["entries"])

    async def test_a_folder_of_a_hundred_thousand_is_cut_and_says_so(
        self, api: Api, home: Path
    ) -> None:
        folder = home / "many"
        folder.mkdir()
        for number in range(100_000):
            (folder / f"{number:06}").symlink_to("nothing")
        (folder / "zz").mkdir()
        answer = await look(api, "~/many")
        assert answer.status == 200
        assert answer.body["truncated"] is True
        assert len(answer.body["entries"]) == 2000
        # Folders lead to what is not shown here.
        assert answer.body["entries"][0]["name"] == "zz"


EXPECTED = {".globus", ".bashrc", "Zeppelin", "analysis", "notes.txt"}


class TestTheLimit:
    @pytest.mark.parametrize(
        "path",
        ["/etc", "/", "~/..", "~/analysis/../..", "~root", "/etc/passwd", "/no/such/place"],
    )
    async def test_nothing_outside_of_home_is_shown_not_even_whether_it_is_there(
        self, api: Api, home: Path, path: str
    ) -> None:
        if path == "~root" and Path("~root").expanduser() == home:
            path = "/root"
        assert await refusal(api, path) == (403, "picker_forbidden")

    async def test_a_link_that_leads_out_is_neither_followed_nor_described(
        self, api: Api, home: Path, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        (outside / "file").write_text("secret")
        (home / "analysis" / "way-out").symlink_to(outside)
        (home / "analysis" / "one-file").symlink_to(outside / "file")
        (home / "analysis" / "inside").symlink_to(home / ".globus")
        answer = await look(api, "~/analysis")
        entries = {entry["name"]: entry for entry in answer.body["entries"]}
        for name in ("way-out", "one-file"):
            assert entries[name]["is_readable"] is False
            assert entries[name]["size"] is None
            assert entries[name]["modified_at"] is None
        assert await refusal(api, "~/analysis/way-out") == (403, "picker_forbidden")
        assert "usercert.pem" in await names(api, "~/analysis/inside")

    class TestAnotherFolder:
        @pytest.fixture
        def picker_root(self, tmp_path: Path) -> str:
            (tmp_path / "certificates" / "alice").mkdir(parents=True)
            return str(tmp_path / "certificates")

        async def test_it_begins_there_where_home_is_outside(
            self, api: Api, home: Path, picker_root: str
        ) -> None:
            answer = await look(api)
            assert (answer.body["path"], answer.body["parent"]) == (picker_root, None)
            below = await look(api, f"{picker_root}/alice")
            assert below.body["parent"] == picker_root
            assert await refusal(api, "~") == (403, "picker_forbidden")

    class TestEverything:
        @pytest.fixture
        def picker_root(self) -> str:
            return "/"

        async def test_it_begins_at_home_and_leads_up_to_the_top(
            self, api: Api, home: Path
        ) -> None:
            answer = await look(api)
            assert answer.body["path"] == str(home)
            assert answer.body["parent"] == str(home.parent)
            top = await look(api, "/")
            assert top.body["parent"] is None
            assert "etc" in [entry["name"] for entry in top.body["entries"]]

    @pytest.mark.parametrize("picker_root", ["", None, "certificates", 7])
    class TestSwitchedOff:
        async def test_nothing_is_shown(self, api: Api, home: Path) -> None:
            assert await refusal(api, "~") == (403, "picker_forbidden")
            assert await refusal(api, str(home)) == (403, "picker_forbidden")


class TestTypingForbidden:
    @pytest.fixture
    def jp_server_config(self, jp_server_config: dict[str, Any]) -> dict[str, Any]:
        jp_server_config["RucioConfig"]["allow_typing_credentials"] = False
        return jp_server_config

    async def test_who_may_type_no_credentials_needs_no_files(self, api: Api, home: Path) -> None:
        assert await refusal(api, "~") == (403, "picker_forbidden")


class TestMistakes:
    @pytest.mark.parametrize(
        ("path", "status", "code"),
        [
            pytest.param("analysis", 400, "invalid_path", id="relative"),
            pytest.param("~nobody-of-this-name/x", 400, "invalid_path", id="no such user"),
            pytest.param("~/nul\0byte", 400, "invalid_path", id="NUL"),
            pytest.param("   ", 400, "invalid_path", id="blank"),
            pytest.param("~/" + "x" * 5000, 400, "invalid_path", id="long name"),
            pytest.param("~/" + "x/" * 5000, 400, "invalid_path", id="long path"),
            pytest.param("~/notes.txt", 400, "not_a_folder", id="a file"),
            pytest.param("~/notes.txt/below", 400, "not_a_folder", id="below a file"),
            pytest.param("~/gone", 404, "no_such_folder", id="nothing"),
        ],
    )
    async def test_each_has_its_answer(
        self, api: Api, home: Path, path: str, status: int, code: str
    ) -> None:
        assert await refusal(api, path) == (status, code)

    async def test_links_in_a_circle(self, api: Api, home: Path) -> None:
        (home / "circle").symlink_to(home / "circle")
        status, _ = await refusal(api, "~/circle")
        assert status in (400, 404)
