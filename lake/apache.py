"""An Apache of the lake's own, over TLS: what its front and its WebDAV storage have in common."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterable
from pathlib import Path

from lake.environment import rucio_environment
from lake.errors import LakeError
from lake.privileges import user_for
from lake.process import Process, Supervisor
from lake.state import State, write_private

# Of Debian's apache2-bin, and not on everybody's PATH. (The package apache2 would start a service
# of the system's own.)
APACHE = Path("/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")
READY_WITHIN_S = 20.0

# mod_gridsite makes mod_ssl take RFC 3820 proxies, as in Rucio's own images: OpenSSL alone refuses
# them.
LOADED = ("mpm_event", "authz_core", "ssl", "gridsite")
CONFIGURATION = """\
{user}
{modules}
ServerName 127.0.0.1
ServerRoot "{folder}"
DefaultRuntimeDir "{folder}"
PidFile "{folder}/apache.pid"
ErrorLog "{log}"
LogLevel warn
Timeout 600
ThreadsPerChild 64
MaxRequestWorkers 64
AllowEncodedSlashes NoDecode
GridSiteSessionsDir "{folder}/sessions"

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
"""


class Apache:
    """`name` is that of its process and its log, `folder` its own, which has to be there."""

    def __init__(
        self,
        state: State,
        supervisor: Supervisor,
        name: str,
        folder: Path,
        modules: Iterable[str],
    ) -> None:
        self._state = state
        self._supervisor = supervisor
        self._name = name
        self._folder = folder
        self._modules = (*LOADED, *modules)
        self._environment = rucio_environment(state)
        self.user = user_for("www-data")

    def check(self) -> None:
        """Raises LakeError when one of Debian's packages is missing."""
        files = [APACHE, *(_file(module) for module in self._modules)]
        missing = [path for path in files if not path.exists()]
        if missing:
            raise LakeError(
                f"TLS needs {' and '.join(map(str, missing))}, not found on this machine: "
                "apt-get install $(cat lake/apt-tls.txt), or start the lake without --tls."
            )

    @property
    def configuration(self) -> Path:
        """Readable by who started the lake alone: the front's holds a secret."""
        return self._folder / "apache.conf"

    def launch(self, hosts: str) -> Process:
        """Starts it with `hosts`, the sections that say what is served."""
        text = CONFIGURATION.format(
            user=f"User {self.user}\nGroup {self.user}" if self.user else "",
            modules="\n".join(f"LoadModule {m}_module {_file(m)}" for m in self._modules),
            folder=self._folder,
            files=self._state.tls,
            log=self._state.log(self._name),
        )
        write_private(self.configuration, text + hosts)
        return self._supervisor.start(
            self._name,
            # One process with threads: if it is killed, no child stays behind and goes on serving.
            [APACHE, "-X", "-f", self.configuration],
            environment=self._environment,
        )

    def answers(self, process: Process, ports: Iterable[int]) -> bool:
        """Whether it serves all `ports`; False once it has ended, as when one had been taken."""
        deadline = time.monotonic() + READY_WITHIN_S
        context = ssl.create_default_context(cafile=str(self._state.tls.authority))
        while time.monotonic() < deadline and process.is_running():
            # Another lake's would have the certificate of another authority.
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


def _file(module: str) -> Path:
    return MODULES / f"mod_{module}.so"
