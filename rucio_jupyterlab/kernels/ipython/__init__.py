"""The IPython extension: ``%load_ext rucio_jupyterlab.kernels.ipython``.

It is loaded by hand, by ``c.IPKernelApp.extensions``, or silently by the notebook's frontend, which
calls :func:`connect`. Loaded more than once it stays one.
"""

from __future__ import annotations

from typing import Any

from rucio_jupyterlab.kernels.ipython import headless, magics
from rucio_jupyterlab.kernels.ipython.bridge import Bridge, InteractiveShell, NoKernelError

__all__ = ["connect", "load_ipython_extension", "perform", "prepare", "unload_ipython_extension"]

_ATTRIBUTE = "_rucio_jupyterlab_bridge"


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Makes the shell listen to the frontend and gives the user ``resolve_dids()``."""
    bridge = getattr(shell, _ATTRIBUTE, None)
    if bridge is None:
        # What is attached outlives the extension, so that a notebook can detach it after a
        # %reload_ext.
        bridge = Bridge(shell, headless.injection_of(shell))
        setattr(shell, _ATTRIBUTE, bridge)
    bridge.open()
    prepare(shell)


def prepare(shell: Any) -> None:
    """What every IPython of the environment has from its start, by a file in its startup folder:
    ``%rucio``, and the attachments of a notebook that runs without a browser.
    """
    magics.register(shell)
    headless.arm(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Stops listening. The attached variables stay: they are the user's."""
    bridge = getattr(shell, _ATTRIBUTE, None)
    if bridge is not None:
        bridge.close()
        delattr(shell, _ATTRIBUTE)


def connect() -> int:
    """Loads the extension into the running shell; for the frontend.

    Returns:
        The version of the messages understood here.
    """
    shell = _running_shell()
    setattr(shell, headless.BROWSER, True)
    # By the manager, so that a later %load_ext or %reload_ext knows that it is loaded.
    shell.extension_manager.load_extension(__name__)
    if getattr(shell, _ATTRIBUTE, None) is None:
        load_ipython_extension(shell)
    return 1


def perform(message: dict[str, Any]) -> dict[str, Any]:
    """Handles one message of the frontend and returns the answer.

    For a frontend that shares its connection to the kernel with another one that owns the comms.
    """
    connect()
    bridge: Bridge = getattr(_running_shell(), _ATTRIBUTE)
    return bridge.perform(message) or {}


def _running_shell() -> Any:
    from IPython import get_ipython  # noqa: PLC0415 - an import of this module needs no IPython

    shell = get_ipython()
    if shell is None:
        raise NoKernelError("There is no IPython here to attach variables to.")
    return shell
