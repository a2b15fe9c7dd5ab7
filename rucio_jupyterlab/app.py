"""The server extension: builds the services, registers routes and events, stops what it started."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jupyter_core.paths import jupyter_data_dir, jupyter_runtime_dir
from jupyter_server.extension.application import ExtensionApp
from jupyter_server.services.contents.fileio import FileManagerMixin

from rucio_jupyterlab import __version__
from rucio_jupyterlab.config.files import ConfigFile, read_files, server_files
from rucio_jupyterlab.config.traits import RucioConfig
from rucio_jupyterlab.events import AVAILABILITY_EVENT, JOB_EVENT, schema_files
from rucio_jupyterlab.handlers.base import SERVICES_KEY
from rucio_jupyterlab.handlers.routes import routes
from rucio_jupyterlab.paths.contents import ContentsRoot
from rucio_jupyterlab.quiet_logs import keep_secrets_out_of_logs
from rucio_jupyterlab.services import Services, build_services

if TYPE_CHECKING:
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_events import EventLogger
    from jupyter_server.serverapp import ServerApp

SHUTDOWN_LIMIT_S = 5.0
LOGGER = "rucio_jupyterlab"


class RucioExtension(ExtensionApp):
    """Reaches Rucio for the browser. Configured by ``c.RucioConfig`` in jupyter_server_config."""

    name = "rucio_jupyterlab"
    app_name = "Rucio"
    description = "Find data in a Rucio data lake, make it available and use it in notebooks."
    version = __version__
    classes = [RucioConfig]  # noqa: RUF012

    services: Services | None = None

    def initialize(self, argv: Any = None) -> None:
        """Registers routes and events, once: the extension may be enabled under both its names."""
        if self.serverapp is None or SERVICES_KEY in self.serverapp.web_app.settings:
            return
        super().initialize()  # type: ignore[no-untyped-call]

    def initialize_settings(self) -> None:
        serverapp = cast("ServerApp", self.serverapp)
        event_logger = cast("EventLogger", serverapp.event_logger)
        config = RucioConfig(parent=self)
        self._set_up_log(config, serverapp)
        for schema in schema_files():
            event_logger.register_event_schema(schema)

        def emit_availability(data: dict[str, Any]) -> bool:
            # emit() answers None when nobody listens, which is how the watchers know to stop.
            return event_logger.emit(schema_id=AVAILABILITY_EVENT, data=data) is not None

        def emit_job(data: dict[str, Any]) -> bool:
            return event_logger.emit(schema_id=JOB_EVENT, data=data) is not None

        self.services = build_services(
            config,
            environ=os.environ,
            data_dir=Path(jupyter_data_dir()) / "rucio_jupyterlab",
            runtime_dir=Path(jupyter_runtime_dir()) / "rucio_jupyterlab",
            emit_availability=emit_availability,
            emit_job=emit_job,
            find_kernel_specs=cast(
                "KernelSpecManager", serverapp.kernel_spec_manager
            ).get_all_specs,
            contents_root=_contents_root(serverapp),
            read_config=self._reader_of_config(serverapp),
        )
        self.settings[SERVICES_KEY] = self.services

    def initialize_handlers(self) -> None:
        self.handlers.extend(routes())

    async def _start_jupyter_server_extension(self, serverapp: Any) -> None:
        if self.services is not None:
            self.services.start()

    async def stop_extension(self) -> None:
        if self.services is None:
            return
        services, self.services = self.services, None
        try:
            await asyncio.wait_for(services.aclose(), SHUTDOWN_LIMIT_S)
        except asyncio.TimeoutError:
            self.log.warning("Rucio connections did not close within %g s.", SHUTDOWN_LIMIT_S)

    def _reader_of_config(self, serverapp: ServerApp) -> Callable[[], RucioConfig]:
        """Reads what Jupyter read at its start, anew each time it is called; blocks then. The log's
        level is taken over at once.

        What the command line says stays. So does what the program gave that started a server
        without any configuration file.
        """
        given = deepcopy(serverapp.cli_config)
        given.merge(self.cli_config)
        if not (serverapp.loaded_config_files or self.loaded_config_files):
            given.merge(self.config)

        def read() -> RucioConfig:
            found = read_files(_config_files(serverapp))
            found.merge(deepcopy(given))
            config = RucioConfig(parent=self, config=found)
            logging.getLogger(LOGGER).setLevel(config.log_level.upper())
            return config

        return read

    def _set_up_log(self, config: RucioConfig, serverapp: ServerApp) -> None:
        keep_secrets_out_of_logs()
        logger = logging.getLogger(LOGGER)
        logger.setLevel(config.log_level.upper())
        # The server's handlers, so that our lines look like and go where all others go.
        for handler in serverapp.log.handlers:
            if handler not in logger.handlers:
                logger.addHandler(handler)
        logger.propagate = not logger.handlers


def _config_files(serverapp: ServerApp) -> list[ConfigFile]:
    """The least important first: those of extensions, such as jupyter_lab_config, give way to the
    server's own, and among them those that are linked later to those that are linked earlier.
    """
    folders = serverapp.config_file_paths
    found = [
        ConfigFile(point.app.config_file_name, folders)
        for package in serverapp.extension_manager.sorted_extensions.values()
        for point in package.extension_points.values()
        if package.enabled and point.app is not None
    ]
    return [*reversed(found), *server_files(serverapp.config_file, folders)]


def _contents_root(serverapp: ServerApp) -> ContentsRoot | None:
    """What the file browser shows; None where that is no folder of this machine."""
    if not isinstance(serverapp.contents_manager, FileManagerMixin):
        return None
    manager: Any = serverapp.contents_manager
    return ContentsRoot(str(Path(manager.root_dir).absolute()), shows_hidden=manager.allow_hidden)
