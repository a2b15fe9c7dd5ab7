"""Certificates, keys and proxies as they lie about: what is wrong is said before Rucio is asked."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from rucio_jupyterlab.client.auth.authenticator import Standing
from rucio_jupyterlab.client.auth.factory import make_authenticator
from rucio_jupyterlab.client.auth.places import usual_certificate, usual_proxy
from rucio_jupyterlab.client.auth.x509 import X509Authenticator
from rucio_jupyterlab.client.auth.x509_proxy import X509ProxyAuthenticator
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest, ConfigurationError, UnusableCredentials

from .authority import ALICES_DN, DAY, alice, write
from .conftest import instance_at

pytestmark = pytest.mark.asyncio

PASSPHRASE = "down the rabbit hole"
HOUR = timedelta(hours=1)


@pytest.fixture
def rucio_over_tls() -> Instance:
    """Nothing listens there: whoever asks it anyway fails in another way."""
    return instance_at("https://127.0.0.1:1")


async def standing(
    instance: Instance, certificate: Path, key: Path | None = None, passphrase: str | None = None
) -> Standing:
    return await X509Authenticator(instance, certificate, key, passphrase).look()


def code_of(found: Standing) -> str | None:
    return found.problem.code if found.problem else None


async def test_a_certificate_says_whose_it_is_and_when_it_ends(
    rucio_over_tls: Instance, tmp_path: Path
) -> None:
    pair = alice(ends_in=100 * DAY)
    certificate = write(tmp_path / "usercert.pem", pair.certificate_pem(), 0o644)
    found = await standing(rucio_over_tls, certificate, write(tmp_path / "k.pem", pair.key_pem()))
    assert found.problem is None
    assert found.identity == ALICES_DN
    assert found.expires_at == pair.certificate.not_valid_after_utc


async def test_one_file_may_hold_certificate_and_key(
    rucio_over_tls: Instance, tmp_path: Path
) -> None:
    pair = alice()
    both = write(tmp_path / "both.pem", pair.certificate_pem() + pair.key_pem())
    assert (await standing(rucio_over_tls, both)).problem is None
    only = write(tmp_path / "only.pem", pair.certificate_pem())
    assert code_of(await standing(rucio_over_tls, only)) == "key_missing"


@pytest.mark.parametrize("mode", [0o400, 0o600])
async def test_a_key_that_only_its_owner_can_use_is_used(
    rucio_over_tls: Instance, tmp_path: Path, mode: int
) -> None:
    pair = alice()
    certificate = write(tmp_path / "c.pem", pair.certificate_pem())
    key = write(tmp_path / "k.pem", pair.key_pem(), mode)
    assert (await standing(rucio_over_tls, certificate, key)).problem is None


@pytest.mark.parametrize("mode", [0o440, 0o644, 0o660, 0o700])
async def test_a_key_that_others_can_use_is_refused_with_the_command_that_mends_it(
    rucio_over_tls: Instance, tmp_path: Path, mode: int
) -> None:
    pair = alice()
    certificate = write(tmp_path / "c.pem", pair.certificate_pem())
    key = write(tmp_path / "k.pem", pair.key_pem(), mode)
    way_in = X509Authenticator(rucio_over_tls, certificate, key)
    problem = (await way_in.look()).problem
    assert problem is not None
    assert problem.code == "key_too_open"
    assert f"chmod 600 {key}" in str(problem.hint)

    key.chmod(0o600)
    assert (await way_in.look()).problem is None


@pytest.mark.parametrize(
    ("passphrase", "said"), [(None, "needs its passphrase"), ("wrong one", "does not open")]
)
async def test_a_key_with_a_passphrase_wants_the_right_one(
    rucio_over_tls: Instance, tmp_path: Path, passphrase: str | None, said: str
) -> None:
    pair = alice()
    certificate = write(tmp_path / "c.pem", pair.certificate_pem())
    key = write(tmp_path / "k.pem", pair.key_pem(PASSPHRASE))
    found = await standing(rucio_over_tls, certificate, key, passphrase)
    assert found.problem is not None
    assert found.problem.code == "key_passphrase"
    assert said in found.problem.message
    assert "wrong one" not in repr(found)
    # Whose it is can be shown beside the field for the passphrase.
    assert found.identity == ALICES_DN
    assert (await standing(rucio_over_tls, certificate, key, PASSPHRASE)).problem is None


async def test_a_passphrase_for_a_key_that_has_none_does_no_harm(
    rucio_over_tls: Instance, tmp_path: Path
) -> None:
    pair = alice()
    certificate = write(tmp_path / "c.pem", pair.certificate_pem())
    key = write(tmp_path / "k.pem", pair.key_pem())
    assert (await standing(rucio_over_tls, certificate, key, PASSPHRASE)).problem is None


async def test_the_key_of_another_certificate_is_noticed(
    rucio_over_tls: Instance, tmp_path: Path
) -> None:
    certificate = write(tmp_path / "c.pem", alice().certificate_pem())
    key = write(tmp_path / "k.pem", alice().key_pem())
    found = await standing(rucio_over_tls, certificate, key)
    assert code_of(found) == "certificate_unusable"
    assert "does not belong" in str(found.problem)


async def test_a_certificate_that_is_over_or_has_not_begun(
    rucio_over_tls: Instance, tmp_path: Path
) -> None:
    over = alice(begins_in=-10 * DAY, ends_in=-HOUR)
    certificate = write(tmp_path / "c.pem", over.certificate_pem())
    key = write(tmp_path / "k.pem", over.key_pem())
    found = await standing(rucio_over_tls, certificate, key)
    assert code_of(found) == "certificate_expired"
    assert found.expires_at == over.certificate.not_valid_after_utc

    early = alice(begins_in=DAY, ends_in=9 * DAY)
    write(certificate, early.certificate_pem())
    write(key, early.key_pem())
    found = await standing(rucio_over_tls, certificate, key)
    assert code_of(found) == "certificate_unusable"
    assert "not valid yet" in str(found.problem)


async def test_files_that_are_missing_or_something_else(
    rucio_over_tls: Instance, tmp_path: Path
) -> None:
    pair = alice()
    certificate = write(tmp_path / "c.pem", pair.certificate_pem())
    key = write(tmp_path / "k.pem", pair.key_pem())
    text = write(tmp_path / "notes.txt", b"remember the milk")
    huge = write(tmp_path / "huge.root", b"x" * (2 * 1024 * 1024))
    broken = pair.certificate_pem().replace(b"M", b"N", 1)
    damaged = write(tmp_path / "damaged.pem", broken)
    seen = {
        "none": code_of(await standing(rucio_over_tls, tmp_path / "none", key)),
        "no key": code_of(await standing(rucio_over_tls, certificate, tmp_path / "none")),
        "text": code_of(await standing(rucio_over_tls, text, key)),
        "text as key": code_of(await standing(rucio_over_tls, certificate, text)),
        "folder": code_of(await standing(rucio_over_tls, tmp_path, key)),
        "huge": code_of(await standing(rucio_over_tls, huge, key)),
        "damaged": code_of(await standing(rucio_over_tls, damaged, key)),
    }
    assert seen == {
        "none": "certificate_missing",
        "no key": "key_missing",
        "text": "certificate_unusable",
        "text as key": "key_missing",
        "folder": "certificate_unusable",
        "huge": "certificate_unusable",
        "damaged": "certificate_unusable",
    }


async def test_a_proxy_bears_its_owners_name_and_ends_with_the_first_of_its_chain(
    rucio_over_tls: Instance, tmp_path: Path
) -> None:
    owner = alice(ends_in=100 * DAY)
    first = owner.proxy(ends_in=2 * HOUR)
    second = first.proxy(ends_in=12 * HOUR)
    proxy = write(tmp_path / "x509up", second.proxy_pem())
    found = await X509ProxyAuthenticator(rucio_over_tls, proxy).look()
    assert found.problem is None
    assert found.identity == ALICES_DN
    assert found.expires_at == first.certificate.not_valid_after_utc


async def test_a_proxy_that_is_over_is_said_before_rucio_is_asked_and_a_new_one_is_picked_up(
    rucio_over_tls: Instance, tmp_path: Path
) -> None:
    owner = alice()
    proxy = write(tmp_path / "x509up", owner.proxy(ends_in=-HOUR).proxy_pem())
    way_in = X509ProxyAuthenticator(rucio_over_tls, proxy)
    async with RucioClient(rucio_over_tls, way_in) as client:
        with pytest.raises(UnusableCredentials) as caught:
            await client.login()
        assert caught.value.code == "proxy_expired"
        assert "voms-proxy-init" in str(caught.value.hint)

    write(tmp_path / "new", owner.proxy(ends_in=HOUR).proxy_pem()).replace(proxy)
    assert (await way_in.look()).problem is None
    proxy.unlink()
    assert code_of(await way_in.look()) == "proxy_missing"


async def test_a_proxy_ends_while_nobody_looks(
    rucio_over_tls: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now(timezone.utc) + DAY

    proxy = write(tmp_path / "x509up", alice().proxy(ends_in=HOUR).proxy_pem())
    way_in = X509ProxyAuthenticator(rucio_over_tls, proxy)
    assert (await way_in.look()).problem is None
    monkeypatch.setattr("rucio_jupyterlab.client.auth.watched_files.datetime", Tomorrow)
    assert code_of(await way_in.look()) == "proxy_expired"


async def test_certificates_need_an_https_address(tmp_path: Path) -> None:
    plain = instance_at("https://rucio.example.org", auth_url="http://auth.example.org")
    for kind in ("x509", "x509_proxy"):
        with pytest.raises(ConfigurationError) as caught:
            make_authenticator(plain, kind, {}, {})
        assert caught.value.code == "https_required"


@pytest.mark.parametrize("path", ["usercert.pem", "./x", "~nobody-of-that-name/x", "/a\nb"])
async def test_a_path_begins_at_the_root_or_at_home(path: str, rucio_over_tls: Instance) -> None:
    with pytest.raises(BadRequest) as caught:
        make_authenticator(rucio_over_tls, "x509_proxy", {"proxy": path}, {})
    assert caught.value.code == "invalid_credentials_format"


async def test_certificates_and_proxies_are_found_where_grid_tools_put_them(
    tmp_path: Path, rucio_over_tls: Instance
) -> None:
    home = {"HOME": str(tmp_path)}
    globus = tmp_path / ".globus"
    assert usual_certificate(home) == (globus / "usercert.pem", globus / "userkey.pem")
    named = {"X509_USER_CERT": "/c.pem", "X509_USER_KEY": "/k.pem"}
    assert usual_certificate(home | named) == (Path("/c.pem"), Path("/k.pem"))
    assert usual_proxy(home).name == f"x509up_u{os.geteuid()}"
    assert usual_proxy({"X509_USER_PROXY": "/p.pem"}) == Path("/p.pem")

    globus.mkdir()
    pair = alice()
    write(globus / "usercert.pem", pair.certificate_pem())
    write(globus / "userkey.pem", pair.key_pem())
    way_in = make_authenticator(rucio_over_tls, "x509", {}, home)
    assert (await way_in.look()).identity == ALICES_DN
