"""Reads through the cache: Rucio sends there who says to be at its site, and nothing is written."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import SignIn
from lake_user import RucioUser, adler32

from lake import xcache
from lake.errors import LakeError
from lake.testing import Lake

pytestmark = pytest.mark.xrootd

SOURCE = "CNAF-DISK"
MANUAL = Path(__file__).parents[2] / "docs" / "operators" / "xcache.md"

# Who waits for a storage that is down would wait for a minute.
IMPATIENT = {
    "XRD_CONNECTIONRETRY": "1",
    "XRD_CONNECTIONWINDOW": "2",
    "XRD_STREAMTIMEOUT": "5",
    "XRD_TIMEOUTRESOLUTION": "1",
}

DOWNLOAD = """
import sys
from rucio.client import Client
from rucio.client.downloadclient import DownloadClient

did, target = sys.argv[1:]
(file,) = DownloadClient(Client()).download_dids([{"did": did, "base_dir": target}])
print(file["sources"][0]["pfn"])
"""


def replica_for(user: RucioUser, did: str, site: str | None) -> dict[str, Any]:
    """The file as Rucio describes it to somebody at `site`."""
    scope, _, name = did.partition(":")
    question: dict[str, Any] = {"dids": [{"scope": scope, "name": name}], "rse_expression": SOURCE}
    if site is not None:
        question["client_location"] = {"site": site}
    (row,) = user.rows("/replicas/list", question)
    return row


def pfn_for(user: RucioUser, did: str, site: str | None) -> str:
    (pfn,) = replica_for(user, did, site)["pfns"]
    return str(pfn)


def copied(source: str, target: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["xrdcp", "--nopbar", "--force", source, str(target)],
        env={"PATH": "/usr/bin:/bin", **IMPATIENT},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def files(xrootd_lake: Lake, sign_in: SignIn) -> list[str]:
    """Two at the source that nobody has read yet."""
    alice = sign_in(xrootd_lake, "alice")
    return alice.content(xrootd_lake.examples["dimuon_dataset"])[:2]


def test_rucio_sends_the_users_of_one_site_through_the_cache(
    xrootd_lake: Lake, sign_in: SignIn, files: list[str]
) -> None:
    alice, cache = sign_in(xrootd_lake, "alice"), xrootd_lake.xcache
    direct = pfn_for(alice, files[0], None)
    assert pfn_for(alice, files[0], cache["client_site"]) == f"root://{cache['address']}//{direct}"
    assert pfn_for(alice, files[0], "SOMEWHERE-ELSE") == direct
    # Who is where the data are reads them there.
    assert pfn_for(alice, files[0], "CNAF") == direct


def test_what_was_read_once_is_read_while_its_storage_is_down(
    xrootd_lake: Lake, sign_in: SignIn, files: list[str], tmp_path: Path
) -> None:
    alice, cache = sign_in(xrootd_lake, "alice"), xrootd_lake.xcache
    read, never_read = (replica_for(alice, did, cache["client_site"]) for did in files)
    through_cache = next(iter(read["pfns"]))
    assert copied(through_cache, tmp_path / "first").returncode == 0

    with xrootd_lake.storage_down(SOURCE):
        assert copied(pfn_for(alice, files[0], None), tmp_path / "direct").returncode != 0
        assert copied(next(iter(never_read["pfns"])), tmp_path / "other").returncode != 0
        again = copied(through_cache, tmp_path / "again")
        assert again.returncode == 0, again.stderr
    assert adler32(tmp_path / "first") == adler32(tmp_path / "again") == read["adler32"]

    # The storage is back, at the same address.
    assert copied(pfn_for(alice, files[0], None), tmp_path / "direct").returncode == 0


def test_rucios_own_client_downloads_through_it(
    xrootd_lake: Lake, files: list[str], home: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DOWNLOAD, files[0], str(tmp_path)],
        env={
            "PATH": "/usr/bin:/bin",
            "RUCIO_HOME": str(home),
            "SITE_NAME": xrootd_lake.xcache["client_site"],
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith(f"root://{xrootd_lake.xcache['address']}//root:")


def test_nobody_writes_through_it(
    xrootd_lake: Lake, sign_in: SignIn, files: list[str], tmp_path: Path
) -> None:
    pfn = pfn_for(sign_in(xrootd_lake, "alice"), files[0], xrootd_lake.xcache["client_site"])
    (tmp_path / "mine").write_text("mine")
    refused = copied(str(tmp_path / "mine"), f"{pfn}.mine")
    assert (refused.returncode != 0, "permission denied" in refused.stderr) == (True, True)


def test_it_does_not_read_from_just_anywhere(xrootd_lake: Lake, tmp_path: Path) -> None:
    source = xrootd_lake.rses[SOURCE]
    elsewhere = f"root://{source['hostname']}:{source['port']}//etc/passwd"
    for origin in (elsewhere, "root://127.0.0.1:1//pnfs/example.org/data"):
        refused = copied(f"root://{xrootd_lake.xcache['address']}//{origin}", tmp_path / "x")
        assert (refused.returncode != 0, "permission denied" in refused.stderr) == (True, True)


def test_a_lake_of_plain_folders_has_no_cache(lake: Lake) -> None:
    with pytest.raises(LakeError, match="--storage xrootd"):
        _ = lake.xcache


@pytest.fixture
def home(xrootd_lake: Lake, tmp_path: Path) -> Path:
    """Where root's ``rucio.cfg`` is."""
    who = xrootd_lake.accounts["root"]
    options = {
        "rucio_host": xrootd_lake.rucio_url,
        "auth_host": xrootd_lake.rucio_url,
        "auth_type": "userpass",
        "username": who["username"],
        "password": who["password"],
        "account": who["account"],
        "auth_token_file_path": str(tmp_path / "token"),
    }
    file = tmp_path / "rucio" / "etc" / "rucio.cfg"
    file.parent.mkdir(parents=True)
    lines = [f"{key} = {value}" for key, value in options.items()]
    file.write_text("\n".join(["[client]", *lines, ""]))
    return tmp_path / "rucio"


