"""Files that are on no disk of this machine: by XRootD and by HTTPS from where they are."""

from __future__ import annotations

import asyncio
import pickle
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas
import pytest
import uproot
import yarl
from lakedata import LakeData

from lake.testing import Lake
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.filesystem import RucioFileSystem, places
from rucio_jupyterlab.filesystem.failures import MissingPackage, NotReadable
from rucio_jupyterlab.filesystem.places import place
from rucio_jupyterlab.filesystem.web import Visitor
from rucio_jupyterlab.services.reading import Whereabouts

from .afar import again
from .conftest import in_home, sign_in, without_mount

NIKHEF = "NIKHEF-LOCALGROUPDISK"
CONTENT = bytes(range(256)) * 100
IDENTITIES = ("x509", "x509_passphrase", "x509_proxy")


@pytest.fixture(scope="module")
def _grid(
    lake: Lake, lake_instance: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """An instance for each way in, over TLS."""
    home = tmp_path_factory.mktemp("grid")
    token = home / "token"
    token.write_text(lake.make_token())
    over_tls = {
        "rucio_base_url": lake.tls["rucio_url"],
        "rucio_auth_url": lake.tls["auth_url"],
        "rucio_ca_cert": lake.tls["ca_file"],
        "oidc_auth": "file",
        "oidc_file_name": str(token),
    }
    names = (*IDENTITIES, "oidc", "userpass")
    with in_home(home, *(without_mount(lake_instance, **over_tls, name=name) for name in names)):
        for name in IDENTITIES:
            known = lake.tls["identities"][name]
            kinds = ("certificate", "key", "passphrase", "proxy")
            params = {key: known[key] for key in kinds if key in known}
            sign_in(name, "x509_proxy" if "proxy" in known else "x509", params)
        sign_in("oidc", "oidc", {})
        sign_in("userpass", "userpass", lake.accounts["alice"])
        yield


@pytest.fixture(scope="module")
def at_nikhef(data: LakeData) -> str:
    return data.holding(CONTENT, rse=NIKHEF)


@pytest.mark.usefixtures("_grid")
@pytest.mark.parametrize("way", [*IDENTITIES, "oidc"])
def test_a_storage_is_read_over_https(at_nikhef: str, lake: Lake, way: str) -> None:
    fs = RucioFileSystem(way)
    assert fs.cat(at_nikhef) == CONTENT
    assert fs.cat_file(at_nikhef, -5) == CONTENT[-5:]
    assert fs.cat_ranges([at_nikhef] * 2, [0, 1000], [3, 1004]) == [CONTENT[:3], CONTENT[1000:1004]]
    with fs.open(at_nikhef, block_size=1000) as opened:
        opened.seek(20_000)
        assert opened.read(10) == CONTENT[20_000:20_010]
        assert again(opened).read() == CONTENT[20_010:]


@pytest.mark.usefixtures("_grid")
def test_what_is_pickled_holds_no_token(at_nikhef: str, lake: Lake) -> None:
    fs = RucioFileSystem("oidc")
    fs.head(at_nikhef)
    found = fs._place(at_nikhef)
    shown = f"{found!r} {found.fs.storage_options} {pickle.dumps(found.fs)!r} {found.fs.__dict__}"
    assert "oidc" in shown
    assert "Bearer" not in shown
    assert "eyJ" not in shown


@pytest.mark.usefixtures("_grid")
@pytest.mark.parametrize(
    ("address", "is_shown"),
    [
        ("https://storage.example.org:1094/a", True),
        ("https://elsewhere.example.org:1094/a", False),
        ("https://storage.example.org/a", False),
        ("http://storage.example.org:1094/a", False),
    ],
)
def test_a_token_goes_to_the_storage_and_not_where_that_one_sends_to(
    address: str, is_shown: bool
) -> None:
    headers: dict[str, str] = {}
    request = SimpleNamespace(url=yarl.URL(address), headers=headers)

    async def send(_: object) -> str:
        return "sent"

    visitor = Visitor("oidc", "storage.example.org:1094")
    assert asyncio.run(visitor._with_token(request, send)) == "sent"
    assert ("Authorization" in headers) is is_shown


@pytest.mark.usefixtures("_grid")
def test_a_storage_that_asks_for_more_than_a_password_says_so(at_nikhef: str) -> None:
    with pytest.raises(NotReadable, match="make_available"):
        RucioFileSystem("userpass").open(at_nikhef)


@pytest.mark.usefixtures("_grid")
@pytest.mark.parametrize("name", ["a+b", "a b", "a#b", "a?b", "a&b", "ü", "a%b"])
def test_names_that_mean_something_in_addresses_are_read_over_https(lake: Lake, name: str) -> None:
    """Rucio's schema lets nobody register them here; a site with another one has them."""
    site = lake.rses[NIKHEF]
    Path(site["storage_path"], name).write_bytes(CONTENT)
    pfn = f"davs://{site['hostname']}:{site['port']}{site['prefix']}{name}"
    found = place(Did("demo", name), len(CONTENT), Whereabouts(None, (pfn,)), "x509_proxy")
    assert found.fs.cat_file(found.path) == CONTENT


@pytest.mark.usefixtures("_grid")
def test_a_storage_that_keeps_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of the lake's takes a connection and says nothing."""
    monkeypatch.setattr(places, "ANSWER_LIMIT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        pfn = f"http://127.0.0.1:{silent.getsockname()[1]}/a"
        with pytest.raises(NotReadable, match="does not answer"):
            place(Did("demo", "a"), 10, Whereabouts(None, (pfn,)), "userpass")


@pytest.mark.parametrize("package", ["aiohttp", "fsspec_xrootd"])
def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Packages cannot be taken away while others use them."""
    for name in (package, "fsspec.implementations.http", "rucio_jupyterlab.filesystem.web"):
        monkeypatch.setitem(sys.modules, name, None)
    scheme = "root" if package == "fsspec_xrootd" else "davs"
    where = Whereabouts(None, (f"{scheme}://storage.example.org:1094//a/b",), ("SITE",))
    with pytest.raises(MissingPackage, match=rf"pip install .*{package.replace('_', '-')}"):
        place(Did("demo", "a"), 10, where, "lake")


@pytest.fixture(scope="module")
def far(
    xrootd_lake: Lake, lake_instance: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RucioFileSystem]:
    """The lake of XRootD, with its mount."""
    instance = on_xrootd(lake_instance, xrootd_lake)
    with in_home(tmp_path_factory.mktemp("xrootd"), instance):
        sign_in("lake", "userpass", xrootd_lake.accounts["alice"])
        yield RucioFileSystem()


@pytest.fixture(scope="module")
def xrootd_data(xrootd_lake: Lake) -> Iterator[LakeData]:
    data = LakeData(xrootd_lake)
    yield data
    data.close()


def on_xrootd(instance: Mapping[str, Any], lake: Lake, **more: Any) -> dict[str, Any]:
    return {
        **instance,
        "rucio_base_url": lake.rucio_url,
        "rucio_auth_url": lake.connection["auth_url"],
        "rse_mount_path": lake.rses["EULAKE-1"]["mount_path"],
        **more,
    }


@pytest.mark.xrootd
def test_a_storage_is_read_over_xrootd(far: RucioFileSystem, xrootd_data: LakeData) -> None:
    did = xrootd_data.holding(CONTENT)
    assert far.cat(did) == CONTENT
    assert far.cat_file(did, -5) == CONTENT[-5:]
    assert far.cat_ranges([did] * 2, [0, 1000], [3, 1004]) == [CONTENT[:3], CONTENT[1000:1004]]
    with far.open(did, block_size=1000) as opened:
        opened.seek(20_000)
        assert opened.read(10) == CONTENT[20_000:20_010]
        assert again(opened).read() == CONTENT[20_010:]


@pytest.mark.xrootd
def test_the_mount_is_read_where_it_has_the_file(far: RucioFileSystem, xrootd_lake: Lake) -> None:
    with far.open(xrootd_lake.examples["file_at_destination"]) as opened:
        assert Path(opened.name).is_relative_to(xrootd_lake.rses["EULAKE-1"]["mount_path"])
        assert opened.read().startswith(b"channel,gain")


@pytest.mark.xrootd
def test_libraries_read_over_xrootd(far: RucioFileSystem, xrootd_lake: Lake) -> None:
    with uproot.open(f"rucio://{xrootd_lake.examples['dimuon_file']}:events") as events:
        assert len(events["pt1"].array()) == events.num_entries > 0
    with uproot.open(f"rucio://{xrootd_lake.examples['difficult'][0]}") as file:
        assert len(file.keys()) > 0
    table = pandas.read_parquet(f"rucio://{xrootd_lake.examples['parquet']}")
    assert len(table) > 0


@pytest.mark.xrootd
def test_difficult_names_are_read_over_xrootd(far: RucioFileSystem, xrootd_lake: Lake) -> None:
    names = set(xrootd_lake.examples["difficult"]) - {*xrootd_lake.examples["not_for_xrootd"]}
    for did in names:
        assert len(far.cat(f"rucio://{did}")) == far.size(did)


@pytest.mark.xrootd
def test_a_copy_that_is_not_whole_is_not_read(
    far: RucioFileSystem, xrootd_lake: Lake, xrootd_data: LakeData
) -> None:
    did = xrootd_data.holding(CONTENT)
    where = far._place(did)
    stored = next(Path(xrootd_lake.rses["CNAF-DISK"]["storage_path"]).rglob(Path(where.path).name))
    stored.write_bytes(CONTENT[:100])
    far.invalidate_cache()
    with pytest.raises(NotReadable, match=f"100 bytes, and Rucio says {len(CONTENT)}"):
        far.open(did)


@pytest.mark.xrootd
def test_a_file_that_its_storage_has_lost_says_so(far: RucioFileSystem, xrootd_lake: Lake) -> None:
    with pytest.raises(NotReadable, match=r"root://.*no such file.*make_available"):
        far.open(xrootd_lake.examples["broken_file"])


@pytest.mark.xrootd
def test_the_cache_before_the_storages_is_read_where_rucio_names_it(
    lake_instance: dict[str, Any],
    xrootd_lake: Lake,
    xrootd_data: LakeData,
    tmp_path: Path,
) -> None:
    did = xrootd_data.holding(CONTENT)
    site = xrootd_lake.xcache["client_site"]
    with in_home(tmp_path, on_xrootd(lake_instance, xrootd_lake, site_name=site)):
        sign_in("lake", "userpass", xrootd_lake.accounts["alice"])
        fs = RucioFileSystem()
        assert fs.cat(did) == CONTENT
        assert xrootd_lake.xcache["address"] in str(fs._place(did).fs.storage_options)


@pytest.mark.xrootd
def test_another_storage_is_read_when_the_first_is_down(
    far: RucioFileSystem,
    xrootd_lake: Lake,
    xrootd_data: LakeData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places, "XROOTD_LIMIT_S", 1)
    did = xrootd_data.holding(CONTENT)
    with xrootd_lake.storage_down("CNAF-DISK"):
        with pytest.raises(NotReadable, match=r"root://127\.0\.0\.1"):
            far.open(did)
        xrootd_data.at_another(did, CONTENT, rse="DESY-DISK")
        assert far.cat(did) == CONTENT
