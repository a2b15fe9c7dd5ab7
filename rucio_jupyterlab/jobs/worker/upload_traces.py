"""Rucio's traces of uploads."""

from __future__ import annotations

import queue
import socket
import threading
import time
from typing import Any

from rucio import version
from rucio.client.client import Client
from rucio.common.constants import DEFAULT_VO
from rucio.common.utils import generate_uuid

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.jobs.worker import traces
from rucio_jupyterlab.jobs.worker.upload_model import Upload

CLOSE_LIMIT_S = 2.0


class Tracer:
    """Sends them beside the work: no file waits for one, and none fails for one."""

    def __init__(self, client: Client, upload: Upload) -> None:
        self._client = client
        self._base: dict[str, Any] = {
            "hostname": socket.gethostname(),
            "account": client.account,
            "eventType": "upload",
            "eventVersion": version.RUCIO_VERSION,
            "vo": client.vo if client.vo != DEFAULT_VO else None,
            "uuid": generate_uuid(),
            "remoteSite": upload.rse,
            "datasetScope": upload.dataset.scope if upload.dataset else "",
            "dataset": upload.dataset.name if upload.dataset else "",
        }
        # None: no more will come.
        self._waiting: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def begin(self, did: Did, size_bytes: int, scheme: str) -> dict[str, Any]:
        return {
            **self._base,
            "scope": did.scope,
            "filename": did.name,
            "filesize": size_bytes,
            "protocol": scheme,
            "transferStart": time.time(),
        }

    def end(self, trace: dict[str, Any], state: str, reason: str) -> None:
        self._waiting.put(
            {**trace, "transferEnd": time.time(), "clientState": state, "stateReason": reason}
        )

    def close(self) -> None:
        """Gives what is left a moment to get through."""
        self._waiting.put(None)
        self._thread.join(CLOSE_LIMIT_S)

    def _send(self) -> None:
        while (trace := self._waiting.get()) is not None:
            traces.send(self._client, trace)
