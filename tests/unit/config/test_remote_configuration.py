"""``$url``: keys from elsewhere, over real HTTP."""

from __future__ import annotations

import http.server
import json
import ssl
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import trustme

from rucio_jupyterlab.config.load import ConfiguredInstance, load_instances
from rucio_jupyterlab.config.remote import RemoteConfiguration

pytestmark = pytest.mark.asyncio

REMOTE: dict[str, Any] = {
    "rucio_base_url": "https://rucio.example.org",
    "destination_rse": "EULAKE-1",
    "rse_mount_path": "/eos",
    "display_name": "not this one",
    "maintainer": "somebody",
}
TOO_LONG = b"{" + b" " * 2_000_000 + b"}"


class ConfigurationServer:
    """Answers with ``body`` and ``status``, after ``delay_s``; ``leads_to`` redirects instead."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/lake.json?key=hush"
        self.status = 200
        self.body = json.dumps(REMOTE).encode()
        self.etag: str | None = None
        self.delay_s = 0.0
        self.leads_to: str | None = None
        self.answered: list[int] = []


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[ConfigurationServer]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(state.delay_s)
            status = 302 if state.leads_to else state.status
            if state.etag and self.headers["If-None-Match"] == state.etag:
                status = 304
            state.answered.append(status)
            with suppress(ConnectionError):  # who asked may have gone
                self.send_response(status)
                if state.leads_to:
                    self.send_header("Location", state.leads_to)
                if state.etag:
                    self.send_header("ETag", state.etag)
                body = b"" if status == 304 else state.body
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        httpd.socket = tls.wrap_socket(httpd.socket, server_side=True)
    scheme = "http" if tls is None else "https"
    state = ConfigurationServer(f"{scheme}://127.0.0.1:{httpd.server_port}")
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield state
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def server() -> Iterator[ConfigurationServer]:
    with serving() as state:
        yield state


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure_server(authority: trustme.CA) -> Iterator[ConfigurationServer]:
    """The same over TLS, by an authority of its own."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with serving(tls) as state:
        yield state


@pytest.fixture
def remote(server: ConfigurationServer, tmp_path: Path) -> Callable[[], RemoteConfiguration]:
    """A fresh start of Jupyter: what is on disk stays."""

    def start() -> RemoteConfiguration:
        return RemoteConfiguration(configured(server.url), tmp_path / "cache", timeout_s=2.0)

    return start


def configured(url: str, **changes: object) -> ConfiguredInstance:
    keys = {"name": "r", "display_name": "The Lake", "mode": "replica", "$url": url}
    (found,) = load_instances([keys | changes], {})
    return found


async def test_local_keys_win_and_foreign_ones_do_no_harm(
    remote: Callable[[], RemoteConfiguration],
) -> None:
    found = await remote().refresh()
    assert found.instance is not None
    assert found.instance.display_name == "The Lake"
    assert found.instance.rucio_base_url == "https://rucio.example.org"


async def test_what_is_left_empty_here_comes_from_there(
    server: ConfigurationServer, tmp_path: Path
) -> None:
    here = configured(server.url, rucio_base_url="", destination_rse=None)
    found = (await RemoteConfiguration(here, tmp_path).refresh()).instance
    assert found is not None
    assert found.rucio_base_url == "https://rucio.example.org"
    assert found.destinations[0].rse == "EULAKE-1"


async def test_only_the_administrators_own_address_is_followed(
    remote: Callable[[], RemoteConfiguration], server: ConfigurationServer
) -> None:
    with serving() as elsewhere:
        server.body = json.dumps({**REMOTE, "$url": elsewhere.url}).encode()
        lake = remote()
        found = await lake.refresh()
        await lake.refresh()
        assert found.instance is not None
        assert found.remote_url == server.url
        assert elsewhere.answered == []


async def test_a_document_that_is_as_it_was_is_not_sent_again(
    remote: Callable[[], RemoteConfiguration], server: ConfigurationServer
) -> None:
    server.etag = '"one"'
    first = await remote().refresh()
    restarted = remote()
    await restarted.load_last_good()
    assert (await restarted.refresh()).instance == first.instance
    server.etag, server.body = '"two"', json.dumps({**REMOTE, "vo": "esc"}).encode()
    changed = await restarted.refresh()
    assert server.answered == [200, 304, 200]
    assert changed.instance is not None
    assert changed.instance.vo == "esc"


async def test_a_document_that_cannot_be_used_is_asked_for_again_until_it_can(
    remote: Callable[[], RemoteConfiguration], server: ConfigurationServer
) -> None:
    server.etag, server.body = '"broken"', b'{"mode": "download"}'
    lake = remote()
    await lake.refresh()
    await lake.refresh()
    assert server.answered == [200, 200]


