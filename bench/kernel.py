"""A real kernel that is told of a variable as the browser tells it, and how long that takes."""

from __future__ import annotations

import time
import uuid
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

TARGET = "rucio-jupyterlab:kernel"
TIMEOUT_S = 60


class Kernel:
    """A Python kernel with the extension's kernel side loaded."""

    def __init__(self) -> None:
        manager, client = start_new_kernel(kernel_name="python3")
        self._manager = manager
        self._client: BlockingKernelClient = client
        self.execute("%load_ext rucio_jupyterlab.kernels.ipython")

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)

    def execute(self, code: str) -> None:
        reply = self._client.execute_interactive(
            code, timeout=TIMEOUT_S, output_hook=lambda _: None
        )
        if reply["content"]["status"] != "ok":
            raise RuntimeError(f"The kernel refused: {reply['content'].get('evalue')}")

    def inject(self, resolved: dict[str, Any]) -> float:
        """Sends one resolved DID and waits for the acknowledgement; seconds."""
        entry = {
            "type": "file" if resolved["type"] == "file" else "collection",
            "variableName": resolved["variable_name"],
            "did": resolved["did"],
            "didAvailable": resolved["state"] == "available",
            "files": resolved["items"],
            "manifest": resolved["manifest"],
        }
        begun = time.perf_counter()
        message = self._client.session.msg(
            "comm_open",
            {
                "comm_id": uuid.uuid4().hex,
                "target_name": TARGET,
                "data": {"action": "inject", "dids": [entry]},
            },
        )
        self._client.shell_channel.send(message)
        while True:
            answer = self._client.get_iopub_msg(timeout=TIMEOUT_S)
            data = answer["content"].get("data", {})
            if answer["msg_type"] == "comm_msg" and data.get("action") == "ack-inject":
                if resolved["variable_name"] not in data["variable_names"]:
                    raise RuntimeError(f"The kernel could not make it: {data}")
                return time.perf_counter() - begun
