"""Into the lake's Rucio with a password, a certificate, a proxy: right, wrong, over, taken away."""

from __future__ import annotations

import ssl
import stat
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from conftest import SignIn

from lake.errors import LakeError
from lake.testing import Lake

GRID_IDENTITIES = ("x509", "x509_passphrase", "x509_proxy")
WAYS = {"x509": "x509", "x509_passphrase": "x509", "x509_proxy": "x509_proxy"}


def client_with(lake: Lake, identity: dict[str, Any] | None = None) -> httpx.Client:
    """A client that trusts the lake's authority, and shows the certificate of `identity`."""
    context = ssl.create_default_context(cafile=lake.tls["ca_file"])
    if identity is not None:
        certificate = identity.get("proxy") or identity["certificate"]
        context.load_cert_chain(certificate, identity.get("key"), identity.get("passphrase"))
    return httpx.Client(verify=context, trust_env=False, timeout=60, follow_redirects=True)


def sign_in_with(
    lake: Lake, identity: dict[str, Any] | None, *, way: str = "x509", **headers: str
) -> httpx.Response:
    with client_with(lake, identity) as client:
        return client.get(f"{lake.tls['auth_url']}/auth/{way}", headers=headers)


def password_of(lake: Lake, account: str = "alice") -> dict[str, str]:
    who = lake.accounts[account]
    return {
        "X-Rucio-Username": who["username"],
        "X-Rucio-Password": who["password"],
        "X-Rucio-Account": who["account"],
    }


def account_of(lake: Lake, token: str) -> str | None:
    """Whom Rucio takes the token's bearer for; None when it refuses."""
    with client_with(lake) as client:
        answer = client.get(
            f"{lake.tls['rucio_url']}/accounts/whoami", headers={"X-Rucio-Auth-Token": token}
        )
    if answer.status_code == 401:
        return None
    answer.raise_for_status()
    return str(answer.json()["account"])


def test_with_a_password_over_tls(lake: Lake) -> None:
    with client_with(lake) as client:
        for url in (lake.tls["rucio_url"], lake.tls["auth_url"]):
            answer = client.get(f"{url}/auth/userpass", headers=password_of(lake))
            assert account_of(lake, answer.headers["X-Rucio-Auth-Token"]) == "alice"
            wrong = password_of(lake) | {"X-Rucio-Password": "looking-glass"}
            assert client.get(f"{url}/auth/userpass", headers=wrong).status_code == 401
        # The base URL has a path, and nothing is served beside it.
        assert client.get(f"{lake.tls['rucio_url']}/../ping").status_code in (403, 404)


@pytest.mark.parametrize("name", GRID_IDENTITIES)
def test_with_a_certificate_or_a_proxy(lake: Lake, name: str) -> None:
    identity = lake.tls["identities"][name]
    with client_with(lake, identity) as client:
        for url in (lake.tls["rucio_url"], lake.tls["auth_url"]):
            answer = client.get(f"{url}/auth/{WAYS[name]}")
            assert answer.status_code == 200, answer.text
            token = answer.headers["X-Rucio-Auth-Token"]
            assert account_of(lake, token) == identity["account"] == "alice"
            said = client.get(f"{url}/auth/validate", headers={"X-Rucio-Auth-Token": token}).text
            # A proxy's own name is not part of who it is.
            assert f"'identity': '{identity['dn']}'" in said


def test_with_a_wrong_passphrase_the_key_stays_closed(lake: Lake) -> None:
    identity = {**lake.tls["identities"]["x509_passphrase"], "passphrase": "off with her head"}
    with pytest.raises(ssl.SSLError):
        client_with(lake, identity)


def test_without_a_certificate(lake: Lake) -> None:
    answer = sign_in_with(lake, None)
    assert (answer.status_code, "Cannot get DN" in answer.text) == (401, True)


def test_a_person_whom_rucio_does_not_know(lake: Lake, tmp_path: Path) -> None:
    stranger = lake.tls["identities"]["x509_unknown"]
    proxy = {"proxy": str(lake.make_proxy(tmp_path / "proxy.pem", identity="x509_unknown"))}
    for identity in (stranger, proxy):
        assert sign_in_with(lake, identity).status_code == 401
        as_alice = sign_in_with(lake, identity, **{"X-Rucio-Account": "alice"})
        assert as_alice.status_code == 401
        assert as_alice.json()["ExceptionClass"] == "CannotAuthenticate"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("x509_foreign", "unknown ca"),
        ("x509_expired", "certificate expired"),
        ("x509_proxy_expired", "certificate expired"),
    ],
)
def test_the_front_does_not_talk_to_a_certificate_that_is(
    lake: Lake, name: str, reason: str
) -> None:
    with pytest.raises(httpx.TransportError, match=reason):
        sign_in_with(lake, lake.tls["identities"][name])


def test_a_proxy_ends_while_it_is_in_use_and_a_new_one_goes_on(lake: Lake, tmp_path: Path) -> None:
    proxy = {"proxy": str(lake.make_proxy(tmp_path / "proxy.pem", lifetime_s=4))}
    answer = sign_in_with(lake, proxy, way="x509_proxy")
    assert answer.status_code == 200
    with pytest.raises(httpx.TransportError, match="certificate expired"):
        while True:
            sign_in_with(lake, proxy, way="x509_proxy")
    # What Rucio gave for it has a life of its own.
    assert account_of(lake, answer.headers["X-Rucio-Auth-Token"]) == "alice"
    lake.make_proxy(tmp_path / "proxy.pem")
    assert sign_in_with(lake, proxy, way="x509_proxy").status_code == 200


