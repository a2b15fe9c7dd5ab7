"""A small HTTP interface for tests: pause, resume, one pass of the daemons; the end of tokens."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol


class Controllable(Protocol):
    @property
    def is_paused(self) -> bool: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def single_pass(self, *, repair: bool = False) -> list[str]: ...


def serve_control(loop: Controllable, expire_tokens: Callable[[str], int], descriptor: int) -> None:
    """Answers on the listening socket `descriptor`, in a thread.

    GET / says whether it is paused; POST /pause, /resume, /pass, /repair do so; POST /expire-tokens
    {"account"} ends the account's tokens.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, {"paused": loop.is_paused})

        def do_POST(self) -> None:
            if self.path == "/pause":
                loop.pause()
            elif self.path == "/resume":
                loop.resume()
            elif self.path in ("/pass", "/repair"):
                self._answer(200, {"ran": loop.single_pass(repair=self.path == "/repair")})
                return
            elif self.path == "/expire-tokens":
                self._answer(200, {"tokens": expire_tokens(self._document()["account"])})
                return
            else:
                self._answer(
                    404, {"message": "POST /pause, /resume, /pass, /repair or /expire-tokens"}
                )
                return
            self._answer(200, {"paused": loop.is_paused})

        def _document(self) -> dict[str, Any]:
            length = int(self.headers.get("Content-Length", 0))
            document: dict[str, Any] = json.loads(self.rfile.read(length))
            return document

        def _answer(self, status: int, document: dict[str, Any]) -> None:
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: Any) -> None:
            """Quiet: the log is for the daemons."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = socket.socket(fileno=descriptor)
    server.server_address = server.socket.getsockname()
    threading.Thread(target=server.serve_forever, daemon=True, name="control").start()
