"""The Rucio JupyterLab extension: find data in a data lake and use it in notebooks."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

try:
    __version__ = version("rucio_jupyterlab")
except PackageNotFoundError:  # a checkout that has not been installed
    __version__ = "0.0.0.dev0"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "rucio-jupyterlab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    # Imported here, so that a kernel that imports rucio_jupyterlab.kernels pays for nothing else.
    from rucio_jupyterlab.app import RucioExtension  # noqa: PLC0415

    return [{"module": "rucio_jupyterlab.app", "app": RucioExtension}]
