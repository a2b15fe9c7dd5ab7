"""The picker as somebody sees it who wants more than names in the allowed folder."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from server.conftest import Answer, Api

CONTENT = "Marked7f6e5d4c3b2a19080706"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """What may be looked at, beside what may not."""
    root = tmp_path / "allowed"
    (root / "inside").mkdir(parents=True)
    (root / "token").write_text(CONTENT)
    outside = tmp_path / "private"
    outside.mkdir()
    (outside / "secret-name").write_text(CONTENT)
    (tmp_path / "allowed-not").mkdir()
    (tmp_path / "allowed-not" / "secret-name").touch()
    (root / "to-outside").symlink_to(outside)
    (root / "to-file").symlink_to(outside / "secret-name")
    (root / "to-root").symlink_to("/")
    (root / "by-steps").symlink_to("inside/../../private")
    (root / "inside" / "chain").symlink_to(root / "to-outside")
    (root / "circle").symlink_to(root / "circle")
    os.mkfifo(root / "pipe")
    return root


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any], root: Path) -> dict[str, Any]:
    jp_server_config["RucioConfig"]["picker_root"] = str(root)
    return jp_server_config


WAYS_OUT = (
    "{root}/..",
    "{root}/../private",
    "{root}/inside/../../private",
    "{root}/./inside/.././../private/.",
    "{root}//..//private",
    "{root}-not",
    "{root}/to-outside",
    "{root}/to-outside/.",
    "{root}/to-root",
    "{root}/to-root/etc",
    "{root}/by-steps",
    "{root}/inside/chain",
    "{root}/inside/../to-outside",
    "/",
    "//",
    "/etc",
    "/proc/self",
    "/proc/self/root",
    "/proc/self/cwd",
    "/dev/fd",
    "~",
    "~root",
    "~/..",
)
NO_PATHS = (
    "",
    "inside",
    "./inside",
    "../private",
    "file://{root}",
    "{root}\x00",
    "{root}/\x00/../private",
    "{root}/" + "a" * 5000,
    "{root}/" + "a/" * 3000,
    "{root}/%2e%2e/private",
    "{root}/..%2fprivate",
    "{root}/\\..\\..\\private",
    "{root}/circle",
    "{root}/token",
    "{root}/token/",
    "{root}/token/..",
    "{root}/pipe",
    "{root}/to-file",
    "{root}/nothing-here",
    "~nobody-of-that-name",
    "$HOME",
    "{root}/*",
)


async def looked_at(api: Api, path: str) -> Answer:
    return await api.ask("GET", "files", params={"path": path})


async def test_there_is_no_way_out_of_the_allowed_folder(api: Api, root: Path) -> None:
    for path in WAYS_OUT:
        refused = await looked_at(api, path.format(root=root))
        assert (refused.status, refused.body["code"]) == (403, "picker_forbidden"), path
        assert "secret-name" not in json.dumps(refused.body)


async def test_what_is_no_folder_says_so_and_shows_nothing(api: Api, root: Path) -> None:
    for path in NO_PATHS:
        answer = await looked_at(api, path.format(root=root))
        assert answer.status in (400, 403, 404) or answer.body["path"] == str(root), path
        told = json.dumps(answer.body)
        assert CONTENT not in told
        assert "secret-name" not in told.replace("to-file", "")


async def test_names_are_shown_and_never_contents(api: Api, root: Path) -> None:
    listed = await looked_at(api, str(root))
    assert listed.status == 200
    names = {entry["name"] for entry in listed.body["entries"]}
    assert {"inside", "token"} <= names
    assert listed.body["parent"] is None
    assert CONTENT not in json.dumps(listed.body)
    # A link says nothing of what it leads to outside.
    outward = [one for one in listed.body["entries"] if one["name"].startswith(("to-", "by-"))]
    assert all(one["size"] is None or not one["is_readable"] for one in outward)


@pytest.mark.parametrize("route", ["files", "files/", "files/{root}", "files/..", "files/../files"])
async def test_the_path_is_an_argument_and_nothing_else(
    jp_fetch: Callable[..., Any], root: Path, route: str
) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = await jp_fetch(
            "rucio-jupyterlab",
            route.format(root=quote(str(root), safe="")),
            params={"path": str(root / "token")},
            method=method,
            body="{}",
            raise_error=False,
            allow_nonstandard_methods=True,
        )
        assert answer.code in (400, 403, 404, 405)
        assert (root / "token").read_text() == CONTENT


@pytest.mark.parametrize(
    "instance", ["..", "../../x", "%2e%2e", "a/../../b", "lake\x00", "x" * 3000, "~"]
)
async def test_an_instances_name_is_no_path(
    jp_fetch: Callable[..., Any], jp_data_dir: Path, instance: str
) -> None:
    before = sorted(jp_data_dir.rglob("*"))
    way_in = {"type": "userpass", "params": {"username": "a", "password": "b"}}
    for method, body in (("PUT", json.dumps(way_in)), ("GET", None), ("DELETE", None)):
        answer = await jp_fetch(
            "rucio-jupyterlab/instances",
            quote(instance, safe=""),
            "credentials",
            method=method,
            body=body,
            raise_error=False,
            allow_nonstandard_methods=True,
        )
        assert answer.code in (400, 404, 405)
    assert sorted(jp_data_dir.rglob("*")) == before
