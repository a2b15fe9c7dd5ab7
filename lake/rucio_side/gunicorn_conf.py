"""gunicorn's settings."""

from __future__ import annotations

from typing import Any

workers = 2
threads = 8
worker_class = "gthread"
# Rucio takes seconds to import: once, and then forked.
preload_app = True
# A list of 100,000 replicas may stream for minutes.
timeout = 600
graceful_timeout = 2
keepalive = 30
worker_tmp_dir = None
control_socket_disable = True


def post_fork(_server: Any, _worker: Any) -> None:
    """Connections opened before the fork belong to the parent."""
    from rucio.db.sqla.session import get_engine  # noqa: PLC0415

    get_engine().dispose(close=False)
