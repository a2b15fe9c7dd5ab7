"""``datalake completion``: what a shell needs to complete the command."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_HOW = """\b
Put it where your shell reads it:
  bash  eval "$(datalake completion bash)"          in ~/.bashrc
  zsh   eval "$(datalake completion zsh)"           in ~/.zshrc
  fish  datalake completion fish > ~/.config/fish/completions/datalake.fish"""


@click.command(epilog=_HOW)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion(context: click.Context, *, shell: str) -> None:
    """Write the script by which a shell completes commands, options and their values.

    Scopes, storages and instances are those that Rucio and your configuration have; when Rucio does
    not answer within two seconds, none are offered.
    """
    made = get_completion_class(shell)
    assert made is not None  # noqa: S101 - click has these three
    main = context.find_root().command
    click.echo(made(main, {}, "datalake", "_DATALAKE_COMPLETE").source())
