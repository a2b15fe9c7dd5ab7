"""The TLS front by itself, before a server that a test can hold back."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from lake import apache, front
from lake.errors import LakeError
from lake.process import Supervisor, port_of
from lake.state import Options, State
from lake.up import start_lake


class HeldBack(ThreadingHTTPServer):
    """Sends a first row, and the last one once it is let go."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        go_on = self.go_on

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/x-json-stream")
                self.end_headers()
                self.wfile.write(b'{"row": 1}\n')
                go_on.wait(60)
                self.wfile.write(b'{"row": 2}\n')

            def log_message(self, *_arguments: Any) -> None:
                """Quiet."""

        super().__init__(("127.0.0.1", 0), Handler)


@pytest.fixture
def server() -> Iterator[HeldBack]:
    with HeldBack() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.go_on.set()
        server.shutdown()


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = State(tmp_path)
    state.prepare()
    yield state
    Supervisor(state).end_all()


def client_of(tls: dict[str, Any]) -> httpx.Client:
    context = ssl.create_default_context(cafile=tls["ca_file"])
    return httpx.Client(verify=context, trust_env=False, timeout=30)


def start_front(state: State, server: HeldBack) -> dict[str, Any]:
    tls_front = front.Front(state, Supervisor(state))
    tls_front.prepare()
    return tls_front.start(f"http://127.0.0.1:{server.server_port}")


def test_the_first_rows_arrive_before_the_last_are_sent(state: State, server: HeldBack) -> None:
    tls = start_front(state, server)
    with (
        client_of(tls) as client,
        client.stream("GET", f"{tls['rucio_url']}/dids/") as answer,
    ):
        rows = answer.iter_lines()
        assert next(rows) == '{"row": 1}'
        server.go_on.set()
        assert list(rows) == ['{"row": 2}']


def test_a_port_that_somebody_took_meanwhile_is_not_waited_for(
    state: State, server: HeldBack, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = [server.server_port]
    monkeypatch.setattr(front, "port_of", lambda free: taken.pop() if taken else port_of(free))

    tls = start_front(state, server)

    assert taken == []
    assert str(server.server_port) not in tls["rucio_url"] + tls["auth_url"]
    server.go_on.set()
    with client_of(tls) as client:
        assert client.get(f"{tls['auth_url']}/ping").status_code == 200
    assert [process.name for process in Supervisor(state).running()] == [front.NAME]


def test_without_apache_the_command_that_installs_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apache, "APACHE", tmp_path / "apache2")
    with pytest.raises(LakeError, match=r"apt-get install .*without --tls"):
        start_lake(State(tmp_path), Options(tls=True), print)
