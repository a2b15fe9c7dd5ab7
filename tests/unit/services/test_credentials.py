"""What is kept for a user, on disk and in the system's keyring."""

from __future__ import annotations

import asyncio
import json
import logging
import stat
import threading
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend

from rucio_jupyterlab.errors import ConfigurationError
from rucio_jupyterlab.services.credentials import (
    CredentialStore,
    StoredCredentials,
    StorePolicy,
)
from rucio_jupyterlab.services.keyrings import SERVICE, SystemKeyring, usable_backend

PASSWORD = "w0nderland&secret"
ALICE = StoredCredentials("userpass", {"username": "alice", "password": PASSWORD})
WITH_PASSPHRASE = StoredCredentials("x509", {"certificate": "/c.pem", "passphrase": PASSWORD})


class FileKeyring(KeyringBackend):
    """A keyring that keeps what it is given in a file."""

    priority = 1

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def kept(self) -> dict[str, str]:
        kept: dict[str, str] = json.loads(self.path.read_text()) if self.path.exists() else {}
        return kept

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept().get(f"{service}:{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self.path.write_text(json.dumps(self.kept() | {f"{service}:{username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        kept = self.kept()
        del kept[f"{service}:{username}"]
        self.path.write_text(json.dumps(kept))


class BrokenKeyring(FileKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise OSError(f"no bus for {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError(f"cannot keep {password}")


class HangingKeyring(FileKeyring):
    """It waits for somebody to unlock it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.unlocked = threading.Event()
        self.calls = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.unlocked.wait()
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.calls += 1
        self.unlocked.wait()


def store_with(
    tmp_path: Path, backend: KeyringBackend | None, policy: StorePolicy = "auto"
) -> CredentialStore:
    return CredentialStore(
        tmp_path / "credentials", policy, SystemKeyring(lambda: backend, call_limit_s=0.2)
    )


def files_of(tmp_path: Path) -> str:
    return "".join(path.read_text() for path in (tmp_path / "credentials").glob("*"))


@pytest.fixture
def wallet(tmp_path: Path) -> FileKeyring:
    return FileKeyring(tmp_path / "keyring.json")


def keep(store: CredentialStore, credentials: StoredCredentials) -> str | None:
    return asyncio.run(store.save("lake", credentials))


def kept(store: CredentialStore) -> dict[str, Any] | None:
    found = asyncio.run(store.load("lake"))
    return dict(found.params) if found else None


def test_who_signs_out_is_told_when_the_credentials_could_not_be_removed(tmp_path: Path) -> None:
    # Root may remove any file, but not a folder that stands in its place.
    (tmp_path / "escape.json").mkdir()
    with pytest.raises(ConfigurationError) as refused:
        asyncio.run(CredentialStore(tmp_path).delete("escape"))
    assert refused.value.code == "credentials_not_removed"
    assert str(tmp_path) in (refused.value.hint or "")


@pytest.mark.parametrize("credentials", [ALICE, WITH_PASSPHRASE])
def test_where_there_is_a_keyring_secrets_are_there_and_in_no_file(
    tmp_path: Path, wallet: FileKeyring, credentials: StoredCredentials
) -> None:
    store = store_with(tmp_path, wallet)
    assert keep(store, credentials) == "keyring"
    assert PASSWORD not in files_of(tmp_path)
    assert PASSWORD in wallet.path.read_text()
    # A restart leaves the folder and the keyring.
    assert kept(store_with(tmp_path, wallet)) == credentials.params

    asyncio.run(store.delete("lake"))
    assert wallet.kept() == {}
    assert kept(store) is None


def test_what_holds_no_secret_needs_no_keyring(tmp_path: Path, wallet: FileKeyring) -> None:
    proxy = StoredCredentials("x509_proxy", {"proxy": "/home/alice/proxy.pem"})
    for policy in ("auto", "keyring"):
        assert keep(store_with(tmp_path, wallet, policy), proxy) == "file"
    assert wallet.kept() == {}


@pytest.mark.parametrize("kind", [None, BrokenKeyring, HangingKeyring])
def test_without_a_keyring_that_works_secrets_are_in_a_file_of_the_user_alone(
    tmp_path: Path, kind: type[FileKeyring] | None
) -> None:
    backend = kind(tmp_path / "keyring.json") if kind else None
    store = store_with(tmp_path, backend)
    assert keep(store, ALICE) == "file"
    (path,) = (tmp_path / "credentials").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept(store) == ALICE.params


def test_a_keyring_that_hangs_is_waited_for_once(tmp_path: Path) -> None:
    backend = HangingKeyring(tmp_path / "keyring.json")
    store = store_with(tmp_path, backend)
    for _ in range(3):
        assert keep(store, ALICE) == "file"
    assert backend.calls == 1
    backend.unlocked.set()


def test_a_keyring_that_fails_does_not_tell_the_log_what_it_was_given(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A Jupyter server that has run before in this process keeps the lines to itself.
    monkeypatch.setattr(logging.getLogger("rucio_jupyterlab"), "propagate", True)
    caplog.set_level("DEBUG", logger="rucio_jupyterlab")
    keep(store_with(tmp_path, BrokenKeyring(tmp_path / "keyring.json")), ALICE)
    assert "The keyring failed: OSError" in caplog.text
    assert PASSWORD not in caplog.text


def test_a_keyring_that_is_gone_does_not_keep_anybody_from_signing_in_again(
    tmp_path: Path, wallet: FileKeyring
) -> None:
    assert keep(store_with(tmp_path, wallet), ALICE) == "keyring"
    without = store_with(tmp_path, None)
    assert kept(without) is None
    assert keep(without, ALICE) == "file"
    assert kept(without) == ALICE.params


def test_who_signs_out_without_the_keyring_is_told_that_it_keeps_the_password(
    tmp_path: Path, wallet: FileKeyring
) -> None:
    keep(store_with(tmp_path, wallet), ALICE)
    with pytest.raises(ConfigurationError) as refused:
        asyncio.run(store_with(tmp_path, None).delete("lake"))
    assert refused.value.code == "credentials_not_removed"
    # The keyring is back, and what it has is not used all the same.
    assert kept(store_with(tmp_path, wallet)) is None


def test_an_administrator_may_want_no_secret_in_any_file(
    tmp_path: Path, wallet: FileKeyring
) -> None:
    assert keep(store_with(tmp_path, wallet, "keyring"), ALICE) == "keyring"
    assert keep(store_with(tmp_path, None, "keyring"), ALICE) is None
    assert files_of(tmp_path) == ""


def test_an_administrator_may_want_no_keyring(tmp_path: Path, wallet: FileKeyring) -> None:
    store = store_with(tmp_path, wallet, "file")
    assert keep(store, ALICE) == "file"
    assert wallet.kept() == {}


def test_an_administrator_may_want_nothing_kept_at_all(tmp_path: Path, wallet: FileKeyring) -> None:
    keep(store_with(tmp_path, wallet, "file"), ALICE)
    never = store_with(tmp_path, wallet, "never")
    assert kept(never) is None
    assert keep(never, ALICE) is None
    assert files_of(tmp_path) == ""
    assert wallet.kept() == {}


def test_installations_that_share_a_keyring_do_not_share_passwords(
    tmp_path: Path, wallet: FileKeyring
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    keep(store_with(one, wallet), ALICE)
    bob = StoredCredentials("userpass", {"username": "bob", "password": "bobs"})
    keep(store_with(other, wallet), bob)
    assert kept(store_with(one, wallet)) == ALICE.params
    assert all(entry.startswith(f"{SERVICE}:") for entry in wallet.kept())


def test_the_systems_keyring_is_taken_but_none_that_asks_at_a_terminal(
    wallet: FileKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = keyring.get_keyring()
    try:
        keyring.set_keyring(wallet)
        assert usable_backend() is wallet

        class EncryptedKeyring(FileKeyring):
            """It would ask for its password with getpass."""

        asking = EncryptedKeyring(wallet.path)
        EncryptedKeyring.__module__ = "keyrings.alt.file"
        EncryptedKeyring.__qualname__ = "EncryptedKeyring"
        keyring.set_keyring(asking)
        assert usable_backend() is None

        chain = ChainerBackend()
        monkeypatch.setattr(ChainerBackend, "backends", [asking, wallet])
        keyring.set_keyring(chain)
        assert usable_backend() is wallet
    finally:
        keyring.set_keyring(before)


@pytest.mark.parametrize("name", ["keyring.backends.fail.Keyring", "keyring.backends.null.Keyring"])
def test_a_server_without_a_keyring_has_none(name: str) -> None:
    before = keyring.get_keyring()
    try:
        keyring.set_keyring(keyring.core.load_keyring(name))
        assert usable_backend() is None
    finally:
        keyring.set_keyring(before)
