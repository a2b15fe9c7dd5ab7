"""Where users may bring files of their own, and the WebDAV storage that asks who they are."""

from __future__ import annotations

import secrets
import ssl
import tempfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import Ask, SignIn
from lake_user import RucioUser, becomes_true

from lake.errors import LakeError
from lake.testing import Lake, running_lake

WEBDAV = "NIKHEF-LOCALGROUPDISK"
CONTENT = b"a plot"


def register(user: RucioUser, rse: str) -> httpx.Response:
    """What an upload does last."""
    file = {
        "scope": "user.alice",
        "name": f"plot_{secrets.token_hex(6)}.png",
        "bytes": len(CONTENT),
        "adler32": f"{zlib.adler32(CONTENT):08x}",
    }
    return user.request("POST", "/replicas", {"rse": rse, "files": [file]})


@pytest.mark.parametrize("rse", ["LUND-USERDISK", "NIKHEF-LOCALGROUPDISK"])
def test_alice_registers_a_file_of_her_own(lake: Lake, sign_in: SignIn, rse: str) -> None:
    answer = register(sign_in(lake, "alice"), rse)
    assert answer.status_code == 201, answer.text


def test_four_users_register_files_at_the_same_time(lake: Lake, sign_in: SignIn) -> None:
    users = [sign_in(lake, "alice") for _ in range(4)]

    def register_ten(user: RucioUser) -> list[httpx.Response]:
        return [register(user, "LUND-USERDISK") for _ in range(10)]

    with ThreadPoolExecutor(len(users)) as pool:
        answers = [answer for each in pool.map(register_ten, users) for answer in each]
    assert {answer.status_code for answer in answers} == {201}


def test_elsewhere_only_rules_bring_data(lake: Lake, sign_in: SignIn) -> None:
    answer = register(sign_in(lake, "alice"), "DESY-DISK")
    assert answer.status_code == 401, answer.text
    assert answer.json()["ExceptionClass"] == "AccessDenied"


@contextmanager
def storage_seen_by(lake: Lake, who: str | None) -> Iterator[httpx.Client]:
    """`who` is one of the lake's identities, or ``token``; None shows nothing."""
    context = ssl.create_default_context(cafile=lake.tls["ca_file"])
    headers = {}
    if who == "token":
        headers["Authorization"] = f"Bearer {lake.make_token()}"
    elif who is not None:
        identity = lake.tls["identities"][who]
        context.load_cert_chain(
            identity.get("proxy") or identity["certificate"], identity.get("key")
        )
    about = lake.rses[WEBDAV]
    with httpx.Client(
        base_url=f"{about['scheme']}://{about['hostname']}:{about['port']}{about['prefix']}",
        verify=context,
        headers=headers,
        trust_env=False,
        timeout=30,
    ) as client:
        yield client


@pytest.mark.parametrize("who", ["x509", "x509_proxy", "token"])
def test_webdav_takes_renames_gives_and_deletes_a_file(lake: Lake, who: str) -> None:
    folder = f"user/alice/{secrets.token_hex(4)}/ab"
    with storage_seen_by(lake, who) as storage:
        assert storage.head("").status_code == 200
        # The folders above it are made, as grid storages do.
        assert storage.put(f"{folder}/plot.part", content=CONTENT).status_code == 201
        target = {"Destination": str(storage.base_url.join(f"{folder}/plot.png"))}
        moved = storage.request("MOVE", f"{folder}/plot.part", headers=target)
        assert moved.status_code == 201
        assert storage.get(f"{folder}/plot.png").content == CONTENT
        stored = Path(lake.rses[WEBDAV]["storage_path"]) / folder
        assert [path.name for path in stored.iterdir()] == ["plot.png"]
        assert storage.delete(f"{folder}/plot.png").status_code == 204
        assert list(stored.iterdir()) == []


def test_webdav_says_that_a_folder_may_not_be_written(lake: Lake) -> None:
    folder = f"user/alice/{secrets.token_hex(4)}"
    closed = Path(lake.rses[WEBDAV]["storage_path"]) / folder
    closed.mkdir(parents=True)
    closed.chmod(0o555)
    with storage_seen_by(lake, "x509_proxy") as storage:
        assert storage.put(f"{folder}/plot.png", content=CONTENT).status_code == 403
    assert list(closed.iterdir()) == []


@pytest.mark.parametrize("who", [None, "x509_unknown"])
def test_webdav_refuses_whoever_is_not_alice(lake: Lake, who: str | None) -> None:
    path = f"user/alice/{secrets.token_hex(4)}"
    with storage_seen_by(lake, who) as storage:
        assert storage.head("").status_code == 401
        assert storage.put(f"{path}/plot.png", content=CONTENT).status_code == 401
    assert not (Path(lake.rses[WEBDAV]["storage_path"]) / path).exists()


@pytest.mark.parametrize("who", ["x509_foreign", "x509_expired", "x509_proxy_expired"])
def test_webdav_does_not_talk_to_a_certificate_that_is_no_good(lake: Lake, who: str) -> None:
    with storage_seen_by(lake, who) as storage, pytest.raises(httpx.TransportError):
        storage.head("")


@pytest.mark.parametrize(
    "token",
    [
        {"lifetime_s": -10},
        {"signed_by": "stranger"},
        {"audience": "another-service"},
        {"subject": "the-mad-hatter"},
    ],
)
def test_webdav_refuses_a_token_that_is_no_good(lake: Lake, token: dict[str, Any]) -> None:
    with storage_seen_by(lake, None) as storage:
        answer = storage.head("", headers={"Authorization": f"Bearer {lake.make_token(**token)}"})
        assert answer.status_code == 401


def test_a_rule_brings_data_to_webdav_and_its_end_takes_them_away(
    lake: Lake, sign_in: SignIn, ask: Ask
) -> None:
    alice, did = sign_in(lake, "alice"), lake.examples["small_dataset"]
    rule = alice.rule_in_state(ask(lake, did, WEBDAV), "OK")
    with storage_seen_by(lake, "x509_proxy") as storage:
        pfns = [replica["rses"][WEBDAV][0] for replica in alice.replicas(did)]
        sizes = [len(storage.get(pfn).content) for pfn in pfns]
        assert sizes == [replica["bytes"] for replica in alice.replicas(did)]
        sign_in(lake, "root").end_rule(rule["id"])
        for pfn in pfns:
            assert becomes_true(lambda pfn=pfn: storage.head(pfn).status_code == 404)


def test_webdav_is_down_for_a_while(lake: Lake) -> None:
    with storage_seen_by(lake, "x509_proxy") as storage:
        with lake.storage_down(WEBDAV), pytest.raises(httpx.ConnectError):
            storage.head("")
        assert storage.head("").status_code == 200


def test_a_plain_folder_cannot_be_down(lake: Lake) -> None:
    with pytest.raises(LakeError, match="is a folder"), lake.storage_down("LUND-USERDISK"):
        pass


@pytest.fixture
def reachable_folder() -> Iterator[Path]:
    """For everybody, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="lake-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_webdav_is_out_of_service_while_its_lake_has_no_tls(
    reachable_folder: Path, sign_in: SignIn
) -> None:
    for tls in (True, False, True):
        with running_lake(reachable_folder, seed=False, tls=tls) as lake:
            assert (WEBDAV in lake.rses) is tls
            (row,) = sign_in(lake, "alice").rows(f"/rses/{WEBDAV}")
            assert row["availability_write"] is tls
            assert bool(row["protocols"]) is tls