async def test_from_tls_nothing_leads_to_where_there_is_none(
    secure_server: ConfigurationServer, authority: trustme.CA, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    here = configured(secure_server.url, rucio_ca_cert=str(ca_file))
    secure_server.body = json.dumps(REMOTE).encode()
    found = await RemoteConfiguration(here, tmp_path / "cache").refresh()
    assert found.instance is not None

    with serving() as open_to_all:
        secure_server.leads_to = open_to_all.url
        restarted = RemoteConfiguration(here, tmp_path / "other")
        found = await restarted.refresh()
        assert found.problem is not None
        assert "without TLS" in found.problem.message
        assert open_to_all.answered == []


async def test_whom_nobody_trusts_is_not_read(
    secure_server: ConfigurationServer, tmp_path: Path
) -> None:
    ca_file = tmp_path / "another.pem"
    trustme.CA().cert_pem.write_to_path(ca_file)
    here = configured(secure_server.url, rucio_ca_cert=str(ca_file))
    found = await RemoteConfiguration(here, tmp_path / "cache").refresh()
    assert found.problem is not None
    assert "certificate is not trusted" in found.problem.message


async def test_a_restart_without_network_uses_the_last_good_copy(
    remote: Callable[[], RemoteConfiguration], server: ConfigurationServer
) -> None:
    await remote().refresh()
    server.status = 500
    restarted = remote()
    assert restarted.current.instance is None
    assert (await restarted.load_last_good()).instance is not None
    found = await restarted.refresh()
    assert found.instance is not None
    assert restarted.last_error is not None
    assert "HTTP 500" in restarted.last_error.message


async def test_the_copy_is_for_its_owner_only(
    remote: Callable[[], RemoteConfiguration], tmp_path: Path
) -> None:
    await remote().refresh()
    (copy,) = (tmp_path / "cache").iterdir()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700


async def test_a_copy_that_is_half_written_is_no_copy(
    remote: Callable[[], RemoteConfiguration], tmp_path: Path
) -> None:
    await remote().refresh()
    (copy,) = (tmp_path / "cache").iterdir()
    copy.write_text('{"rucio_base_url": ')
    assert (await remote().load_last_good()).instance is None


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (404, b"", "HTTP 404"),
        (200, b"<html>Log in</html>", "no JSON object"),
        (200, b"[]", "no JSON object"),
        (200, TOO_LONG, "longer than 1024 KiB"),
        (200, b"\xff{}", "no JSON object"),
        (200, b'{"mode": "download"}', "rucio_base_url is missing"),
    ],
    ids=["missing", "login page", "list", "too long", "no text", "incomplete"],
)
async def test_what_goes_wrong_at_the_first_time_is_the_instances_problem(
    remote: Callable[[], RemoteConfiguration],
    server: ConfigurationServer,
    status: int,
    body: bytes,
    said: str,
) -> None:
    server.status, server.body = status, body
    found = await remote().refresh()
    assert found.instance is None
    assert found.problem is not None
    assert said in found.problem.message
    assert "hush" not in found.problem.message


async def test_a_slow_server_is_given_up_within_the_limit(
    server: ConfigurationServer, tmp_path: Path
) -> None:
    server.delay_s = 3.0
    slow = RemoteConfiguration(configured(server.url), tmp_path, timeout_s=0.2)
    found = await slow.refresh()
    assert found.problem is not None
    assert "in time" in found.problem.message or "within 0.2 s" in found.problem.message


async def test_a_server_that_is_down(tmp_path: Path) -> None:
    down = RemoteConfiguration(configured("http://127.0.0.1:9/x"), tmp_path, timeout_s=2.0)
    assert (await down.refresh()).problem is not None
    assert down.seconds_until_refresh == 10.0
    await down.refresh()
    assert down.seconds_until_refresh == 20.0


async def test_a_change_arrives_without_a_restart(
    remote: Callable[[], RemoteConfiguration], server: ConfigurationServer
) -> None:
    lake = remote()
    await lake.refresh()
    server.body = json.dumps({**REMOTE, "destination_rse": "CNAF"}).encode()
    found = await lake.refresh()
    assert found.instance is not None
    assert found.instance.destinations[0].rse == "CNAF"


async def test_it_is_read_again_when_it_says(
    remote: Callable[[], RemoteConfiguration], server: ConfigurationServer
) -> None:
    lake = remote()
    server.body = json.dumps({**REMOTE, "cache_expires_at": time.time() + 300}).encode()
    await lake.refresh()
    assert 290 < lake.seconds_until_refresh <= 300
    server.body = json.dumps({**REMOTE, "cache_expires_at": 1}).encode()
    await lake.refresh()
    assert lake.seconds_until_refresh == 60