def test_a_proxy_is_as_the_grids_tools_make_it(lake: Lake, tmp_path: Path) -> None:
    path = lake.make_proxy(tmp_path / "proxy.pem")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    parts = [line for line in path.read_text().splitlines() if line.startswith("-----BEGIN")]
    assert [part.strip("- ") for part in parts] == [
        "BEGIN CERTIFICATE",
        "BEGIN PRIVATE KEY",
        "BEGIN CERTIFICATE",
    ]


def test_only_the_front_can_say_who_a_client_is(lake: Lake) -> None:
    forged = {
        "X-Lake-Client-Dn": lake.tls["identities"]["x509"]["dn"],
        "X-Lake-Client-Verify": "SUCCESS",
        "X-Lake-Front": "let me in",
        "Ssl-Client-S-Dn": lake.tls["identities"]["x509"]["dn"],
    }
    plain = httpx.get(f"{lake.rucio_url}/auth/x509", headers=forged, trust_env=False)
    assert plain.status_code == 401
    assert sign_in_with(lake, None, **forged).status_code == 401
    stranger = lake.tls["identities"]["x509_unknown"]
    assert sign_in_with(lake, stranger, **forged).status_code == 401


def test_a_client_that_trusts_another_authority_does_not_talk_to_the_front(lake: Lake) -> None:
    context = ssl.create_default_context(cafile=lake.tls["other_ca_file"])
    with (
        httpx.Client(verify=context, trust_env=False) as client,
        pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.get(f"{lake.tls['rucio_url']}/ping")


def test_an_identity_that_was_taken_away_is_refused_until_it_is_given_back(lake: Lake) -> None:
    proxy = lake.tls["identities"]["x509_proxy"]
    with client_with(lake) as client:
        url = f"{lake.tls['auth_url']}/auth/userpass"
        with lake.without_identity("userpass", "alice"):
            assert client.get(url, headers=password_of(lake)).status_code == 401
            assert sign_in_with(lake, proxy).status_code == 200
        assert client.get(url, headers=password_of(lake)).status_code == 200
    with lake.without_identity("x509", "alice"):
        for name in GRID_IDENTITIES:
            identity = lake.tls["identities"][name]
            # Not told the account, Rucio 41.5 answers an identity that has none with error 500.
            answer = sign_in_with(lake, identity, **{"X-Rucio-Account": "alice"})
            assert answer.status_code == 401
    assert sign_in_with(lake, proxy).status_code == 200
    with pytest.raises(LakeError, match="no x509 identity"):
        lake.remove_identity("x509", "root")


def test_the_tokens_of_an_account_end_all_at_once(lake: Lake, sign_in: SignIn) -> None:
    root = sign_in(lake, "root")
    tokens = [
        sign_in_with(lake, lake.tls["identities"]["x509"]).headers["X-Rucio-Auth-Token"],
        sign_in_with(lake, lake.tls["identities"]["x509_proxy"]).headers["X-Rucio-Auth-Token"],
    ]
    assert [account_of(lake, token) for token in tokens] == ["alice", "alice"]
    assert lake.expire_tokens("alice") >= 2
    for _ in range(8):  # Each of the server's processes and threads.
        assert [account_of(lake, token) for token in tokens] == [None, None]
    assert root.request("GET", "/accounts/root").status_code == 200
    again = sign_in_with(lake, lake.tls["identities"]["x509"])
    assert account_of(lake, again.headers["X-Rucio-Auth-Token"]) == "alice"


def test_names_and_streams_come_through_the_front_as_they_are(lake: Lake, sign_in: SignIn) -> None:
    alice = sign_in(lake, "alice")
    token = sign_in_with(lake, lake.tls["identities"]["x509"]).headers["X-Rucio-Auth-Token"]
    with client_with(lake) as client:
        client.headers["X-Rucio-Auth-Token"] = token
        for did in [*lake.examples["difficult"], lake.examples["cms_dataset"]]:
            scope, _, name = did.partition(":")
            path = f"/dids/{quote(scope, safe='')}/{quote(name, safe='')}"
            over_tls = client.get(f"{lake.tls['rucio_url']}{path}")
            assert over_tls.json()["name"] == name
        files = "/dids/demo/dimuon_2022/files"
        over_tls = client.get(f"{lake.tls['rucio_url']}{files}")
        assert over_tls.text == alice.request("GET", files).text != ""


def test_what_is_secret_is_only_its_owners(lake: Lake) -> None:
    assert stat.S_IMODE(lake.state.connection_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(lake.state.idp_secrets.stat().st_mode) == 0o600
    folder = Path(lake.tls["ca_file"]).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for identity in lake.tls["identities"].values():
        secret = Path(identity.get("proxy") or identity["key"])
        assert stat.S_IMODE(secret.stat().st_mode) in (0o400, 0o600)
    assert stat.S_IMODE((lake.state.tls.front / "apache.conf").stat().st_mode) == 0o600
