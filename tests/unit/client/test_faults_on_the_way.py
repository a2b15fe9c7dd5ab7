"""Rucio down, slow, cut, behind a failing proxy: what a user is told, and what is tried again."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from rucio_jupyterlab.client import accounts, dids, rules, scopes
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import (
    ConfigurationError,
    ExtensionError,
    NotFound,
    RucioBadAnswer,
    RucioTimeout,
    RucioUnreachable,
)

from .conftest import FakeRucio, chunked, client_at, instance_at, refuse, respond

pytestmark = pytest.mark.asyncio

DIMUON = Did("demo", "dimuon_2021")
FILES = f"/dids/{DIMUON.url_path}/files"
LINE = b'{"scope": "demo", "name": "f%d", "bytes": 1, "adler32": "00000001"}\n'
BUSY = respond(503, text="<html><h1>503 Service Unavailable</h1></html>")


async def test_a_passing_fault_is_not_seen_by_the_user(
    client: RucioClient, rucio: FakeRucio
) -> None:
    rucio.answers["/scopes/"] = [BUSY, respond(502), respond(200, ["demo"])]
    assert await scopes.list_scopes(client) == ["demo"]


async def test_a_fault_that_lasts_is_told_after_three_tries(
    client: RucioClient, rucio: FakeRucio
) -> None:
    rucio.answers["/scopes/"] = BUSY
    with pytest.raises(RucioBadAnswer) as caught:
        await scopes.list_scopes(client)
    assert rucio.paths().count("/scopes/") == 3
    assert "The Lake" in caught.value.message
    assert "html" not in repr(caught.value.to_dict())
    assert caught.value.hint


async def test_a_short_retry_after_is_waited_for_and_a_long_one_is_not(
    client: RucioClient, rucio: FakeRucio
) -> None:
    short = respond(429, headers={"Retry-After": "0"})
    rucio.answers["/scopes/"] = [short, respond(200, ["demo"])]
    assert await scopes.list_scopes(client) == ["demo"]
    rucio.answers["/scopes/"] = respond(429, headers={"Retry-After": "3600"})
    before = len(rucio.requests)
    with pytest.raises(RucioBadAnswer):
        await scopes.list_scopes(client)
    assert len(rucio.requests) == before + 1


async def test_what_changes_something_is_sent_once(client: RucioClient, rucio: FakeRucio) -> None:
    rucio.answers["/rules/"] = BUSY
    with pytest.raises(RucioBadAnswer):
        await rules.add(client, DIMUON, "EULAKE-1", account="alice")
    assert rucio.paths().count("/rules/") == 1


async def test_a_rule_that_rucio_has_undone_is_asked_for_again(
    client: RucioClient, rucio: FakeRucio
) -> None:
    busy = refuse(500, "DatabaseException", "An unknown Database Exception has occurred.")
    rucio.answers["/rules/"] = [busy, respond(201, ["abc"])]
    assert await rules.add(client, DIMUON, "EULAKE-1", account="alice") == "abc"


async def test_a_rule_that_was_made_although_the_answer_was_late_is_found(
    client: RucioClient, rucio: FakeRucio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "RULE_TIMEOUT_S", 0.1)
    rucio.answers["/rules/"] = never
    rule = {
        "id": "abc",
        "scope": "demo",
        "name": "dimuon_2021",
        "did_type": "DATASET",
        "rse_expression": "EULAKE-1",
        "state": "REPLICATING",
        "locks_ok_cnt": 0,
        "locks_replicating_cnt": 8,
        "locks_stuck_cnt": 0,
        "account": "alice",
    }
    rucio.answers[f"/dids/{DIMUON.url_path}/rules"] = respond(200, rule)
    assert await rules.add(client, DIMUON, "EULAKE-1", account="alice") == "abc"
    with pytest.raises(RucioTimeout):
        await rules.add(client, DIMUON, "CNAF-DISK", account="alice")


async def test_rucio_down(rucio: FakeRucio) -> None:
    async with client_at(instance_at("http://127.0.0.1:9")) as client:
        with pytest.raises(RucioUnreachable) as caught:
            await scopes.list_scopes(client)
    assert caught.value.message == "No connection to The Lake at 127.0.0.1:9."
    assert caught.value.hint


async def test_rucio_slow(client: RucioClient, rucio: FakeRucio) -> None:
    rucio.answers["/scopes/"] = never
    with pytest.raises(RucioTimeout):
        await scopes.list_scopes(client)
    assert rucio.paths().count("/scopes/") == 1


async def test_rucio_hangs_up_without_an_answer(client: RucioClient, rucio: FakeRucio) -> None:
    rucio.answers["/scopes/"] = [b"", respond(200, ["demo"])]
    assert await scopes.list_scopes(client) == ["demo"]
    rucio.answers["/scopes/"] = b""
    with pytest.raises(RucioUnreachable):
        await scopes.list_scopes(client)


async def test_a_stream_cut_between_lines_is_no_complete_list(
    client: RucioClient, rucio: FakeRucio
) -> None:
    rucio.answers[FILES] = chunked(LINE % 1, LINE % 2, end=False)
    await expect_cut(client, files_before=2)


async def test_a_stream_cut_within_a_line_is_no_complete_list(
    client: RucioClient, rucio: FakeRucio
) -> None:
    rucio.answers[FILES] = chunked(LINE % 1, (LINE % 2)[:20])
    await expect_cut(client, files_before=1)


async def test_a_stream_that_falls_silent_times_out(client: RucioClient, rucio: FakeRucio) -> None:
    async def falls_silent(writer: asyncio.StreamWriter) -> None:
        writer.write(chunked(LINE % 1, end=False))
        await writer.drain()
        await asyncio.sleep(5)

    rucio.answers[FILES] = falls_silent
    with pytest.raises(RucioTimeout):
        await asyncio.wait_for(gather(client), 4)


async def test_lines_in_any_pieces_are_read_whole(client: RucioClient, rucio: FakeRucio) -> None:
    text = b"".join(LINE % number for number in range(40)).rstrip(b"\n")
    rucio.answers[FILES] = chunked(*(text[start : start + 7] for start in range(0, len(text), 7)))
    assert [file.did.name for file in await gather(client)] == [f"f{n}" for n in range(40)]


async def test_a_list_that_is_a_web_page(client: RucioClient, rucio: FakeRucio) -> None:
    page = "<html><title>Please log in</title></html>"
    rucio.answers[FILES] = respond(200, text=page, headers={"Content-Type": "text/html"})
    with pytest.raises(RucioBadAnswer) as caught:
        await gather(client)
    assert "a web page" in caught.value.message
    assert "Please" not in caught.value.message


@pytest.mark.parametrize("document", [["x"], {"scope": "demo"}, 5, None])
async def test_json_that_is_not_rucios(
    client: RucioClient, rucio: FakeRucio, document: object
) -> None:
    rucio.answers[FILES] = respond(200, text=f"{document!r}".replace("'", '"'))
    rucio.answers["/accounts/whoami"] = respond(200, document)
    with pytest.raises(RucioBadAnswer):
        await gather(client)
    rucio.answers["/accounts/alice/limits/local"] = respond(200, document)
    with pytest.raises(RucioBadAnswer):
        await accounts.whoami(client)
    if not isinstance(document, dict):
        with pytest.raises(RucioBadAnswer):
            await accounts.limits(client, "alice")


async def test_leaving_a_list_early_drops_the_connection(
    client: RucioClient, rucio: FakeRucio
) -> None:
    dropped = asyncio.Event()

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(chunked(end=False))
        number = 0
        try:
            while True:
                line = LINE % number
                writer.write(b"%x\r\n%s\r\n" % (len(line), line))
                await writer.drain()
                number += 1
        except ConnectionError:
            dropped.set()

    rucio.answers[FILES] = endless
    async with aclosing(dids.files(client, DIMUON)) as files:
        async for file in files:
            if file.did.name == "f100":
                break
    await asyncio.wait_for(dropped.wait(), 5)


async def test_others_get_their_turn_while_a_long_list_is_read(
    client: RucioClient, rucio: FakeRucio
) -> None:
    rucio.answers[FILES] = chunked(*(LINE % number for number in range(30_000)))
    turns = 0

    async def somebody_else() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    other = asyncio.create_task(somebody_else())
    assert len(await gather(client)) == 30_000
    other.cancel()
    assert turns > 10


async def test_a_redirect_within_rucio_is_followed(client: RucioClient, rucio: FakeRucio) -> None:
    rucio.answers["/accounts/whoami"] = respond(303, headers={"Location": "alice"})
    rucio.answers["/accounts/alice"] = respond(
        200, {"account": "alice", "email": "a@x", "account_type": "USER"}
    )
    assert (await accounts.whoami(client)).account == "alice"
    assert rucio.requests[-1].headers["x-rucio-auth-token"]


async def test_a_token_goes_to_no_other_address(client: RucioClient, rucio: FakeRucio) -> None:
    elsewhere = FakeRucio()
    server = await asyncio.start_server(elsewhere.serve, "127.0.0.1", 0)
    elsewhere.port = server.sockets[0].getsockname()[1]
    location = {"Location": f"{elsewhere.url}/scopes/"}
    rucio.answers["/scopes/"] = respond(302, headers=location)
    with pytest.raises(RucioBadAnswer) as caught:
        await scopes.list_scopes(client)
    assert caught.value.code == "redirected_elsewhere"
    assert elsewhere.requests == []
    server.close()


async def test_a_redirect_in_a_circle_ends(client: RucioClient, rucio: FakeRucio) -> None:
    rucio.answers["/scopes/"] = respond(302, headers={"Location": "/scopes/"})
    with pytest.raises(RucioBadAnswer):
        await scopes.list_scopes(client)


async def test_a_path_in_the_base_address_is_kept(rucio: FakeRucio) -> None:
    rucio.answers["/rucio/v1/scopes/"] = respond(200, [])
    instance = instance_at(f"{rucio.url}/rucio/v1", auth_url=f"{rucio.url}/auth-server")
    async with client_at(instance) as client:
        await scopes.list_scopes(client)
    assert rucio.paths() == ["/auth-server/auth/userpass", "/rucio/v1/scopes/"]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("/store/mc/f.root", "%2Fstore%2Fmc%2Ff.root"),
        ("50%_a b?c#d&e+f:g", "50%25_a%20b%3Fc%23d%26e%2Bf%3Ag"),
        ("%2Fx", "%252Fx"),
        ("../../accounts", "..%2F..%2Faccounts"),
        ("..", "%2E%2E"),
        ("été_β", "%C3%A9t%C3%A9_%CE%B2"),
    ],
)
async def test_names_are_one_quoted_piece_of_the_address(
    client: RucioClient, rucio: FakeRucio, name: str, sent: str
) -> None:
    with pytest.raises(ExtensionError):
        await dids.get(client, Did("demo", name))
    assert rucio.paths()[-1] == f"/dids/demo/{sent}"


async def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    rucio: FakeRucio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    rucio.answers["/scopes/"] = respond(200, ["demo"])
    async with client_at(instance_at(rucio.url)) as client:
        assert await scopes.list_scopes(client) == ["demo"]


async def test_an_address_that_is_not_rucios(client: RucioClient, rucio: FakeRucio) -> None:
    rucio.answers["/scopes/"] = respond(
        404, text="<html>not found</html>", headers={"Content-Type": "text/html"}
    )
    with pytest.raises(RucioBadAnswer) as caught:
        await scopes.list_scopes(client)
    assert "rucio_base_url" in str(caught.value.hint)


async def test_a_certificate_nobody_signed_is_refused_and_its_ca_file_makes_it_good(
    tls_server: Callable[[ssl.SSLContext], Awaitable[FakeRucio]], tmp_path: Path
) -> None:
    rucio = await tls_server(self_signed(tmp_path))
    rucio.answers["/scopes/"] = respond(200, ["demo"])
    async with client_at(instance_at(rucio.url)) as client:
        with pytest.raises(RucioUnreachable) as caught:
            await scopes.list_scopes(client)
    assert caught.value.code == "tls_not_trusted"
    assert "rucio_ca_cert" in str(caught.value.hint)
    trusting = instance_at(rucio.url, rucio_ca_cert=str(tmp_path / "cert.pem"))
    async with client_at(trusting) as client:
        assert await scopes.list_scopes(client) == ["demo"]


async def test_a_ca_file_that_cannot_be_used_is_named(rucio: FakeRucio, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for file in (empty, tmp_path / "missing.pem"):
        async with client_at(instance_at(rucio.url, rucio_ca_cert=str(file))) as client:
            with pytest.raises(ConfigurationError) as caught:
                await scopes.list_scopes(client)
        assert str(file) in caught.value.message


async def test_an_error_is_said_in_the_users_words_with_what_rucio_said_beside_it(
    client: RucioClient, rucio: FakeRucio
) -> None:
    rucio.answers["/scopes/"] = refuse(404, "RSENotFound", "RSE 'X' cannot be found in vo 'def'")
    with pytest.raises(NotFound) as caught:
        await scopes.list_scopes(client)
    error = caught.value.to_dict()
    assert error["code"] == "unknown_rse"
    assert error["rucio"]["exception_class"] == "RSENotFound"


async def never(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3)


async def gather(client: RucioClient) -> list[dids.FileRecord]:
    return [file async for file in dids.files(client, DIMUON)]


async def expect_cut(client: RucioClient, *, files_before: int) -> None:
    seen = 0
    with pytest.raises(RucioBadAnswer) as caught:
        async for _ in dids.files(client, DIMUON):
            seen += 1
    assert caught.value.code == "stream_cut"
    assert seen == files_before


def self_signed(folder: Path) -> ssl.SSLContext:
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context
