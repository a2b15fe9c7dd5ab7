"""Real kernels, driven as the notebook's frontend drives them."""

from __future__ import annotations

import ast
import json
import os
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

REPOSITORY = Path(__file__).resolve().parents[2]
TIMEOUT_S = 60


@dataclass
class Outcome:
    """What a user sees below a cell."""

    printed: str = ""
    # What went to the error output, as warnings and progress do: it comes when it comes.
    told: str = ""
    result: str | None = None
    error: str | None = None
    count: int = 0


@dataclass
class Kernel:
    """A running kernel and a connection to it."""

    manager: KernelManager
    client: BlockingKernelClient
    comms: list[str] = field(default_factory=list)

    def run(self, code: str) -> Outcome:
        """Runs a cell as the user does."""
        outcome = Outcome()

        def output(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                if content["name"] == "stdout":
                    outcome.printed += content["text"]
                else:
                    outcome.told += content["text"]
            elif message["msg_type"] == "execute_result":
                outcome.result = content["data"]["text/plain"]
            elif message["msg_type"] == "error":
                outcome.error = f"{content['ename']}: {content['evalue']}"

        reply = self.client.execute_interactive(code, timeout=TIMEOUT_S, output_hook=output)
        outcome.count = reply["content"]["execution_count"]
        return outcome

    def ask(self, expression: str, code: str = "") -> dict[str, Any]:
        """Evaluates an expression out of the user's sight; what it gave or why it failed."""
        seen: list[str] = []
        status = "aborted"
        # With a cell that fails a kernel throws away what was asked right behind it.
        while status == "aborted":
            reply = self.client.execute_interactive(
                code,
                silent=True,
                store_history=False,
                allow_stdin=False,
                user_expressions={"asked": expression},
                timeout=TIMEOUT_S,
                output_hook=lambda message: seen.append(message["msg_type"]),
            )
            status = reply["content"]["status"]
        assert set(seen) <= {"status"}, f"the user would see {seen}"
        assert reply["content"]["status"] == "ok", reply["content"]
        answer: dict[str, Any] = reply["content"]["user_expressions"]["asked"]
        return answer

    def connect(self) -> str:
        """Loads our part as the frontend does and opens a comm to it."""
        answer = self.ask(
            "__import__('rucio_jupyterlab.kernels.ipython', fromlist=['connect']).connect()"
        )
        assert answer["status"] == "ok", answer
        return self.open_comm()

    def open_comm(self, target: str = "rucio-jupyterlab:kernel") -> str:
        comm = uuid.uuid4().hex
        self._send("comm_open", {"comm_id": comm, "target_name": target, "data": {}})
        return comm

    def say(self, comm: str, data: dict[str, Any]) -> dict[str, Any]:
        """Sends a message and returns the answer."""
        self._send("comm_msg", {"comm_id": comm, "data": data})
        return self.hear("comm_msg", comm)["data"]

    def hear(self, kind: str, comm: str | None = None) -> dict[str, Any]:
        """The content of the next message of a kind."""
        while True:
            message = self.client.get_iopub_msg(timeout=TIMEOUT_S)
            content: dict[str, Any] = message["content"]
            if message["msg_type"] == kind and comm in (None, content.get("comm_id")):
                return content

    def inject(self, comm: str, *variables: dict[str, Any]) -> dict[str, Any]:
        return self.say(comm, {"action": "inject", "dids": list(variables)})

    def value(self, expression: str) -> Any:
        """The Python value of an expression in the user's namespace."""
        answer = self.ask(expression)
        assert answer["status"] == "ok", answer
        return ast.literal_eval(answer["data"]["text/plain"])

    def complete(self, code: str) -> list[str]:
        """What the tab key offers at the end of the code."""
        self.client.complete(code)
        matches: list[str] = self.client.get_shell_msg(timeout=TIMEOUT_S)["content"]["matches"]
        return matches

    def inspect_variables(self) -> list[dict[str, Any]]:
        """What JupyterLab's panel of variables shows, by the protocol of debuggers."""
        request = {"type": "request", "seq": 1, "command": "inspectVariables", "arguments": {}}
        message = self.client.session.msg("debug_request", request)
        self.client.control_channel.send(message)
        while True:
            reply = self.client.get_control_msg(timeout=TIMEOUT_S)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                variables: list[dict[str, Any]] = reply["content"]["body"]["variables"]
                return variables

    def _send(self, kind: str, content: dict[str, Any]) -> None:
        self.client.shell_channel.send(self.client.session.msg(kind, content))


StartKernel = Callable[..., Kernel]


@contextmanager
def kernels_below(tmp_path: Path) -> Iterator[StartKernel]:
    """Starts IPython kernels with a home of their own, and ends them."""
    started: list[Kernel] = []

    def start(*arguments: str, environ: Mapping[str, str] | None = None) -> Kernel:
        environment = {
            **(os.environ if environ is None else environ),
            "IPYTHONDIR": str(tmp_path / "ipython"),
            "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
            "PYTHONPATH": str(REPOSITORY),
        }
        manager = KernelManager(connection_file=str(tmp_path / f"kernel-{len(started)}.json"))
        manager.kernel_spec.argv[0] = sys.executable  # type: ignore[union-attr]
        manager.start_kernel(env=environment, cwd=str(tmp_path), extra_arguments=list(arguments))
        client = manager.blocking_client()
        client.start_channels()
        kernel = Kernel(manager, client)
        started.append(kernel)
        client.wait_for_ready(timeout=TIMEOUT_S)
        return kernel

    try:
        yield start
    finally:
        for kernel in started:
            kernel.client.stop_channels()
            kernel.manager.shutdown_kernel(now=True)


@pytest.fixture
def start_kernel(tmp_path: Path) -> Iterator[StartKernel]:
    with kernels_below(tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def shared_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """One kernel for many questions that leave nothing behind."""
    with kernels_below(tmp_path_factory.mktemp("kernel")) as start:
        yield start()


@pytest.fixture
def kernel(start_kernel: StartKernel) -> Kernel:
    return start_kernel()


@pytest.fixture
def manifest(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Writes the list of a collection as the server does; gives what is said about it."""

    def write(count: int, lost: Iterable[int] = ()) -> dict[str, Any]:
        path, gone = tmp_path / f"{count}.jsonl", set(lost)
        with path.open("w", encoding="utf-8") as lines:
            for number in range(count):
                file = {**record(number), **(LOST if number in gone else {})}
                lines.write(json.dumps(file, ensure_ascii=False, separators=(",", ":")) + "\n")
        available = count - len(gone)
        return {"path": str(path), "count": count, "available": available, "format": "jsonl"}

    return write


def record(number: int) -> dict[str, Any]:
    name = f"événements_{number:06}.root"
    return {
        "path": f"/eos/eulake_1/demo/ab/cd/{name}",
        "pfn": f"root://eulake-1:1094//eulake_1/demo/ab/cd/{name}",
        "did": f"demo:{name}",
        "size": number,
    }


LOST = {"path": None, "pfn": None, "message": "Its transfer to EULAKE-1 is stuck."}
"""What the record of a file that is not there has instead."""


def file(name: str, path: Path | str, did: str = "demo:a.root") -> dict[str, Any]:
    """The message part that attaches one file."""
    files = [{"path": str(path), "pfn": f"root://eulake-1:1094/{path}", "did": did, "size": 7}]
    return {
        "type": "file",
        "variableName": name,
        "did": did,
        "didAvailable": True,
        "files": files,
    }


def collection(name: str, **listed: Any) -> dict[str, Any]:
    """The message part that attaches a dataset by its `files` or its `manifest`."""
    return {
        "type": "collection",
        "variableName": name,
        "did": "demo:dimuon_2021",
        "didAvailable": True,
        "files": None,
        **listed,
    }


def missing(name: str, kind: str = "file") -> dict[str, Any]:
    """The message part for what is not there."""
    return {
        "type": kind,
        "variableName": name,
        "did": "demo:photon_2021",
        "didAvailable": False,
        "files": None,
        "message": "5 of 12 files are at EULAKE-1",
    }
