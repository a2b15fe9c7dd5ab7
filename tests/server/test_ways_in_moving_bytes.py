"""Rucio's own client in a child process, which will move bytes: it is who the session is."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lake.testing import Lake
from rucio_jupyterlab.config.instance import Instance, parse_instance
from rucio_jupyterlab.errors import ConfigurationError, NotAuthenticated, UnusableCredentials
from rucio_jupyterlab.services.client_settings import ClientSettings, ClientSettingsMaker
from rucio_jupyterlab.services.credentials import CredentialStore
from rucio_jupyterlab.services.sessions import Sessions
from rucio_jupyterlab.services.ways_in import WaysIn

FILE = "demo:calibration_constants.csv"

CHILD = """
import json, sys
from pathlib import Path
from rucio.client import Client
from rucio.client.downloadclient import DownloadClient

did, target, signs_in_anew = sys.argv[1:]
if signs_in_anew == "yes":
    # As when the token that it was given is over.
    Path(Client().auth_token_file_path).unlink()
client = Client()
downloads = DownloadClient(client=client)
(file,) = downloads.download_dids([{"did": did, "base_dir": target}])
print(json.dumps({
    "account": client.whoami()["account"], "way": client.auth_type,
    "path": file["dest_file_paths"][0], "site": downloads.client_location["site"],
}))
"""

# Another one for each way in: there is nothing of an earlier one at the storage.
UPLOAD = """
import sys
from rucio.client import Client
from rucio.client.downloadclient import DownloadClient
from rucio.client.uploadclient import UploadClient
from rucio_jupyterlab.jobs.worker.storage_tls import verify_storages

verify_storages()
path, name, target = sys.argv[1:]
item = {"path": path, "rse": "NIKHEF-LOCALGROUPDISK", "did_scope": "user.alice", "did_name": name}
UploadClient(Client()).upload([item | {"register_after_upload": True}])
DownloadClient(Client()).download_dids([{"did": "user.alice:" + name, "base_dir": target}])
"""

PASSWORD_AS_RUCIO_READS_IT = """
from rucio.common.config import config_get
print(config_get("client", "password"))
"""


@dataclass(frozen=True)
class Desk:
    """A user's server, as far as it matters here."""

    lake: Lake
    sessions: Sessions
    folder: Path
    environ: dict[str, str]
    instance: Instance

    def settings(self, instance: Instance) -> Any:
        return ClientSettingsMaker(self.sessions, self.folder, self.environ).settings(instance)

    def left(self) -> list[Path]:
        return list(self.folder.iterdir()) if self.folder.exists() else []


@pytest.fixture
def configured(lake_instance: dict[str, Any], lake: Lake, tmp_path: Path) -> dict[str, Any]:
    token = tmp_path / "token"
    token.write_text(lake.make_token() + "\n")
    return lake_instance | {
        "rucio_base_url": lake.tls["rucio_url"],
        "rucio_auth_url": lake.tls["auth_url"],
        "rucio_ca_cert": lake.tls["ca_file"],
        "oidc_auth": "file",
        "oidc_file_name": str(token),
    }


@pytest.fixture
def desk(
    configured: dict[str, Any],
    lake: Lake,
    tmp_path: Path,
    jp_asyncio_loop: asyncio.AbstractEventLoop,
) -> Iterator[Desk]:
    # What a user's environment may hold, and must not get in the way.
    others = {
        "RUCIO_ACCOUNT": "somebody",
        "RUCIO_AUTH_TYPE": "ssh",
        "X509_CERT_DIR": "/nonexistent",
        "X509_USER_PROXY": "/nonexistent",
        "BEARER_TOKEN": "somebody-elses",
    }
    store = CredentialStore(tmp_path / "credentials", "file")
    sessions = Sessions(store, WaysIn({}))
    environ = {**os.environ, **others, "HOME": str(tmp_path)}
    yield Desk(lake, sessions, tmp_path / "clients", environ, parse_instance(configured))
    jp_asyncio_loop.run_until_complete(sessions.aclose())


def way_of(lake: Lake, name: str) -> tuple[str, dict[str, str]]:
    if name == "oidc":
        return "oidc", {}
    if name == "userpass":
        return "userpass", lake.accounts["alice"]
    identity = lake.tls["identities"][name]
    kind = "x509_proxy" if "proxy" in identity else "x509"
    keys = ("certificate", "key", "passphrase", "proxy")
    return kind, {key: identity[key] for key in keys if key in identity}


