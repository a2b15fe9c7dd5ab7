"""Rucio over HTTPS, as in production: Apache in front of it looks at clients' certificates."""

from __future__ import annotations

import secrets
import time
from typing import Any

from lake.apache import Apache
from lake.environment import python, rucio_environment
from lake.errors import LakeError
from lake.process import Process, Supervisor, loopback_socket, port_of
from lake.state import State, write_private

BASE_PATH = "/rucio"
NAME = "tls-front"
# Each start takes two ports that were free a moment ago.
ATTEMPTS = 5
MODULES = ("headers", "proxy", "proxy_http")

# `flushpackets` passes rows on as they come; `nocanon` leaves names as the client wrote them.
HOST = """
Listen 127.0.0.1:{port} https
<VirtualHost 127.0.0.1:{port}>
  SSLEngine on
  RequestHeader set X-Lake-Front "{secret}"
  RequestHeader set X-Lake-Client-Verify "expr=%{{SSL_CLIENT_VERIFY}}"
  RequestHeader set X-Lake-Client-Dn "expr=%{{SSL_CLIENT_S_DN}}"
  RequestHeader set X-Forwarded-Proto "https"
  ProxyPass "{path}" "{rucio_url}{path_behind}" flushpackets=on nocanon disablereuse=on timeout=600
  ProxyPassReverse "{path}" "{rucio_url}{path_behind}"
</VirtualHost>
"""


class Front:
    """Two addresses of one Rucio: a base URL with a path, and a host for authentication alone."""

    def __init__(self, state: State, supervisor: Supervisor) -> None:
        self._state = state
        self._files = state.tls
        self._supervisor = supervisor
        self._apache = Apache(state, supervisor, NAME, self._files.front, MODULES)
        self._apache.check()
        self._certificates: Process | None = None

    def prepare(self) -> None:
        """Agrees with Rucio on what only the front can say, and begins to make the certificates."""
        for folder in (self._files.folder, self._files.front):
            folder.mkdir(mode=0o700)
        write_private(self._files.front_secret, secrets.token_urlsafe(32))
        self._certificates = self._supervisor.start(
            "certificates",
            [python(), "-m", "lake.certificates", "all", self._files.folder],
            environment=rucio_environment(self._state),
        )

    def start(self, rucio_url: str) -> dict[str, Any]:
        """Starts Apache; gives ``tls`` of ``lake.json`` once both addresses answer.

        To be called after `prepare`.

        Raises:
            LakeError: it did not start.
        """
        self._finish_certificates()
        for _ in range(ATTEMPTS):
            process, ports = self._launch(rucio_url)
            if self._apache.answers(process, ports):
                base, auth = ports
                return self._files.document(
                    rucio_url=f"https://127.0.0.1:{base}{BASE_PATH}",
                    auth_url=f"https://127.0.0.1:{auth}",
                )
            self._supervisor.end(process)
        raise LakeError("The lake's TLS front did not start.", log=self._state.log(NAME))

    def _finish_certificates(self) -> None:
        making = self._certificates
        assert making is not None
        while making.is_running():
            time.sleep(0.02)
        self._supervisor.end(making)
        if not self._files.last.exists():
            raise LakeError(
                "The lake's certificates could not be made.", log=self._state.log(making.name)
            )

    def _launch(self, rucio_url: str) -> tuple[Process, tuple[int, int]]:
        with loopback_socket() as one, loopback_socket() as another:
            base, auth = port_of(one), port_of(another)
        secret = self._files.front_secret.read_text()
        hosts = [
            HOST.format(
                port=port, path=path, path_behind=behind, rucio_url=rucio_url, secret=secret
            )
            for port, path, behind in ((base, BASE_PATH, ""), (auth, "/", "/"))
        ]
        return self._apache.launch("".join(hosts)), (base, auth)
