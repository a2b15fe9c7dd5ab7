"""The command itself; each of its sub-commands is in a file of its own."""

from __future__ import annotations

import click

from rucio_jupyterlab.cli.doctor import doctor


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "-V", "--version", package_name="rucio_jupyterlab")
def main() -> None:
    """The data lake, from a terminal: with the instances and the sign-in of JupyterLab."""


main.add_command(doctor)
