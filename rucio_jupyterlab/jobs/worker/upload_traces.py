"""Rucio's traces of uploads: what its operators' monitoring is made of."""

from __future__ import annotations

import logging
import queue
import socket
import threading
import time
from typing import Any

from rucio import version
from rucio.client.client import Client
from rucio.common.constants import DEFAULT_VO
from rucio.common.utils import generate_uuid, send_trace

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.jobs.worker.upload_model import Upload

log = logging.getLogger("rucio_jupyterlab.jobs.worker")


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
        self._waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        threading.Thread(target=self._send, daemon=True).start()

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

    def _send(self) -> None:
        while True:
            send_trace(
                self._waiting.get(), self._client.trace_host, self._client.user_agent, retries=1
            )
