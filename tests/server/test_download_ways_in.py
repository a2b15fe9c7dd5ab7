"""Downloads with each way of signing in, from storages that ask who one is and from one that does
not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake
from rucio_jupyterlab.jobs import process

from .conftest import Api, at
from .downloading import (
    FAR,
    in_download_mode,
    is_under_way,
    server_config,
    slow_file,
    start,
    workers,
)
from .jobs import ended, until

CERTIFIED = ("x509", "x509_passphrase", "x509_proxy", "oidc")


@pytest.fixture
def token_file(lake: Lake, tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text(lake.make_token() + "\n")
    return file


@pytest.fixture
def jp_server_config(
    lake_instance: dict[str, Any], lake: Lake, token_file: Path, tmp_path: Path
) -> dict[str, Any]:
    instance = in_download_mode(
        lake_instance, lake, oidc_auth="file", oidc_file_name=str(token_file)
    )
    return server_config(instance, tmp_path / "rucio")


async def sign_in(api: Api, lake: Lake, way: str) -> None:
    params: dict[str, str] = {}
    kind = way
    if way == "userpass":
        params = lake.accounts["alice"]
    elif way != "oidc":
        known = lake.tls["identities"][way]
        keys = ("certificate", "key", "passphrase", "proxy")
        params = {key: known[key] for key in keys if key in known}
        kind = "x509_proxy" if "proxy" in known else "x509"
    answer = await api.put(at("credentials"), {"type": kind, "params": params})
    assert answer.status == 200, answer.body


@pytest.mark.parametrize("way", CERTIFIED)
async def test_who_has_a_certificate_or_a_token_reads_all_storages(
    api: Api, lake: Lake, data: LakeData, way: str
) -> None:
    await sign_in(api, lake, way)
    dataset = data.collection("dataset", [*data.files(1), *data.files(1, rse=FAR)])
    done = await ended(api, (await start(api, dataset))["id"])
    assert [item["error"] for item in done["items"]] == [None, None]
    assert done["state"] == "done"
    assert {item["message"] for item in done["items"]} == {"From CNAF-DISK.", f"From {FAR}."}


async def test_who_has_but_a_password_is_told_which_storage_wants_more(
    api: Api, lake: Lake, data: LakeData
) -> None:
    await sign_in(api, lake, "userpass")
    (open_,), (closed,) = data.files(1), data.files(1, rse=FAR)
    failed = await ended(api, (await start(api, data.collection("dataset", [open_, closed])))["id"])
    assert (failed["state"], failed["files_done"], failed["files_failed"]) == ("failed", 1, 1)
    refused, done = failed["items"]
    assert (refused["did"], refused["error"]["code"]) == (closed, "storage_forbidden")
    assert FAR in refused["error"]["message"]
    assert "certificate" in refused["error"]["hint"]
    assert done["state"] == "done"

    # Signed in otherwise, a retry brings the rest.
    await sign_in(api, lake, "x509")
    await api.post(f"jobs/{failed['id']}/retry", {})
    assert (await ended(api, failed["id"]))["state"] == "done"


async def test_a_token_that_is_replaced_reaches_a_download_that_runs(
    api: Api,
    lake: Lake,
    data: LakeData,
    token_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process, "REFRESH_INTERVAL_S", 0.2)
    await sign_in(api, lake, "oidc")
    first = token_file.read_text().strip()
    job = await start(api, slow_file(data))
    await until(api, job["id"], is_under_way)
    (worker,) = workers()
    given = Path(worker.environ()["RUCIO_HOME"]) / "token"
    assert given.read_text() == first
    # As a hub does it: another one in its place.
    fresh = lake.make_token(lifetime_s=7200)
    assert fresh != first
    token_file.write_text(fresh)
    await until(api, job["id"], lambda _: given.read_text() != first)
    assert given.read_text() == fresh
    assert (await ended(api, job["id"]))["state"] == "done"
