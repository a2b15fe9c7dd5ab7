"""Uploads to storages of the grid: XRootD and WebDAV, with each way in that they take."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from uploading import (
    RSE,
    Look,
    becomes_true,
    ended,
    plan,
    submit,
    unique,
    until,
    uploaded,
)

from lake.testing import Lake

from .conftest import Api, at

pytestmark = pytest.mark.xrootd

WEBDAV = "NIKHEF-LOCALGROUPDISK"
SCRATCH = "JUPYTER-SCRATCHDISK"
LARGE_BYTES = 300_000_000


@pytest.fixture(scope="module")
def lake(xrootd_lake: Lake) -> Lake:
    return xrootd_lake


@pytest.fixture(autouse=True)
def _xrootd_soon_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for a server to come back, for as long as an operator likes."""
    monkeypatch.setenv("XRD_STREAMERRORWINDOW", "4")
    monkeypatch.setenv("XRD_CONNECTIONWINDOW", "4")


@pytest.fixture
def instances(lake: Lake, tmp_path: Path) -> list[dict[str, Any]]:
    token = tmp_path / "token"
    token.write_text(lake.make_token() + "\n")
    return [
        {
            "name": "lake",
            "display_name": "The Lake",
            "mode": "replica",
            "rucio_base_url": lake.tls["rucio_url"],
            "rucio_auth_url": lake.tls["auth_url"],
            "rucio_ca_cert": lake.tls["ca_file"],
            "destination_rse": "EULAKE-1",
            "rse_mount_path": lake.rses["EULAKE-1"]["mount_path"],
            "scratch": [{"rse": SCRATCH, "mount_path": lake.rses[SCRATCH]["mount_path"]}],
            "oidc_auth": "file",
            "oidc_file_name": str(token),
        }
    ]


@pytest.fixture(scope="module")
def there(lake: Lake) -> Iterator[Look]:
    found = Look(lake)
    yield found
    found.close()


def way_of(lake: Lake, name: str) -> tuple[str, dict[str, str]]:
    if name == "oidc":
        return "oidc", {}
    if name == "userpass":
        return "userpass", lake.accounts["alice"]
    identity = lake.tls["identities"][name]
    keys = ("certificate", "key", "passphrase", "proxy")
    params = {key: identity[key] for key in keys if key in identity}
    return ("x509_proxy" if "proxy" in identity else "x509"), params


def large(path: Path) -> Path:
    """Takes no room on the disk here."""
    with path.open("wb") as file:
        file.truncate(LARGE_BYTES)
    return path


def content_of(there: Look, name: str, rse: str) -> bytes:
    return there.stored(name, rse=rse).read_bytes()


async def signed(api: Api, lake: Lake, name: str) -> Api:
    kind, params = way_of(lake, name)
    answer = await api.put(at("credentials"), {"type": kind, "params": params})
    assert answer.status == 200, answer.body
    return api


@pytest.mark.parametrize("way", ["userpass", "x509", "x509_passphrase", "x509_proxy", "oidc"])
async def test_to_xrootd(api: Api, lake: Lake, jp_root_dir: Path, there: Look, way: str) -> None:
    alice = await signed(api, lake, way)
    name = unique(way)
    (jp_root_dir / name).write_bytes(way.encode())
    job = await uploaded(alice, name)
    assert job["bytes_done"] == len(way)
    assert content_of(there, name, RSE) == way.encode()
    assert there.rses(name) == {RSE: "AVAILABLE"}


@pytest.mark.parametrize("way", ["x509", "x509_passphrase", "x509_proxy", "oidc"])
async def test_to_webdav(api: Api, lake: Lake, jp_root_dir: Path, there: Look, way: str) -> None:
    alice = await signed(api, lake, way)
    name = unique(way)
    (jp_root_dir / name).write_bytes(way.encode())
    found = await plan(alice, name, rse=WEBDAV)
    assert found["place"]["accepts_sign_in"] is True
    job = await uploaded(alice, name, rse=WEBDAV)
    assert content_of(there, name, WEBDAV) == way.encode()
    log = (await alice.get(f"jobs/{job['id']}/log")).body["text"]
    assert "Unverified" not in log, "something was sent to whoever answered"
    assert there.leftovers(rse=WEBDAV) == []


async def test_a_password_is_nothing_to_webdav_and_that_is_said_before(
    api: Api, lake: Lake, jp_root_dir: Path
) -> None:
    alice = await signed(api, lake, "userpass")
    name = unique()
    (jp_root_dir / name).write_bytes(b"x")
    found = await plan(alice, name, rse=WEBDAV)
    assert found["place"]["accepts_sign_in"] is False
    (problem,) = found["problems"]
    assert problem["code"] == "sign_in_not_accepted"
    assert "password" in problem["message"]
    assert "certificate" in problem["hint"]


@pytest.mark.parametrize("rse", [RSE, WEBDAV])
async def test_odd_files(api: Api, lake: Lake, jp_root_dir: Path, there: Look, rse: str) -> None:
    alice = await signed(api, lake, "x509_proxy")
    mark = unique("odd")
    folder = jp_root_dir / mark
    folder.mkdir()
    contents = {"empty": b"", "größe? #1 & co.txt": b"unicode", "-f": b"dash", "a:b@c": b"colon"}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    job = await uploaded(alice, mark, rse=rse, use_proposals=True)
    for item in job["items"]:
        made = item["did"].partition(":")[2]
        assert content_of(there, made, rse) == contents[Path(item["path"]).name]