async def run_child(
    settings: ClientSettings, target: Path, *, signs_in_anew: bool
) -> dict[str, str]:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", CHILD, FILE, str(target), "yes" if signs_in_anew else "no"],
        env=settings.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.mark.parametrize("name", ["userpass", "x509", "x509_passphrase", "x509_proxy", "oidc"])
async def test_each_way_in_downloads_a_file(desk: Desk, name: str, tmp_path: Path) -> None:
    kind, params = way_of(desk.lake, name)
    await desk.sessions.sign_in(desk.instance, kind, params)
    async with desk.settings(desk.instance) as settings:
        # A provided token is all there is: no child can ask for another one.
        said = await run_child(settings, tmp_path / "out", signs_in_anew=kind != "oidc")
        assert said["account"] == "alice"
        assert said["way"] == kind
        assert Path(said["path"]).read_bytes().startswith(b"channel,gain")
        for path in [settings.home, *settings.home.rglob("*")]:
            mode = 0o700 if path.is_dir() else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == mode, path
    assert desk.left() == []


async def upload_over_webdav(
    settings: ClientSettings, path: Path, name: str, target: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", UPLOAD, str(path), name, str(target)],
        env={**settings.environment, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.mark.parametrize("way", ["x509", "x509_passphrase", "x509_proxy", "oidc"])
async def test_a_webdav_storage_takes_a_file_and_gives_it_back(
    desk: Desk, way: str, tmp_path: Path
) -> None:
    content = secrets.token_bytes(3000)
    (tmp_path / "plot.png").write_bytes(content)
    name = f"plot_{secrets.token_hex(6)}.png"
    kind, params = way_of(desk.lake, way)
    await desk.sessions.sign_in(desk.instance, kind, params)
    async with desk.settings(desk.instance) as settings:
        done = await upload_over_webdav(settings, tmp_path / "plot.png", name, tmp_path / "out")
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "user.alice" / name).read_bytes() == content
    assert desk.left() == []


async def test_who_has_but_a_password_is_let_into_no_webdav_storage(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "plot.png").write_bytes(b"a plot")
    kind, params = way_of(desk.lake, "userpass")
    await desk.sessions.sign_in(desk.instance, kind, params)
    async with desk.settings(desk.instance) as settings:
        done = await upload_over_webdav(settings, tmp_path / "plot.png", "never", tmp_path / "out")
    assert done.returncode != 0
    assert "X509_USER_PROXY is not set" in done.stderr


async def test_a_webdav_storage_of_unknown_authority_is_not_talked_to(
    desk: Desk, lake_instance: dict[str, Any], trusted: Path, tmp_path: Path
) -> None:
    (tmp_path / "plot.png").write_bytes(b"a plot")
    name = f"plot_{secrets.token_hex(6)}.png"
    # Rucio itself is without TLS here, and says nothing of authorities.
    instance = parse_instance(lake_instance)
    kind, params = way_of(desk.lake, "userpass")
    await desk.sessions.sign_in(instance, kind, params)
    proxy = desk.lake.tls["identities"]["x509_proxy"]["proxy"]
    with_proxy = {"X509_USER_PROXY": proxy}
    with_authority = {**with_proxy, "XrdSecGSICADIR": str(trusted)}
    async with desk.settings(instance) as settings:
        what = settings, tmp_path / "plot.png", name, tmp_path / "out"
        refused = await upload_over_webdav(*what, **with_proxy)
        assert refused.returncode != 0
        assert "certificate verify failed" in refused.stderr
        taken = await upload_over_webdav(*what, **with_authority)
        assert taken.returncode == 0, taken.stderr


async def test_no_secret_is_in_the_environment(desk: Desk) -> None:
    kind, params = way_of(desk.lake, "userpass")
    await desk.sessions.sign_in(desk.instance, kind, params)
    token = await (await desk.sessions.client(desk.instance)).token()
    async with desk.settings(desk.instance) as settings:
        environment = json.dumps(dict(settings.environment))
        assert params["password"] not in environment
        assert token.value not in environment
        assert "somebody" not in environment


async def test_the_librarys_client_says_where_it_is(
    desk: Desk, configured: dict[str, Any], tmp_path: Path
) -> None:
    desk.environ["SITE_NAME"] = "ELSEWHERE"
    instance = parse_instance(configured | {"site_name": "JUPYTERHUB"})
    kind, params = way_of(desk.lake, "userpass")
    await desk.sessions.sign_in(instance, kind, params)
    for one, site in ((instance, "JUPYTERHUB"), (desk.instance, "ELSEWHERE")):
        async with desk.settings(one) as settings:
            said = await run_child(settings, tmp_path / site, signs_in_anew=False)
            assert said["site"] == site


async def test_a_password_may_hold_what_means_something_in_a_configuration_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = "100%% of %(home)s; #1 = pä$$"
    kind, params = way_of(desk.lake, "userpass")
    await desk.sessions.sign_in(desk.instance, kind, params)
    authenticator = await desk.sessions.authenticator(desk.instance)
    monkeypatch.setattr(authenticator, "secrets", lambda: ("alice", password))
    async with desk.settings(desk.instance) as settings:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", PASSWORD_AS_RUCIO_READS_IT],
            env=settings.environment,
            capture_output=True,
            check=True,
        )
    assert done.stdout.decode().rstrip("\n") == password


