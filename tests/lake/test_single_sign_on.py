"""Single sign-on: Rucio takes the issuer's tokens, and looks at each of them."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest

from lake.errors import LakeError
from lake.testing import Lake


def ask_who_it_is(lake: Lake, token: str) -> httpx.Response:
    return httpx.get(
        f"{lake.rucio_url}/accounts/whoami",
        headers={"X-Rucio-Auth-Token": token},
        follow_redirects=True,
        trust_env=False,
    )


def test_the_issuers_token_is_alice_without_any_signing_in(lake: Lake) -> None:
    token = lake.make_token()
    for _ in range(4):  # Known to Rucio from the second time on, and each of its processes asked.
        answer = ask_who_it_is(lake, token)
        assert (answer.status_code, answer.json()["account"]) == (200, "alice")
    found = httpx.get(
        f"{lake.rucio_url}/dids/demo/dids/search?type=all&name=dimuon*",
        headers={"X-Rucio-Auth-Token": token},
        trust_env=False,
    )
    assert "dimuon_2022" in found.text
    said = httpx.get(
        f"{lake.connection['auth_url']}/auth/validate",
        headers={"X-Rucio-Auth-Token": token},
        trust_env=False,
    ).text
    assert lake.connection["oidc"]["subject"] in said


def test_a_token_says_whose_it_is_in_words_a_person_reads(lake: Lake) -> None:
    claims = lake.make_token().split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert said["preferred_username"] == "alice"
    assert said["sub"] == lake.connection["oidc"]["subject"]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"signed_by": "stranger"}, id="signed by a stranger"),
        pytest.param({"audience": "https://another.example.org"}, id="for somebody else"),
        pytest.param({"lifetime_s": -30}, id="over"),
        pytest.param({"subject": "nobody"}, id="of nobody that Rucio knows"),
    ],
)
def test_a_token_is_refused_when_it_is(lake: Lake, wrong: dict[str, Any]) -> None:
    answer = ask_who_it_is(lake, lake.make_token(**wrong))
    assert answer.status_code == 401
    assert answer.json()["ExceptionClass"] == "CannotAuthenticate"


def test_a_token_that_was_changed_on_the_way_is_refused(lake: Lake) -> None:
    header, _, signature = lake.make_token(subject="nobody").split(".")
    _, claims, _ = lake.make_token().split(".")
    assert ask_who_it_is(lake, f"{header}.{claims}.{signature}").status_code == 401


def test_a_token_ends_while_it_is_in_use(lake: Lake) -> None:
    token = lake.make_token(lifetime_s=2)
    seen = {ask_who_it_is(lake, token).status_code}
    while 401 not in seen:
        seen.add(ask_who_it_is(lake, token).status_code)
    assert seen == {200, 401}
    assert ask_who_it_is(lake, lake.make_token()).status_code == 200


def test_who_was_taken_out_of_rucio_is_refused_until_given_back(lake: Lake) -> None:
    with lake.without_identity("oidc", "alice"):
        assert ask_who_it_is(lake, lake.make_token()).status_code == 401
        with pytest.raises(LakeError, match="does not exist"):
            lake.remove_identity("oidc", "alice")
    assert ask_who_it_is(lake, lake.make_token()).status_code == 200


def test_the_issuer_says_where_its_keys_are_and_keeps_the_private_ones(lake: Lake) -> None:
    issuer = lake.connection["oidc"]["issuer"]
    with httpx.Client(trust_env=False) as http:
        document = http.get(f"{issuer}.well-known/openid-configuration").json()
        assert document["issuer"] == issuer
        (key,) = http.get(document["jwks_uri"]).json()["keys"]
        assert (key["kty"], key["alg"], set(key) & {"d", "p", "q"}) == ("RSA", "RS256", set())
        stranger = http.post(document["introspection_endpoint"], data={"token": lake.make_token()})
        assert stranger.status_code == 401
        client = json.loads(lake.state.idp_secrets.read_text())["lake"]
        for token, is_active in (
            (lake.make_token(), True),
            (lake.make_token(lifetime_s=-1), False),
            (lake.make_token(signed_by="stranger"), False),
            ("not a token", False),
        ):
            answer = http.post(
                document["introspection_endpoint"],
                data={"token": token},
                auth=(client["client_id"], client["client_secret"]),
            )
            assert answer.json()["active"] is is_active
        refused = http.post(lake.connection["oidc"]["token_url"], json={"signed_by": "myself"})
        assert (refused.status_code, "signed_by" in refused.text) == (400, True)
