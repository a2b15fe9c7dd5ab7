"""A real kernel that is told of a variable as a page tells it: through the server's websocket."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import websocket
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)

from bench.servers import Server

TARGET = "rucio-jupyterlab:kernel"
PROTOCOL = "v1.kernel.websocket.jupyter.org"
TIMEOUT_S = 60


class MessageTooLarge(Exception):
    """The server closed the websocket rather than take a message; says how large it was."""


class Kernel:
    """A Python kernel of a server, with the extension's kernel side loaded."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket = socket
        self._session = uuid.uuid4().hex
        self.execute("%load_ext rucio_jupyterlab.kernels.ipython")

    def execute(self, code: str) -> None:
        """Returns once it has run.

        Raises:
            RuntimeError: it raised something.
        """
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        asked = self._send("execute_request", content)
        while True:
            answer = self._receive()
            if answer["type"] == "execute_reply" and answer["parent"] == asked:
                if answer["content"]["status"] != "ok":
                    raise RuntimeError(f"The kernel refused: {answer['content'].get('evalue')}")
                return

    def inject(self, entry: dict[str, Any]) -> None:
        """Sends one resolved DID and waits until the kernel says that the variable is there.

        Raises:
            MessageTooLarge: the server does not take it.
            RuntimeError: the kernel could not make the variable.
        """
        comm = uuid.uuid4().hex
        self._send("comm_open", {"comm_id": comm, "target_name": TARGET, "data": {}})
        data = {"action": "inject", "dids": [entry]}
        content = {"comm_id": comm, "data": data}
        try:
            self._send("comm_msg", content)
            self._until_acknowledged(entry["variableName"])
        except (websocket.WebSocketException, OSError) as error:
            megabytes = len(json.dumps(content)) / 1e6
            raise MessageTooLarge(f"the websocket refuses {megabytes:.0f} MB") from error

    def _until_acknowledged(self, variable: str) -> None:
        while True:
            answer = self._receive()
            data = answer["content"].get("data", {})
            if answer["type"] == "comm_msg" and data.get("action") == "ack-inject":
                if variable not in data["variable_names"]:
                    raise RuntimeError(f"The kernel could not make it: {data}")
                return

    def _send(self, kind: str, content: dict[str, Any]) -> str:
        message_id = uuid.uuid4().hex
        message = {
            "header": {
                "msg_id": message_id,
                "msg_type": kind,
                "session": self._session,
                "username": "",
                "version": "5.2",
                "date": "2026-01-01T00:00:00Z",
            },
            "parent_header": {},
            "metadata": {},
            "content": content,
        }
        packed = serialize_msg_to_ws_v1(  # type: ignore[no-untyped-call]
            message, "shell", pack=lambda part: json.dumps(part).encode()
        )
        self._socket.send_binary(packed)
        return message_id

    def _receive(self) -> dict[str, Any]:
        received = self._socket.recv()
        if not isinstance(received, bytes) or not received:
            raise websocket.WebSocketConnectionClosedException("closed by the server")
        _, parts = deserialize_msg_from_ws_v1(received)  # type: ignore[no-untyped-call]
        header, parent, _, content = (json.loads(part) for part in parts[:4])
        return {
            "type": header["msg_type"],
            "parent": parent.get("msg_id"),
            "content": content,
        }


@contextmanager
def kernel_of(server: Server) -> Iterator[Kernel]:
    """A new kernel, for as long as the context lasts."""
    model = server("POST", "api/kernels", json={"name": "python3"})
    place = urlsplit(server.running.url)
    socket = websocket.create_connection(
        f"ws://{place.netloc}{place.path}api/kernels/{model['id']}/channels",
        header=[f"Authorization: token {server.running.token}"],
        subprotocols=[PROTOCOL],
        timeout=TIMEOUT_S,
    )
    try:
        yield Kernel(socket)
    finally:
        socket.close()
        server("DELETE", f"api/kernels/{model['id']}")
