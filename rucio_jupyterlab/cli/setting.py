"""The use cases without a Jupyter server, but with its configuration, sign-in and kernels."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_core.paths import jupyter_config_path, jupyter_data_dir, jupyter_runtime_dir

from rucio_jupyterlab.config.files import ConfigFile, read_files, server_files
from rucio_jupyterlab.config.traits import RucioConfig
from rucio_jupyterlab.errors import ConfigurationError, ExtensionError
from rucio_jupyterlab.services import Services, build_services

CANNOT_LOOK = 2

# The files of the applications that carry the extension; jupyter_server_config wins over them.
_APPLICATIONS = ("rucio_jupyterlab", "notebook", "lab")


class CannotStart(click.ClickException):
    """What the command needs is not there; as for wrong arguments it ends with 2."""

    exit_code = CANNOT_LOOK

    def __init__(self, error: ExtensionError) -> None:
        super().__init__(f"{error.message} {error.hint}" if error.hint else error.message)


def read_config(config_file: str | None) -> RucioConfig:
    """As a Jupyter server that is started here reads it; ``config_file`` is its ``--config``.

    Raises:
        CannotStart: a file cannot be read.
    """
    # What the configuration says of an instance is shown with it, not in a log before.
    logging.getLogger("rucio_jupyterlab").addHandler(logging.NullHandler())
    folders = jupyter_config_path()
    files = [ConfigFile(f"jupyter_{name}_config", folders) for name in _APPLICATIONS]
    files += server_files(config_file or "", folders)
    try:
        return RucioConfig(config=read_files(files))
    except ConfigurationError as error:
        raise CannotStart(error) from None


@asynccontextmanager
async def open_services(
    config: RucioConfig, *, may_send_from: str | None = None
) -> AsyncIterator[Services]:
    """The services over the folders of the user's Jupyter, with remote configuration read.

    ``may_send_from`` as for ``build_services``.
    """
    services = build_services(
        config,
        environ=os.environ,
        data_dir=Path(jupyter_data_dir()) / "rucio_jupyterlab",
        runtime_dir=Path(jupyter_runtime_dir()) / "rucio_jupyterlab",
        emit_availability=lambda _: False,
        emit_job=lambda _: False,
        find_kernel_specs=KernelSpecManager().get_all_specs,
        may_send_from=may_send_from,
    )
    try:
        # Nobody looks at a first, incomplete state here: what $url names is waited for.
        await services.instances.reload()
        yield services
    finally:
        await services.aclose()