class TestTheManual:
    def block(self, language: str) -> str:
        text = MANUAL.read_text("utf-8")
        found = re.search(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        assert found is not None, f"{MANUAL.name} shows no {language}"
        return found.group(1)

    def test_its_configuration_is_the_one_that_runs_here(self) -> None:
        def directives(text: str) -> dict[str, str]:
            lines = [line for line in text.splitlines() if line and not line.startswith("#")]
            return {name: value for name, _, value in (line.partition(" ") for line in lines)}

        here, shown = directives(xcache.CONFIGURATION), directives(self.block("cfg"))
        # The lake lets in this machine alone, and has folders of its own.
        of_the_lake = {"xrd.allow", "all.adminpath", "all.pidpath"}
        assert set(shown) == set(here) - of_the_lake
        of_the_site = {"xrd.port", "oss.localroot", "pfc.ram", "pfc.diskusage", "acc.authdb"}
        for directive in set(shown) - of_the_site:
            assert shown[directive].split() == here[directive].split()

    @pytest.fixture
    def site(self, xrootd_lake: Lake, sign_in: SignIn) -> Iterator[str]:
        yield "EXAMPLE-SITE"
        root = sign_in(xrootd_lake, "root")
        root.request("DELETE", "/config/root-proxy-internal/EXAMPLE-SITE").raise_for_status()

    def test_its_command_sends_a_site_through_a_cache(
        self, xrootd_lake: Lake, sign_in: SignIn, files: list[str], home: Path, site: str
    ) -> None:
        (command,) = self.block("console").splitlines()
        words = command.removeprefix("$ ").split()
        assert site in words
        done = subprocess.run(
            [str(Path(sys.executable).parent / words[0]), *words[1:]],
            env={"PATH": "/usr/bin:/bin", "RUCIO_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        pfn = pfn_for(sign_in(xrootd_lake, "alice"), files[0], site)
        assert pfn.startswith(f"root://{words[-1]}//root://")
