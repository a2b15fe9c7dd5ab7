"""The use cases, as a command opens them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rucio_jupyterlab import standalone
from rucio_jupyterlab.errors import ConfigurationError, ExtensionError
from rucio_jupyterlab.standalone import chosen, open_services, plan_upload

if TYPE_CHECKING:
    from rucio_jupyterlab.config.traits import RucioConfig

__all__ = ["CannotStart", "chosen", "open_services", "plan_upload", "read_config"]

CANNOT_LOOK = 2


class CannotStart(click.ClickException):
    """What the command needs is not there; as for wrong arguments it ends with 2."""

    exit_code = CANNOT_LOOK

    def __init__(self, error: ExtensionError) -> None:
        super().__init__(f"{error.message} {error.hint}" if error.hint else error.message)


def read_config(config_file: str | None) -> RucioConfig:
    """As ``standalone.read_config``.

    Raises:
        CannotStart: a file cannot be read.
    """
    try:
        return standalone.read_config(config_file)
    except ConfigurationError as error:
        raise CannotStart(error) from None