@pytest.mark.parametrize("rse", [RSE, WEBDAV])
async def test_a_large_file_shows_how_far_it_is(
    api: Api, lake: Lake, jp_root_dir: Path, there: Look, rse: str
) -> None:
    alice = await signed(api, lake, "x509_proxy")
    name = unique()
    large(jp_root_dir / name)
    job = await submit(alice, name, rse=rse)
    seen: list[int] = []

    def notes(now: dict[str, Any]) -> bool:
        seen.append(now["bytes_done"])
        return bool(now["bytes_done"] == LARGE_BYTES)

    await until(alice, job, notes)
    assert seen == sorted(seen)
    assert (await ended(alice, job))["state"] == "done"
    there.stored(name, rse=rse).unlink()


@pytest.mark.parametrize("rse", [RSE, WEBDAV])
async def test_cancelling_leaves_nothing(
    api: Api, lake: Lake, jp_root_dir: Path, there: Look, rse: str
) -> None:
    alice = await signed(api, lake, "x509_proxy")
    name = unique()
    large(jp_root_dir / name)
    job = await submit(alice, name, rse=rse)
    await until(alice, job, lambda now: now["bytes_done"] > 0 or growing(lake, rse))
    assert (await alice.delete(f"jobs/{job['id']}")).body["state"] == "cancelled"
    assert there.metadata(name) is None
    assert not there.stored(name, rse=rse).exists()
    # A server needs a moment to notice that nobody sends any more.
    await becomes_true(lambda: not growing(lake, rse))


def growing(lake: Lake, rse: str) -> list[Path]:
    folder = Path(lake.rses[rse]["storage_path"])
    return [*folder.rglob("*.rucio.upload"), *folder.rglob(".davfs.tmp*")]


@pytest.mark.parametrize("rse", [RSE, WEBDAV])
async def test_a_storage_that_is_down(
    api: Api, lake: Lake, jp_root_dir: Path, there: Look, rse: str
) -> None:
    alice = await signed(api, lake, "x509_proxy")
    name = unique()
    (jp_root_dir / name).write_bytes(b"later")
    with lake.storage_down(rse):
        job = await submit(alice, name, rse=rse)
        now = await ended(alice, job)
        assert (now["state"], now["error"]["code"]) == ("failed", "storage_unreachable"), now
        assert there.metadata(name) is None
    assert (await alice.post(f"jobs/{job['id']}/retry", None)).status == 202
    assert (await ended(alice, job))["state"] == "done"
    assert content_of(there, name, rse) == b"later"


@pytest.mark.parametrize("rse", [RSE, WEBDAV])
async def test_a_storage_that_goes_down_in_the_middle(
    api: Api, lake: Lake, jp_root_dir: Path, there: Look, rse: str
) -> None:
    alice = await signed(api, lake, "x509_proxy")
    name = unique()
    large(jp_root_dir / name)
    job = await submit(alice, name, rse=rse)
    await until(alice, job, lambda now: growing(lake, rse))
    with lake.storage_down(rse):
        now = await ended(alice, job, within_s=240)
        assert now["state"] == "failed", now
        assert now["error"]["code"] in ("storage_unreachable", "upload_failed"), now
        assert there.metadata(name) is None
        assert not there.stored(name, rse=rse).exists()
    assert (await alice.post(f"jobs/{job['id']}/retry", None)).status == 202
    assert (await ended(alice, job))["state"] == "done"
    assert there.stored(name, rse=rse).stat().st_size == LARGE_BYTES
    assert there.leftovers(rse=rse) == []
    there.stored(name, rse=rse).unlink()


@pytest.mark.parametrize("rse", [RSE, WEBDAV])
async def test_a_folder_that_may_not_be_written(
    api: Api, lake: Lake, jp_root_dir: Path, there: Look, rse: str
) -> None:
    alice = await signed(api, lake, "x509_proxy")
    name = unique()
    (jp_root_dir / name).write_bytes(b"not here")
    folder = there.stored(name, rse=rse).parent
    # Of root's, as the servers are not.
    folder.mkdir(parents=True)
    folder.chmod(0o555)
    now = await ended(alice, await submit(alice, name, rse=rse))
    assert now["state"] == "failed", now
    assert now["error"]["code"] == "storage_forbidden", now
    assert "<" not in now["error"]["message"]
    assert now["bytes_done"] == 0
    assert there.metadata(name) is None


async def test_scratch_space_of_xrootd(api: Api, lake: Lake, there: Look) -> None:
    alice = await signed(api, lake, "userpass")
    folder = Path(lake.rses[SCRATCH]["mount_path"]) / f"alice_{secrets.token_hex(4)}"
    folder.mkdir()
    name = unique()
    (folder / name).write_bytes(b"by third party")
    job = await submit(alice, str(folder / name))
    now = await ended(alice, job, within_s=120)
    assert now["state"] == "done", now
    assert content_of(there, name, RSE) == b"by third party"
