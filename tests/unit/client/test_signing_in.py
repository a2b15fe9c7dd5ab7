"""One login for all, renewed in time, and never a secret where it does not belong."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from types import SimpleNamespace

import httpx
import pytest

from rucio_jupyterlab.client import accounts, scopes
from rucio_jupyterlab.client.auth import token
from rucio_jupyterlab.client.auth.authenticator import Standing, Token
from rucio_jupyterlab.client.auth.factory import make_authenticator
from rucio_jupyterlab.client.auth.token import TokenSource
from rucio_jupyterlab.client.auth.userpass import UserpassAuthenticator
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import (
    BadRequest,
    Forbidden,
    NotAuthenticated,
    RucioBadAnswer,
    RucioUnreachable,
)

from .conftest import (
    FIRST_TOKEN,
    PASSWORD,
    FakeRucio,
    Request,
    client_at,
    instance_at,
    refuse,
    respond,
)

pytestmark = pytest.mark.asyncio


def only_with(good: str) -> object:
    def answer(request: Request) -> bytes:
        if request.headers.get("x-rucio-auth-token") == good:
            return respond(200, ["demo"])
        return refuse(401, "CannotAuthenticate")

    return answer


async def test_thirty_requests_at_once_log_in_once(client: RucioClient, rucio: FakeRucio) -> None:
    rucio.login_delay_s = 0.05
    rucio.answers["/scopes/"] = only_with(FIRST_TOKEN)
    found = await asyncio.gather(*(scopes.list_scopes(client) for _ in range(30)))
    assert found == [["demo"]] * 30
    assert rucio.logins == 1
    assert client.account == "alice"


async def test_thirty_requests_with_a_token_that_is_over_log_in_once(
    client: RucioClient, rucio: FakeRucio
) -> None:
    rucio.answers["/scopes/"] = only_with(FIRST_TOKEN)
    await scopes.list_scopes(client)
    rucio.login_delay_s = 0.05
    rucio.answers["/scopes/"] = only_with("alice-token-number-2")
    found = await asyncio.gather(*(scopes.list_scopes(client) for _ in range(30)))
    assert found == [["demo"]] * 30
    assert rucio.logins == 2


async def test_a_fresh_token_that_is_refused_ends_in_a_sign_in(
    client: RucioClient, rucio: FakeRucio
) -> None:
    rucio.answers["/scopes/"] = refuse(401, "CannotAuthenticate")
    with pytest.raises(NotAuthenticated) as caught:
        await scopes.list_scopes(client)
    assert caught.value.code == "not_authenticated"
    assert rucio.logins == 2


async def test_a_right_that_is_missing_is_no_reason_to_log_in_again(
    client: RucioClient, rucio: FakeRucio
) -> None:
    """Rucio says 401 to that as well."""
    rucio.answers["/scopes/"] = refuse(401, "AccessDenied", "Account alice can not do this.")
    with pytest.raises(Forbidden) as caught:
        await scopes.list_scopes(client)
    assert caught.value.rucio is not None
    assert caught.value.rucio.exception_message == "Account alice can not do this."
    assert rucio.logins == 1


async def test_a_wrong_password_is_tried_once_by_all_who_wait(
    client: RucioClient, rucio: FakeRucio
) -> None:
    """Sites lock accounts after a few failures."""
    rucio.answers["/auth/userpass"] = refuse(401, "CannotAuthenticate", "Cannot authenticate")
    results = await asyncio.gather(
        *(scopes.list_scopes(client) for _ in range(10)), return_exceptions=True
    )
    assert all(isinstance(result, NotAuthenticated) for result in results)
    with pytest.raises(NotAuthenticated):
        await scopes.list_scopes(client)
    assert rucio.paths() == ["/auth/userpass"]


async def test_who_asks_to_sign_in_is_always_tried(client: RucioClient, rucio: FakeRucio) -> None:
    rucio.answers["/auth/userpass"] = refuse(401, "CannotAuthenticate")
    for _ in range(2):
        with pytest.raises(NotAuthenticated):
            await client.login()
    assert len(rucio.requests) == 2
    del rucio.answers["/auth/userpass"]
    await client.login()
    assert client.account == "alice"


async def test_who_gives_up_does_not_take_the_login_from_the_others(
    client: RucioClient, rucio: FakeRucio
) -> None:
    rucio.login_delay_s = 0.1
    rucio.answers["/scopes/"] = only_with(FIRST_TOKEN)
    impatient = asyncio.create_task(scopes.list_scopes(client))
    patient = asyncio.create_task(scopes.list_scopes(client))
    await asyncio.sleep(0.03)
    impatient.cancel()
    assert await patient == ["demo"]
    assert rucio.logins == 1


class Alice:
    """A way in whose tokens last an hour by Rucio's clock, which is a day behind ours."""

    def __init__(self) -> None:
        self.logins = 0
        self.is_down = False

    async def look(self) -> Standing:
        return Standing(identity="alice")

    async def login(self, http: object) -> Token:
        self.logins += 1
        if self.is_down:
            raise RucioUnreachable("down")
        ends = datetime.now(timezone.utc) - timedelta(days=1)
        return Token(f"token-{self.logins}", ends, "alice", lifetime_s=3600.0)

    def describe(self) -> str:
        return "alice"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock of the token; a test moves its only entry."""
    now = [1000.0]
    monkeypatch.setattr(token, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


async def test_a_token_is_renewed_before_its_end_even_where_the_clock_is_wrong(
    clock: list[float],
) -> None:
    async with httpx.AsyncClient() as http:
        tokens = TokenSource(Alice())
        assert (await tokens.get(http)).value == "token-1"
        clock[0] += 3500
        assert (await tokens.get(http)).value == "token-1"
        clock[0] += 50
        assert (await tokens.get(http)).value == "token-2"


async def test_while_the_sign_in_is_down_the_old_token_is_used_to_its_end(
    clock: list[float],
) -> None:
    async with httpx.AsyncClient() as http:
        alice = Alice()
        tokens = TokenSource(alice)
        old = await tokens.get(http)
        clock[0] += 3550
        alice.is_down = True
        for _ in range(5):
            assert await tokens.get(http) is old
        assert alice.logins == 2
        with pytest.raises(RucioUnreachable):
            await tokens.renew(http, stale=old)
        alice.is_down = False
        clock[0] += 10
        assert await tokens.get(http) is not old


async def test_rucio_says_when_the_token_ends(client: RucioClient, rucio: FakeRucio) -> None:
    now = datetime.now(timezone.utc).replace(microsecond=0)
    rucio.answers["/auth/userpass"] = respond(
        200,
        headers={
            "X-Rucio-Auth-Token": "t",
            "X-Rucio-Auth-Token-Expires": f"{now + timedelta(hours=1):%a, %d %b %Y %H:%M:%S} UTC",
            "Date": format_datetime(now, usegmt=True),
        },
    )
    await client.login()
    assert client.token_expires_at == now + timedelta(hours=1)


async def test_a_user_with_several_accounts_is_asked_which(
    client: RucioClient, rucio: FakeRucio
) -> None:
    rucio.answers["/auth/userpass"] = respond(206, ["alice", "higgs"])
    with pytest.raises(BadRequest) as caught:
        await client.login()
    assert caught.value.code == "account_required"
    assert "alice, higgs" in str(caught.value.hint)


async def test_what_answers_without_a_token_is_no_rucio(
    client: RucioClient, rucio: FakeRucio
) -> None:
    rucio.answers["/auth/userpass"] = respond(200, text="<html>Welcome</html>")
    with pytest.raises(RucioBadAnswer):
        await client.login()


async def test_without_credentials_every_call_says_so(rucio: FakeRucio) -> None:
    rucio.answers["/ping"] = respond(200, {"version": "41.5.1"})
    async with RucioClient(instance_at(rucio.url), None) as client:
        with pytest.raises(NotAuthenticated):
            await accounts.whoami(client)
        assert await client.ping() == "41.5.1"
    assert rucio.paths() == ["/ping"]


async def test_who_still_asks_through_a_client_of_before_is_told_to_try_again(
    client: RucioClient, rucio: FakeRucio
) -> None:
    rucio.answers["/scopes/"] = respond(200, [])
    await scopes.list_scopes(client)
    await client.aclose()
    with pytest.raises(RucioUnreachable) as caught:
        await scopes.list_scopes(client)
    assert caught.value.code == "connection_closed"


@pytest.mark.parametrize(
    ("username", "password", "said"),
    [
        ("alice", "secret\nsecond line", "control character"),
        ("alice", "sec\x7fret", "control character"),
        ("alice", "secret ", "blank"),
        ("alice", "secr€t", "characters"),
        ("al\r\nX-Evil: 1", "secret", "user name"),
        ("alice", "", "password is missing"),
    ],
)
async def test_what_no_header_can_carry_is_refused_without_repeating_it(
    username: str, password: str, said: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        UserpassAuthenticator(instance_at("http://h"), username, password)
    error = caught.value
    assert said in error.message
    assert error.__cause__ is None
    assert "secr" not in repr(error.to_dict())
    assert "Evil" not in repr(error.to_dict())


async def test_latin_letters_and_signs_arrive_as_typed(rucio: FakeRucio) -> None:
    password = "pä%ss: wörd\"'\\"
    async with client_at(instance_at(rucio.url), password) as client:
        await client.login()
    assert rucio.requests[0].headers["x-rucio-password"] == password


async def test_neither_password_nor_token_is_logged_or_shown(
    client: RucioClient, rucio: FakeRucio, caplog: pytest.LogCaptureFixture
) -> None:
    rucio.answers["/scopes/"] = only_with(FIRST_TOKEN)
    with caplog.at_level(logging.DEBUG):
        await scopes.list_scopes(client)
        rucio.answers["/scopes/"] = refuse(401, "CannotAuthenticate")
        with pytest.raises(NotAuthenticated):
            await scopes.list_scopes(client)
    shown = caplog.text + repr(client._tokens.__dict__ if client._tokens else "")
    assert "/scopes/" in shown  # something was logged
    assert PASSWORD not in shown
    assert FIRST_TOKEN not in shown
    assert "alice-token-number-2" not in shown


async def test_a_way_in_that_is_not_offered_is_refused_with_those_that_are() -> None:
    instance = instance_at("http://h", auth_types=("userpass", "x509"))
    for kind in ("oidc", "x509_proxy", "magic"):
        with pytest.raises(BadRequest) as caught:
            make_authenticator(instance, kind, {}, {})
        assert caught.value.code == "auth_type_unavailable"
        assert caught.value.hint == "Possible: userpass, x509."


@pytest.mark.parametrize(
    "params", [{}, {"username": "alice"}, {"username": "", "password": "x"}, {"password": "x"}]
)
async def test_a_part_that_is_missing_is_named(params: dict[str, object]) -> None:
    with pytest.raises(BadRequest) as caught:
        make_authenticator(instance_at("http://h"), "userpass", params, {})
    assert "missing" in caught.value.message


async def test_experiment_application_and_version_are_sent(rucio: FakeRucio) -> None:
    rucio.answers["/scopes/"] = respond(200, [])
    async with client_at(instance_at(rucio.url, vo="esc", app_id="swan")) as client:
        await scopes.list_scopes(client)
    for request in rucio.requests:
        assert request.headers["x-rucio-vo"] == "esc"
        assert request.headers["x-rucio-appid"] == "swan"
        assert request.headers["user-agent"].startswith("rucio-jupyterlab/")
