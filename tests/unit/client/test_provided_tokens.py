"""Tokens that somebody else provides: read as they lie there, and again when they are replaced."""

from __future__ import annotations

import base64
import dataclasses
import json
import logging
import time
from pathlib import Path
from typing import Any

import pytest

from rucio_jupyterlab.client import scopes
from rucio_jupyterlab.client.auth.oidc import OidcAuthenticator
from rucio_jupyterlab.client.auth.oidc_token import parse_token
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import NotAuthenticated, RucioBadAnswer

from .conftest import FakeRucio, Request, instance_at, refuse, respond

pytestmark = pytest.mark.asyncio

HOUR_S = 3600
ALICES_ANSWER = (
    "{'account': 'alice', 'identity': 'SUB=1, ISS=https://iam.example.org/', "
    "'lifetime': datetime.datetime(2031, 5, 17, 9, 30, 15), 'audience': 'rucio', "
    "'authz_scope': 'openid profile', 'vo': 'def'}"
)


def jwt(*, lives_s: float = HOUR_S, **claims: Any) -> str:
    """Signed by nobody: that is for Rucio to see."""
    payload = {"sub": "1", "iss": "https://iam.example.org/", "exp": time.time() + lives_s}
    parts = ({"alg": "RS256"}, payload | claims, "signature")
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    return tmp_path / "token"


@pytest.fixture
def instance(rucio: FakeRucio, token_file: Path) -> Instance:
    rucio.answers["/auth/validate"] = respond(200, text=ALICES_ANSWER)
    return instance_at(rucio.url, oidc_auth="file", oidc_file_name=str(token_file))


