"""The Rucio JupyterLab extension: find data in a data lake and use it in notebooks.

``import rucio_jupyterlab as rj`` gives the Python API, without a Jupyter server:

    ds = rj.did("demo:dimuon_2021").make_available(wait=True)
    for file in ds: ...
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rucio_jupyterlab.errors import ExtensionError as RucioError
    from rucio_jupyterlab.kernels.did import DIDNotAvailableException
    from rucio_jupyterlab.kernels.notebook import NotebookError
    from rucio_jupyterlab.python.api import attached, did, dids, search, upload
    from rucio_jupyterlab.python.following import TransferFailed
    from rucio_jupyterlab.python.identifier import DataIdentifier
    from rucio_jupyterlab.python.lake import AsyncClient
    from rucio_jupyterlab.python.uploading import UploadRefused

    __version__: str

__all__ = [
    "AsyncClient",
    "DIDNotAvailableException",
    "DataIdentifier",
    "NotebookError",
    "RucioError",
    "TransferFailed",
    "UploadRefused",
    "attached",
    "did",
    "dids",
    "search",
    "upload",
]

_API = "rucio_jupyterlab.python"
# Where each name is: who imports the package, as every kernel with attachments does, pays for none.
_PLACES = {
    "AsyncClient": (f"{_API}.lake", "AsyncClient"),
    "DIDNotAvailableException": ("rucio_jupyterlab.kernels.did", "DIDNotAvailableException"),
    "DataIdentifier": (f"{_API}.identifier", "DataIdentifier"),
    "NotebookError": ("rucio_jupyterlab.kernels.notebook", "NotebookError"),
    "RucioError": ("rucio_jupyterlab.errors", "ExtensionError"),
    "TransferFailed": (f"{_API}.following", "TransferFailed"),
    "UploadRefused": (f"{_API}.uploading", "UploadRefused"),
    "attached": (f"{_API}.api", "attached"),
    "did": (f"{_API}.api", "did"),
    "dids": (f"{_API}.api", "dids"),
    "search": (f"{_API}.api", "search"),
    "upload": (f"{_API}.api", "upload"),
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = _version()
    elif name in _PLACES:
        module, attribute = _PLACES[name]
        value = getattr(import_module(module), attribute)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slow, and rarely asked for

    try:
        return version("rucio_jupyterlab")
    except PackageNotFoundError:  # a checkout that has not been installed
        return "0.0.0.dev0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "rucio-jupyterlab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    # Not written as an import, so that whoever imports a part does not stand above the server.
    app = import_module("rucio_jupyterlab.app")
    return [{"module": app.__name__, "app": app.RucioExtension}]
