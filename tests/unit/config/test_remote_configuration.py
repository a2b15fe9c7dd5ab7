"""``$url``: keys from elsewhere, over real HTTP."""

from __future__ import annotations

import http.server
import json
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

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


class ConfigurationServer:
    """Answers with ``body`` and ``status``, after ``delay_s``."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/lake.json?key=hush"
        self.status = 200
        self.body = json.dumps(REMOTE).encode()
        self.delay_s = 0.0


@pytest.fixture
def server() -> Iterator[ConfigurationServer]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(state.delay_s)
            with suppress(ConnectionError):  # who asked may have gone
                self.send_response(state.status)
                self.send_header("Content-Length", str(len(state.body)))
                self.end_headers()
                self.wfile.write(state.body)

        def log_message(self, *args: object) -> None:
            pass

    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = ConfigurationServer(httpd.server_port)
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    yield state
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@pytest.fixture
def remote(server: ConfigurationServer, tmp_path: Path) -> Callable[[], RemoteConfiguration]:
    """A fresh start of Jupyter: what is on disk stays."""

    def start() -> RemoteConfiguration:
        return RemoteConfiguration(configured(server.url), tmp_path / "cache", timeout_s=2.0)

    return start


def configured(url: str) -> ConfiguredInstance:
    (found,) = load_instances(
        [{"name": "r", "display_name": "The Lake", "mode": "replica", "$url": url}], {}
    )
    return found


async def test_local_keys_win_and_foreign_ones_do_no_harm(
    remote: Callable[[], RemoteConfiguration],
) -> None:
    found = await remote().refresh()
    assert found.instance is not None
    assert found.instance.display_name == "The Lake"
    assert found.instance.rucio_base_url == "https://rucio.example.org"


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
        (200, b"{" + b" " * 2_000_000 + b"}", "no JSON object"),
        (200, b'{"mode": "download"}', "rucio_base_url is missing"),
    ],
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
