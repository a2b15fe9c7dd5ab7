"""Rucio over HTTPS, as in production: Apache in front of it looks at clients' certificates."""

from __future__ import annotations

import contextlib
import secrets
import socket
import ssl
import time
from pathlib import Path
from typing import Any

from lake.environment import python, rucio_environment
from lake.errors import LakeError
from lake.privileges import user_for
from lake.process import Process, Supervisor, loopback_socket, port_of
from lake.state import State, write_private

# Of Debian's apache2-bin, and not on everybody's PATH. (The package apache2 would start a service
# of the system's own.)
APACHE = Path("/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")
LOADED = ("mpm_event", "authz_core", "headers", "proxy", "proxy_http", "ssl", "gridsite")
BASE_PATH = "/rucio"
NAME = "tls-front"
# Each start takes two ports that were free a moment ago.
ATTEMPTS = 5
READY_WITHIN_S = 20.0

# mod_gridsite makes mod_ssl take RFC 3820 proxies, as in Rucio's own images: OpenSSL alone refuses
# them. `flushpackets` passes rows on as they come; `nocanon` leaves names as the client wrote them.
CONFIGURATION = """\
{user}
{modules}
ServerName 127.0.0.1
ServerRoot "{files.front}"
DefaultRuntimeDir "{files.front}"
PidFile "{files.front}/apache.pid"
ErrorLog "{log}"
LogLevel warn
Timeout 600
ThreadsPerChild 64
MaxRequestWorkers 64
AllowEncodedSlashes NoDecode
GridSiteSessionsDir "{files.front}/sessions"

SSLProtocol -all +TLSv1.2 +TLSv1.3
SSLCertificateFile "{files.server}"
SSLCACertificateFile "{files.authority}"
SSLSessionCache none
SSLVerifyClient optional
SSLVerifyDepth 10
SSLOptions +LegacyDNStringFormat

<Directory "/">
  AllowOverride None
  Require all denied
</Directory>
{hosts}
"""
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
        missing = [path for path in (APACHE, MODULES / "mod_gridsite.so") if not path.exists()]
        if missing:
            raise LakeError(
                f"TLS needs {' and '.join(map(str, missing))}, not found on this machine: "
                "apt-get install $(cat lake/apt-tls.txt), or start the lake without --tls."
            )
        self._state = state
        self._files = state.tls
        self._supervisor = supervisor
        self._user = user_for("www-data")
        self._environment = rucio_environment(state)
        self._certificates: Process | None = None

    def prepare(self) -> None:
        """Agrees with Rucio on what only the front can say, and begins to make the certificates."""
        for folder in (self._files.folder, self._files.front):
            folder.mkdir(mode=0o700)
        write_private(self._files.front_secret, secrets.token_urlsafe(32))
        self._certificates = self._supervisor.start(
            "certificates",
            [python(), "-m", "lake.certificates", "all", self._files.folder],
            environment=self._environment,
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
            if self._answers(process, ports):
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
        text = CONFIGURATION.format(
            user=f"User {self._user}\nGroup {self._user}" if self._user else "",
            modules="\n".join(f"LoadModule {m}_module {MODULES}/mod_{m}.so" for m in LOADED),
            files=self._files,
            log=self._state.log(NAME),
            hosts="".join(hosts),
        )
        write_private(self._files.configuration, text)
        process = self._supervisor.start(
            NAME,
            # One process with threads: if it is killed, no child stays behind and goes on serving.
            [APACHE, "-X", "-f", self._files.configuration],
            environment=self._environment,
        )
        return process, (base, auth)

    def _answers(self, process: Process, ports: tuple[int, int]) -> bool:
        """Whether it serves both ports; False once it has ended, since one was taken meanwhile."""
        deadline = time.monotonic() + READY_WITHIN_S
        context = ssl.create_default_context(cafile=str(self._files.authority))
        while time.monotonic() < deadline and process.is_running():
            # Another lake's front would have the certificate of another authority.
            with contextlib.suppress(OSError):
                for port in ports:
                    with (
                        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
                        context.wrap_socket(plain, server_hostname="127.0.0.1"),
                    ):
                        pass
                return True
            time.sleep(0.05)
        return False
