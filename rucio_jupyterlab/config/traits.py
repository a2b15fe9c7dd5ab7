"""``c.RucioConfig`` of ``jupyter_server_config``."""

from __future__ import annotations

from traitlets import Enum, List, Unicode
from traitlets.config import Configurable


class RucioConfig(Configurable):
    """Which Rucio instances users of this server can reach."""

    instances = List(config=True)
    default_instance = Unicode(None, allow_none=True, config=True)
    default_auth_type = Unicode("userpass", config=True)
    log_level = Enum(["debug", "info", "warning", "error", "critical"], "warning", config=True)
