"""A server that writes down whatever reaches it: where a secret must not go, nothing may arrive."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

LONGEST_SILENCE_S = 5.0

Reply = Callable[[bytes], bytes]


@dataclass
class Listener:
    """``url`` has no trailing slash. ``heard`` is one entry for each request, head and body;
    ``connections`` also counts those without one, such as TLS that the other side gave up.
    """

    url: str
    heard: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@contextmanager
def listening(
    reply: Reply, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[Listener]:
    """Answers each request with ``reply(request)``, the whole answer; ``host`` is how it is called
    in ``url``.
    """

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            listener.connections += 1
            connection = self.request
            connection.settimeout(LONGEST_SILENCE_S)
            # The other side may not want to talk to who has such a certificate.
            with suppress(OSError):
                if tls is not None:
                    connection = tls.wrap_socket(connection, server_side=True)
                request = _request(connection.recv)
                listener.heard.append(request)
                connection.sendall(reply(request))
                connection.close()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as server:
        scheme = "http" if tls is None else "https"
        listener = Listener(f"{scheme}://{host}:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    """An HTTP answer that ends the connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _request(receive: Callable[[int], bytes]) -> bytes:
    """The head of a request and the body that it announces."""
    heard = b""
    while b"\r\n\r\n" not in heard:
        piece = receive(65536)
        if not piece:
            return heard
        heard += piece
    head, _, body = heard.partition(b"\r\n\r\n")
    lengths = [
        int(line.partition(b":")[2])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ]
    while lengths and len(body) < lengths[0]:
        body += receive(65536)
    return head + b"\r\n\r\n" + body