async def test_who_is_not_signed_in_gets_no_settings(desk: Desk, tmp_path: Path) -> None:
    await desk.sessions.sign_out(desk.instance)
    with pytest.raises(NotAuthenticated):
        async with desk.settings(desk.instance):
            pass
    assert desk.left() == []


@pytest.fixture
def ended_process() -> int:
    done = subprocess.Popen(["true"])
    done.wait()
    return done.pid


async def test_what_a_server_that_was_killed_has_left_is_removed(
    desk: Desk, ended_process: int
) -> None:
    left = desk.folder / f"{ended_process}-abc"
    (left / "etc").mkdir(parents=True)
    in_use = desk.folder / f"{os.getppid()}-abc"
    in_use.mkdir()
    kind, params = way_of(desk.lake, "userpass")
    await desk.sessions.sign_in(desk.instance, kind, params)
    async with desk.settings(desk.instance):
        assert not left.exists()
    assert desk.left() == [in_use]


@pytest.fixture
def trusted(lake: Lake, tmp_path: Path) -> Path:
    """The lake's CA as grid tools want it: in a folder, named by its hash."""
    folder = tmp_path / "certificates"
    folder.mkdir()
    shutil.copy(lake.tls["ca_file"], folder / "ca.pem")
    subprocess.run(["openssl", "rehash", folder], check=True)
    return folder


@pytest.mark.parametrize("name", ["x509", "x509_passphrase"])
async def test_where_voms_is_wanted_a_proxy_is_made_and_used(
    desk: Desk, configured: dict[str, Any], trusted: Path, tmp_path: Path, name: str
) -> None:
    voms = {"voms_enabled": True, "voms_certdir_path": str(trusted)}
    instance = parse_instance(configured | voms)
    kind, params = way_of(desk.lake, name)
    await desk.sessions.sign_in(instance, kind, params)
    async with desk.settings(instance) as settings:
        proxy = Path(settings.environment["X509_USER_PROXY"])
        assert proxy.parent == settings.home
        said = await run_child(settings, tmp_path / "out", signs_in_anew=True)
        assert (said["account"], said["way"]) == ("alice", "x509_proxy")
    assert desk.left() == []


async def test_why_there_is_no_voms_proxy_is_said(
    desk: Desk, configured: dict[str, Any], tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    voms = {"voms_enabled": True, "voms_certdir_path": str(empty)}
    instance = parse_instance(configured | voms)
    kind, params = way_of(desk.lake, "x509_passphrase")
    await desk.sessions.sign_in(instance, kind, params)
    with pytest.raises(UnusableCredentials) as failed:
        async with desk.settings(instance):
            pass
    assert failed.value.code == "voms_failed"
    assert params["passphrase"] not in str(failed.value.to_dict())

    desk.environ["PATH"] = str(empty)
    with pytest.raises(ConfigurationError) as missing:
        async with desk.settings(instance):
            pass
    assert missing.value.code == "voms_missing"
    assert "voms-proxy-init" in missing.value.message
    assert desk.left() == []
