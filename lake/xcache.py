"""XCache: reads of users at one site go through it, and it keeps what they have read.

Rucio puts its address before the PFNs that it gives to a client who says to be at that site.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from lake import endpoints
from lake.endpoints import Protocol
from lake.privileges import give, user_for
from lake.process import Supervisor
from lake.state import State
from lake.xrootd import Server

NAME = "xcache"
# Where the users are: no storage has this site.
CLIENT_SITE = "JUPYTERHUB"

# `acc.authdb` names the origins. The least memory that XCache takes is a gigabyte, of which it uses
# what it needs. The watermarks are the whole disk's, which in a lake is nobody's to clean up.
CONFIGURATION = """\
all.role server
xrd.port {port}
xrd.allow host localhost
xrd.allow host 127.0.0.1
all.export /root:/
all.adminpath {run}
all.pidpath {run}
ofs.osslib libXrdPss.so
pss.cachelib libXrdPfc.so
pss.origin =
oss.localroot {cache}
pfc.ram 1g
pfc.blocksize 256k
pfc.diskusage 0.98 0.99
ofs.authorize
acc.authdb {origins}
acc.authrefresh 60
xrootd.seclib libXrdSec.so
sec.protocol unix
sec.protbind * none
"""


class Xcache:
    """A cache for the XRootD sites of the lake, empty at each start."""

    def __init__(self, state: State, supervisor: Supervisor) -> None:
        self._state = state
        self._supervisor = supervisor
        self._user = user_for("xrootd")

    def start(self, protocols: Mapping[str, Protocol]) -> endpoints.Xcache:
        """Starts it before the origins in `protocols`; says where it is and for whom.

        Raises:
            LakeError: it did not start.
        """
        cache = self._state.root / "storage" / NAME
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir(parents=True)
        give(cache, self._user)
        origins = self._state.root / "xrd" / "origins"
        # XCache knows paths with one slash where a PFN has two, and the last one counts.
        paths = " ".join(
            f"/root:/{p['hostname']}:{p['port']}/{p['prefix'].lstrip('/')} lr"
            for p in protocols.values()
            if p["scheme"] == "root"
        )
        origins.write_text(f"t origins {paths}\nu * origins\n")
        server = Server(
            self._state,
            self._supervisor,
            name=NAME,
            run=self._state.root / "xrd" / NAME,
            user=self._user,
            configuration=CONFIGURATION.format(
                port="{port}", run="{run}", cache=cache, origins=origins
            ),
        )
        server.launch()
        return endpoints.Xcache(address=f"127.0.0.1:{server.wait()}", client_site=CLIENT_SITE)
