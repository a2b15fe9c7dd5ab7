"""Jupyter's configuration files, read again as Jupyter read them when it started.

Jupyter itself reads them once. The loaders are traitlets' own, in the order of
``jupyter_core.application.JupyterApp.load_config_file``; unlike there, a file that cannot be read
is an error, since going on without it would silently take away what it configures.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from traceback import extract_tb
from typing import NamedTuple

from traitlets.config import Config
from traitlets.config.loader import (
    ConfigFileNotFound,
    FileConfigLoader,
    JSONFileConfigLoader,
    PyFileConfigLoader,
)

from rucio_jupyterlab.errors import ConfigurationError


class ConfigFile(NamedTuple):
    """A file that may be there as ``.py``, as ``.json``, or both, in several folders."""

    name: str
    folders: Sequence[str]
    """The most important one first, as in ``jupyter --paths``."""


def server_files(config_file: str, folders: Sequence[str]) -> list[ConfigFile]:
    """What configures a Jupyter server, the least important first; ``config_file`` is what
    ``--config`` names, or empty.
    """
    name, own_folders = "jupyter_server_config", folders
    if config_file:
        folder, file_name = os.path.split(config_file)
        name, own_folders = os.path.splitext(file_name)[0], [folder]  # noqa: PTH122 - text stays text
    return [ConfigFile("jupyter_config", folders), ConfigFile(name, own_folders)]


def read_files(files: Sequence[ConfigFile]) -> Config:
    """All that they configure, the least important file first. Runs Python files; blocks.

    Raises:
        ConfigurationError: one is there and cannot be read; code ``configuration_unreadable``.
    """
    found = Config()
    for file in files:
        for folder in reversed(file.folders):
            found.merge(_read(PyFileConfigLoader(f"{file.name}.py", path=folder)))
            found.merge(_read(JSONFileConfigLoader(f"{file.name}.json", path=folder)))
    return found


def _read(loader: FileConfigLoader) -> Config:
    try:
        return loader.load_config()
    except ConfigFileNotFound:
        return Config()
    except (Exception, SystemExit) as error:  # a Python file may raise anything
        where = loader.full_filename or loader.filename
        raise ConfigurationError(
            f"The configuration file {where} cannot be read{_place(error, where)}.",
            code="configuration_unreadable",
            hint="Mend it and reload. Until then everything goes on as it was configured before.",
        ) from error


def _place(error: BaseException, file_name: str) -> str:
    """Where and what it is, without the error's text: that may repeat a secret of the file."""
    line = getattr(error, "lineno", None)
    for frame in extract_tb(error.__traceback__):
        if frame.filename == file_name:
            line = frame.lineno
    return f": {type(error).__name__}{f' in line {line}' if line else ''}"
