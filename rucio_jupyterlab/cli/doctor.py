"""``datalake doctor``: the diagnosis of the Rucio panel, in a terminal."""

from __future__ import annotations

import asyncio
import json
import shutil
import textwrap
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import click

from rucio_jupyterlab.errors import UnknownInstance

if TYPE_CHECKING:
    from rucio_jupyterlab.services.diagnosis.model import Check, Diagnosis

SOMETHING_WRONG = 1

_MARKS = {
    "ok": ("ok", "green"),
    "warning": ("warning", "yellow"),
    "error": ("WRONG", "red"),
    "skipped": ("skipped", "bright_black"),
}
_NARROWEST = 60
_WIDEST = 110


class Diagnosed(NamedTuple):
    """An instance's name and what was found."""

    instance: str
    diagnosis: Diagnosis

    def to_dict(self) -> dict[str, Any]:
        return {"instance": self.instance, **self.diagnosis.to_dict()}


@click.command()
@click.option(
    "-i",
    "--instance",
    "names",
    multiple=True,
    metavar="NAME",
    help="The instance to look at; may be repeated. Default: the one that JupyterLab chooses.",
)
@click.option("--all", "wants_all", is_flag=True, help="Look at all configured instances.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as the REST interface does.")
@click.option(
    "--report",
    type=click.File("w", encoding="utf-8", lazy=True),
    metavar="FILE",
    help="Also write the text for a ticket to FILE; “-” writes it alone to the terminal.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Read this Jupyter configuration, as “jupyter lab --config” does.",
)
@click.pass_context
def doctor(
    context: click.Context,
    *,
    names: tuple[str, ...],
    wants_all: bool,
    as_json: bool,
    report: IO[str] | None,
    config_file: str | None,
) -> None:
    """Look at everything between here and the data.

    Says what is wrong and what to do: configuration, name, TLS, Rucio, clocks, credentials,
    storage, mount, kernels and tools. The same as “Diagnose…” in the Rucio panel.

    Ends with 0 when nothing is wrong, 1 when something is, 2 when it could not look.
    """
    is_report_alone = report is not None and report.name == "-"
    if as_json and is_report_alone:
        raise click.UsageError("--json and “--report -” both write to the terminal: choose one.")
    if not (as_json or is_report_alone):
        click.echo("Looking; this takes up to 20 seconds …", err=True)
    found = asyncio.run(_diagnose(config_file, names, wants_all))
    if report is not None:
        report.write("\n".join(item.diagnosis.report for item in found))
    if as_json:
        document = {"instances": [item.to_dict() for item in found]}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    elif not is_report_alone:
        for item in found:
            _print_table(item)
    if any(item.diagnosis.has_errors for item in found):
        context.exit(SOMETHING_WRONG)


async def _diagnose(
    config_file: str | None, names: Sequence[str], wants_all: bool
) -> list[Diagnosed]:
    # Here, so that --help and the shell's completion need not wait for all of it.
    from rucio_jupyterlab.cli.setting import open_services, read_config  # noqa: PLC0415

    async with open_services(read_config(config_file)) as services:
        known = await services.instances.describe_all()
        default = known["default_instance"]
        if default is None:
            raise click.UsageError(
                "No Rucio instance is configured. Set RucioConfig.instances in "
                "jupyter_server_config, or RUCIO_NAME and RUCIO_BASE_URL."
            )
        if wants_all:
            names = [item["name"] for item in known["items"]]
        try:
            # One after the other: each starts programs and logs in.
            return [
                Diagnosed(name, await services.diagnosis.diagnose(name))
                for name in (names or [default])
            ]
        except UnknownInstance as error:
            raise click.BadParameter(f"{error.message} {error.hint}") from None


def _print_table(found: Diagnosed) -> None:
    click.secho(found.instance, bold=True)
    checks = found.diagnosis.checks
    width = min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST)
    for check in checks:
        _print_check(check, max(len(check.title) for check in checks), width)
    click.echo(f"\n{_summary(checks)}")


def _print_check(check: Check, title_width: int, width: int) -> None:
    word, colour = _MARKS[check.severity]
    first, *more = _lines(check.message, 11 + title_width, width)
    click.echo(f"{click.style(f'{word:9}', fg=colour)}{check.title:{title_width}}  {first.strip()}")
    for line in more:
        click.echo(line)
    if check.hint and check.severity in ("warning", "error"):
        for line in _lines(f"To do: {check.hint}", 11 + title_width, width):
            click.echo(click.style(line, bold=True))


def _lines(text: str, indent: int, width: int) -> list[str]:
    # Paths and addresses stay whole, so that they can be copied.
    return textwrap.wrap(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _summary(checks: Sequence[Check]) -> str:
    wrong = sum(check.severity == "error" for check in checks)
    warnings = sum(check.severity == "warning" for check in checks)
    if wrong:
        return f"{wrong} of {len(checks)} checks found something wrong."
    if warnings:
        return f"Nothing is wrong; {warnings} of {len(checks)} checks have a warning."
    return "All is well."
