"""Talks to the notebook's frontend over Jupyter comms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Protocol

from rucio_jupyterlab.kernels.injection import Acknowledgement, Injection, InjectionError
from rucio_jupyterlab.kernels.notebook import note_instances

KERNEL_TARGET = "rucio-jupyterlab:kernel"
FRONTEND_TARGET = "rucio-jupyterlab:frontend"

# A page that is reloaded cannot say goodbye to its comms. Messages to dead ones are ignored in the
# browser, so they cost nothing but their number.
_MAX_COMMS = 16


class NoKernelError(Exception):
    """There is no kernel with comms around the shell."""


class InteractiveShell(Protocol):
    """What is needed of IPython's shell."""

    user_ns: dict[str, Any]
    kernel: Any
    extension_manager: Any

    def push(self, variables: dict[str, Any], interactive: bool = True) -> None: ...

    def drop_by_id(self, variables: dict[str, Any]) -> None: ...


class Comm(Protocol):
    """What is needed of a comm."""

    def send(self, data: dict[str, Any]) -> object: ...

    def on_msg(self, callback: Callable[[Mapping[str, Any]], None]) -> None: ...

    def on_close(self, callback: Callable[[Mapping[str, Any]], None]) -> None: ...


class Bridge:
    """Answers the frontend's messages, for one shell and as many frontends as there are.

    Messages in: ``inject`` (``dids``), ``inject-page`` (``variableName``, ``files``, ``offset``)
    and ``remove`` (``variable_names``). Messages out: ``ack-inject`` (``variable_names``,
    ``problems``: a sentence for each variable that could not be made, and ``needs_pages``: those of
    them whose list of files must come in pages), ``ack-remove`` and ``request-inject``. An ``id``
    comes back in the answer.

    Args:
        shell: IPython's.
        injection: of the shell, where one is known: it outlives a bridge.
    """

    def __init__(self, shell: InteractiveShell, injection: Injection | None = None) -> None:
        self._shell = shell
        self.injection = injection or Injection(shell.user_ns)
        self._comms: list[Comm] = []
        # One bound method, since taking it back compares identities.
        self._resolve_dids = self.resolve_dids

    def open(self) -> None:
        """Listens to the frontends. In a shell without kernel only ``resolve_dids`` is there."""
        kernel = getattr(self._shell, "kernel", None)
        if kernel is not None:
            kernel.comm_manager.register_target(KERNEL_TARGET, self._accept)
        # Not interactive: a helper of ours has no place in %who.
        self._shell.push({"resolve_dids": self._resolve_dids}, interactive=False)

    def close(self) -> None:
        """Undoes :meth:`open`."""
        kernel = getattr(self._shell, "kernel", None)
        if kernel is not None:
            kernel.comm_manager.unregister_target(KERNEL_TARGET, self._accept)
        self._shell.drop_by_id({"resolve_dids": self._resolve_dids})
        self._comms.clear()

    def resolve_dids(self) -> None:
        """Asks the notebook to send the attached variables again, after the running cell."""
        if getattr(self._shell, "kernel", None) is None:
            raise NoKernelError("resolve_dids() needs a notebook: there is no Jupyter kernel here.")
        message = {"action": "request-inject"}
        if not self._comms:
            from comm import create_comm  # noqa: PLC0415 - comes with every kernel, not with IPython

            create_comm(target_name=FRONTEND_TARGET, data=message)
        for comm in self._comms:
            comm.send(message)

    def perform(self, message: Mapping[str, Any]) -> dict[str, Any] | None:
        """Does what a message asks for. ``None``: the message is none of ours."""
        action = message.get("action")
        if action == "inject":
            entries = message.get("dids") or []
            note_instances(entry.get("instance") for entry in entries)
            done = self.injection.inject(entries)
            answer: dict[str, Any] = {"action": "ack-inject", **asdict(done)}
        elif action == "inject-page":
            answer = {"action": "ack-inject", **asdict(self._add_page(message))}
        elif action == "remove":
            names = [str(name) for name in message.get("variable_names") or []]
            self.injection.remove(names)
            answer = {"action": "ack-remove", "variable_names": names}
        else:
            return None
        if "id" in message:
            answer["id"] = message["id"]
        return answer

    def _add_page(self, message: Mapping[str, Any]) -> Acknowledgement:
        name = str(message.get("variableName"))
        files, offset = message.get("files") or [], int(message.get("offset") or 0)
        try:
            is_in_place = self.injection.add_page(name, files, offset)
        except InjectionError as error:
            return Acknowledgement(problems={name: str(error)})
        return Acknowledgement([name]) if is_in_place else Acknowledgement(needs_pages=[name])

    def _accept(self, comm: Comm, opening: Mapping[str, Any]) -> None:
        def receive(message: Mapping[str, Any]) -> None:
            answer = self.perform(message["content"]["data"])
            if answer is not None:
                comm.send(answer)

        def forget(_message: Mapping[str, Any]) -> None:
            if comm in self._comms:
                self._comms.remove(comm)

        self._comms.append(comm)
        del self._comms[:-_MAX_COMMS]
        comm.on_msg(receive)
        comm.on_close(forget)
        # Some frontends say what they want in the opening message.
        receive(opening)
