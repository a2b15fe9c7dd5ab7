"""WebDAV storage: an Apache that lets alice and Rucio's daemons in, by certificate or by token."""

from __future__ import annotations

import re
import secrets
import shutil
import socket

from lake.apache import Apache
from lake.endpoints import Protocol
from lake.errors import LakeError
from lake.privileges import give, is_reachable
from lake.process import Supervisor, port_of
from lake.state import State
from lake.tls import ALICES, ROBOT
from lake.topology import ALICE_SUBJECT, AUDIENCE, ISSUER_KEY_ID, SCOPES, WEBDAV

NAME = "webdav"
MODULES = ("authn_core", "autoindex", "auth_openidc", "dav", "dav_fs", "env", "lua", "ratelimit")

# What a file whose name begins with ``slow_`` is read with, as from far away: a few of them let a
# test look at what is under way.
SLOW_KIB_S = 4096

# Who shows no certificate is asked for a token. Of the requests for a folder, HEAD has to answer
# 200: Rucio's library takes it as a sign of life.
HOST = """
DAVLockDB "{folder}/locks/db"
OIDCOAuthVerifyCertFiles "{key_id}#{issuer_key}"
OIDCOAuthRemoteUserClaim sub
OIDCCryptoPassphrase "{passphrase}"
Listen 127.0.0.1:{port} https
<VirtualHost 127.0.0.1:{port}>
  ServerName 127.0.0.1:{port}
  SSLEngine on
  DocumentRoot "{root}"
  LuaHookFixups "{folder}/parents.lua" make_parents
  <Directory "{files}">
    Dav On
    Options Indexes
    AuthType oauth20
    <RequireAny>
      Require expr "%{{SSL_CLIENT_VERIFY}} == 'SUCCESS' && %{{SSL_CLIENT_S_DN}} =~ m#{dns}#"
      <RequireAll>
        Require claim sub:{subject}
        Require claim aud:{audience}
        Require claim "iss:{issuer_url}"
      </RequireAll>
    </RequireAny>
  </Directory>
  <LocationMatch "/slow_[^/]*$">
    SetOutputFilter RATE_LIMIT
    SetEnv rate-limit {slow_kib_s}
  </LocationMatch>
</VirtualHost>
"""

# Grid storages make the folders above a new file; Apache answers 409, which Rucio's library takes
# to mean that the file is there already. And where one may not write they say 403, not 500.
PARENTS = """\
function make_parents(r)
  if r.method == "PUT" then
    local folder = string.match(r.filename .. (r.path_info or ""), "^(.*)/[^/]*$")
    r:mkrdir(folder, 0x755)
    local probe = string.format("%s/.probe-%d-%s", folder, r:clock(), tostring({}))
    local file = io.open(probe, "w")
    if not file then
      return 403
    end
    file:close()
    os.remove(probe)
  end
  return apache2.DECLINED
end
"""


class Webdav:
    """The storage of `WEBDAV`: certificates have to be made already when it starts."""

    def __init__(self, state: State, supervisor: Supervisor) -> None:
        self._state = state
        self._folder = state.root / NAME
        self._apache = Apache(state, supervisor, NAME, self._folder, MODULES)
        self._apache.check()

    @property
    def is_possible(self) -> bool:
        """Whether the user that Apache serves as can come through to the lake's folder."""
        return is_reachable(self._state.root, self._apache.user)

    def protocol(self, port: int) -> Protocol:
        """Rucio's library knows this kind of storage by the scheme ``https`` alone."""
        return Protocol(scheme="https", hostname="127.0.0.1", port=port, prefix=f"{WEBDAV.prefix}/")

    def start(self, listening: socket.socket, issuer_url: str) -> None:
        """Starts it on the port of `listening`, which is kept until then, and closed.

        Raises:
            LakeError: it did not start.
        """
        root = self._state.storage_root(WEBDAV)
        files = self._state.storage_path(WEBDAV)
        for scope in SCOPES:
            (files / scope.partition(".")[0]).mkdir(parents=True, exist_ok=True)
        give(root, self._apache.user)
        # Nothing of an earlier start is of use.
        shutil.rmtree(self._folder, ignore_errors=True)
        locks = self._folder / "locks"
        locks.mkdir(parents=True)
        give(locks, self._apache.user)
        (self._folder / "parents.lua").write_text(PARENTS)
        names = "|".join(re.escape(of.dn) for of in (ALICES, ROBOT))
        port = port_of(listening)
        hosts = HOST.format(
            folder=self._folder,
            issuer_url=issuer_url,
            # It would ask the issuer over HTTPS only.
            key_id=ISSUER_KEY_ID,
            issuer_key=self._state.issuer_key,
            passphrase=secrets.token_urlsafe(),
            port=port,
            root=root,
            files=files,
            # A proxy is named as its owner, with one CN more.
            dns=f"^({names})(/CN=[0-9]+)*$",
            subject=ALICE_SUBJECT,
            audience=AUDIENCE,
            slow_kib_s=SLOW_KIB_S,
        )
        listening.close()
        process = self._apache.launch(hosts)
        if not self._apache.answers(process, [port]):
            raise LakeError(
                f"The WebDAV server of {WEBDAV.name} did not start.", log=self._state.log(NAME)
            )
