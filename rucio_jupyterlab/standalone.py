"""The use cases without a Jupyter server, but with its configuration, sign-in and kernels."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_config_path, jupyter_data_dir, jupyter_runtime_dir

from rucio_jupyterlab.config.files import ConfigFile, read_files, server_files
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.config.traits import RucioConfig
from rucio_jupyterlab.errors import ConfigurationError
from rucio_jupyterlab.services import Services, build_services
from rucio_jupyterlab.services.uploads.choice import Choice
from rucio_jupyterlab.services.uploads.model import UploadPlan, UploadRequest

# The files of the applications that carry the extension; jupyter_server_config wins over them.
_APPLICATIONS = ("rucio_jupyterlab", "notebook", "lab")


def read_config(config_file: str | None = None) -> RucioConfig:
    """As a Jupyter server that is started here reads it; ``config_file`` is its ``--config``.

    Raises:
        ConfigurationError: a file cannot be read.
    """
    # What the configuration says of an instance is shown with it, not in a log before.
    logging.getLogger("rucio_jupyterlab").addHandler(logging.NullHandler())
    folders = jupyter_config_path()
    files = [ConfigFile(f"jupyter_{name}_config", folders) for name in _APPLICATIONS]
    files += server_files(config_file or "", folders)
    return RucioConfig(config=read_files(files))


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
        find_kernel_specs=_kernel_specs,
        may_send_from=may_send_from,
    )
    try:
        # Nobody looks at a first, incomplete state here: what $url names is waited for.
        await services.instances.reload()
        yield services
    finally:
        await services.aclose()


def chosen(services: Services, name: str | None) -> Instance:
    """The instance of that name, or the one that JupyterLab chooses.

    Raises:
        UnknownInstance: there is none of that name.
        ConfigurationError: none is configured, or this one cannot be used.
    """
    name = name or services.instances.default()
    if name is None:
        raise ConfigurationError(
            "No Rucio instance is configured.",
            hint="Set RucioConfig.instances in jupyter_server_config, or RUCIO_NAME and "
            "RUCIO_BASE_URL.",
        )
    return services.instances.get(name)


async def plan_upload(
    services: Services, instance: Instance, request: UploadRequest
) -> tuple[UploadPlan, Choice | None]:
    """The plan; and the RSE that was chosen, where the request names several by an expression for
    files that go from here.
    """
    plan = await services.uploads.plan(instance, request)
    if not any(problem.code == "rse_expression" for problem in plan.problems):
        return plan, None
    choice = await services.rse_chooser.choose(instance, request.rse, plan.bytes)
    return await services.uploads.plan(instance, replace(request, rse=choice.rse)), choice


def _kernel_specs() -> dict[str, Any]:
    # Tornado comes with it, which only who looks for kernels has to wait for.
    from jupyter_client.kernelspec import KernelSpecManager  # noqa: PLC0415

    return KernelSpecManager().get_all_specs()
