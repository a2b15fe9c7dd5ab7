"""The command itself; each of its sub-commands is in a file of its own."""

from __future__ import annotations

import click

from rucio_jupyterlab.cli.completion import completion
from rucio_jupyterlab.cli.doctor import doctor
from rucio_jupyterlab.cli.download import download
from rucio_jupyterlab.cli.ls import ls
from rucio_jupyterlab.cli.scratch_clean import scratch_clean
from rucio_jupyterlab.cli.status import status
from rucio_jupyterlab.cli.upload import upload


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "-V", "--version", package_name="rucio_jupyterlab")
def main() -> None:
    """The data lake, from a terminal: with the instances and the sign-in of JupyterLab."""


for command in (upload, download, status, ls, scratch_clean, doctor, completion):
    main.add_command(command)