def replace(path: Path, text: str) -> None:
    """As who provides tokens does: all at once."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


@pytest.mark.parametrize("form", ["{}", "{}\n", "  {}\r\n", "oauth2:{}:iam.example.org/userinfo\n"])
async def test_a_token_is_found_in_every_form_it_is_written_in(form: str) -> None:
    token = jwt(preferred_username="alice")
    found = parse_token(form.format(token))
    assert found.value == token
    assert found.identity == "alice"
    assert found.issuer == "https://iam.example.org/"


async def test_whose_token_it_is_is_said_as_well_as_the_token_says_it() -> None:
    assert parse_token(jwt(email="a@example.org", name="Alice")).identity == "a@example.org"
    assert parse_token(jwt(name="Alice Liddell")).identity == "Alice Liddell"
    assert parse_token(jwt()).identity == "1"
    assert parse_token(jwt(name="two\nlines", sub=7)).identity is None


@pytest.mark.parametrize("opaque", ["opaque-token", "a.b.c", "e30.bm8=.x", "..", "a.WzFd.c"])
async def test_a_token_that_only_its_issuer_can_read_is_used_all_the_same(opaque: str) -> None:
    found = parse_token(opaque)
    assert (found.value, found.expires_at, found.identity) == (opaque, None, None)


@pytest.mark.parametrize("exp", [True, "soon", 1e300, float("nan"), None])
async def test_an_end_that_makes_no_sense_is_not_known(exp: object) -> None:
    assert parse_token(jwt(exp=exp)).expires_at is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "token_unreadable"),
        ("\n", "token_unreadable"),
        ("oauth2:", "token_unreadable"),
        ("a secret sentence", "token_unreadable"),
        ("sécret", "token_unreadable"),
        ("secret\nsecret", "token_unreadable"),
        (None, "token_missing"),
    ],
)
async def test_what_is_no_token_is_said_and_not_repeated(
    instance: Instance, token_file: Path, text: str | None, code: str
) -> None:
    if text is not None:
        token_file.write_text(text)
    problem = (await OidcAuthenticator(instance, {}).look()).problem
    assert problem is not None
    assert problem.code == code
    assert str(token_file) in problem.message
    assert "cret" not in str(problem.to_dict())


async def test_the_next_request_goes_with_the_token_that_has_come_meanwhile(
    rucio: FakeRucio, instance: Instance, token_file: Path
) -> None:
    old, new = jwt(name="old"), jwt(name="new")
    rucio.answers["/scopes/"] = respond(200, [])
    token_file.write_text(old + "\n")
    async with RucioClient(instance, OidcAuthenticator(instance, {})) as client:
        await scopes.list_scopes(client)
        await scopes.list_scopes(client)
        replace(token_file, new + "\n")
        await scopes.list_scopes(client)
        assert client.account == "alice"
        assert client.token_expires_at is not None
        assert client.token_expires_at.isoformat() == "2031-05-17T09:30:15+00:00"
    sent = [(request.path, request.headers["x-rucio-auth-token"]) for request in rucio.requests]
    assert sent == [
        ("/auth/validate", old),
        ("/scopes/", old),
        ("/scopes/", old),
        ("/auth/validate", new),
        ("/scopes/", new),
    ]


async def test_a_token_that_is_over_is_not_sent_and_work_resumes_with_a_fresh_one(
    rucio: FakeRucio, instance: Instance, token_file: Path
) -> None:
    rucio.answers["/scopes/"] = respond(200, ["demo"])
    token_file.write_text(jwt(lives_s=-1))
    async with RucioClient(instance, OidcAuthenticator(instance, {})) as client:
        with pytest.raises(NotAuthenticated) as caught:
            await scopes.list_scopes(client)
        assert caught.value.code == "not_authenticated"
        assert rucio.requests == []
        replace(token_file, jwt())
        assert await scopes.list_scopes(client) == ["demo"]


async def test_a_token_that_rucio_refuses_is_not_tried_again_but_the_next_one_is_at_once(
    rucio: FakeRucio, instance: Instance, token_file: Path
) -> None:
    bad, good = jwt(aud="elsewhere"), jwt(aud="rucio")

    def validate(request: Request) -> bytes:
        if request.headers["x-rucio-auth-token"] == good:
            return respond(200, text=ALICES_ANSWER)
        return refuse(401, "CannotAuthenticate")

    rucio.answers |= {"/auth/validate": validate, "/scopes/": respond(200, ["demo"])}
    token_file.write_text(bad)
    async with RucioClient(instance, OidcAuthenticator(instance, {})) as client:
        for _ in range(3):
            with pytest.raises(NotAuthenticated):
                await scopes.list_scopes(client)
        # Not at once for each request: it is asked about twice, as another may have shown it too.
        assert rucio.paths() == ["/auth/validate"] * 2
        standing = await client.standing()
        assert standing is not None and standing.problem is not None
        assert standing.problem.code == "credentials_refused"

        replace(token_file, good)
        assert await scopes.list_scopes(client) == ["demo"]
        standing = await client.standing()
        assert standing is not None and standing.problem is None


async def test_a_token_that_another_program_shows_at_the_same_time_is_accepted_all_the_same(
    rucio: FakeRucio, instance: Instance, token_file: Path
) -> None:
    """As Rucio answers the slower of two that show it a new token."""
    said = "Details: (sqlite3.IntegrityError) UNIQUE constraint failed: tokens.token"
    rucio.answers["/auth/validate"] = [
        refuse(401, "CannotAuthenticate", said),
        respond(200, text=ALICES_ANSWER),
    ]
    token_file.write_text(jwt())
    async with RucioClient(instance, OidcAuthenticator(instance, {})) as client:
        await client.login()
        assert client.account == "alice"


async def test_a_variable_holds_the_token_until_it_is_over_then_the_file_beside_it_counts(
    instance: Instance, token_file: Path
) -> None:
    both = instance_at(
        "http://h", oidc_auth="env", oidc_env_name="TOKEN", oidc_file_name=str(token_file)
    )
    environ = {"TOKEN": jwt(name="of the variable")}
    token_file.write_text(jwt(name="of the file"))
    way_in = OidcAuthenticator(both, environ)
    assert (await way_in.look()).identity == "of the variable"
    environ["TOKEN"] = jwt(name="of yesterday", lives_s=-86400)
    assert (await way_in.look()).identity == "of the file"
    token_file.unlink()
    problem = (await way_in.look()).problem
    assert problem is not None
    assert problem.code == "token_expired"
    assert "TOKEN" in problem.message


async def test_where_a_file_is_configured_no_variable_comes_before_it(token_file: Path) -> None:
    both = instance_at(
        "http://h", oidc_auth="file", oidc_env_name="TOKEN", oidc_file_name=str(token_file)
    )
    way_in = OidcAuthenticator(both, {"TOKEN": jwt(name="of the variable")})
    problem = (await way_in.look()).problem
    assert problem is not None
    assert problem.code == "token_missing"
    token_file.write_text(jwt(name="of the file"))
    assert (await way_in.look()).identity == "of the file"


@pytest.mark.parametrize("missing", [{}, {"TOKEN": " "}])
async def test_a_variable_that_is_not_there_is_named(missing: dict[str, str]) -> None:
    instance = instance_at("http://h", oidc_auth="env", oidc_env_name="TOKEN")
    problem = (await OidcAuthenticator(instance, missing).look()).problem
    assert problem is not None
    assert problem.code == "token_missing"
    assert "TOKEN" in problem.message


@pytest.mark.parametrize(
    "answer",
    ["<html>Welcome</html>", "[]", "{'identity': 'x'}", "{'account': open('/etc/passwd')}", "{{"],
)
async def test_an_answer_that_is_not_rucios_is_not_believed(
    rucio: FakeRucio, instance: Instance, token_file: Path, answer: str
) -> None:
    rucio.answers["/auth/validate"] = respond(200, text=answer)
    token_file.write_text(jwt())
    async with RucioClient(instance, OidcAuthenticator(instance, {})) as client:
        with pytest.raises(RucioBadAnswer):
            await client.login()


async def test_the_account_that_was_asked_for_is_the_one_or_there_is_a_sentence(
    instance: Instance, token_file: Path
) -> None:
    token_file.write_text(jwt())
    async with RucioClient(instance, OidcAuthenticator(instance, {}, "alice")) as client:
        await client.login()
    async with RucioClient(instance, OidcAuthenticator(instance, {}, "higgs")) as client:
        with pytest.raises(NotAuthenticated) as caught:
            await client.login()
    assert caught.value.code == "other_account"
    assert "alice" in caught.value.message and "higgs" in caught.value.message


async def test_experiment_application_and_account_are_told_when_the_token_is_shown(
    rucio: FakeRucio, instance: Instance, token_file: Path
) -> None:
    token_file.write_text(jwt())
    rucio.answers["/path/auth/validate"] = respond(200, text=ALICES_ANSWER)
    below_a_path = dataclasses.replace(
        instance, vo="esc", app_id="swan", rucio_auth_url=f"{rucio.url}/path"
    )
    way_in = OidcAuthenticator(below_a_path, {}, "alice")
    async with RucioClient(below_a_path, way_in) as client:
        await client.login()
    (request,) = rucio.requests
    assert request.path == "/path/auth/validate"
    assert request.headers["x-rucio-vo"] == "esc"
    assert request.headers["x-rucio-appid"] == "swan"
    assert request.headers["x-rucio-account"] == "alice"


async def test_the_token_is_neither_logged_nor_shown(
    rucio: FakeRucio, instance: Instance, token_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    token = jwt()
    token_file.write_text(token)
    rucio.answers["/scopes/"] = refuse(401, "CannotAuthenticate")
    way_in = OidcAuthenticator(instance, {})
    with caplog.at_level(logging.DEBUG):
        async with RucioClient(instance, way_in) as client:
            with pytest.raises(NotAuthenticated) as caught:
                await scopes.list_scopes(client)
            shown = caplog.text + repr(way_in) + repr(await client.standing())
    assert token not in shown + str(caught.value.to_dict())
    assert token.split(".")[1] not in shown
