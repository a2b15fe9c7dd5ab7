"""Options that several commands have, and the values that a shell offers for them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from rucio_jupyterlab.config.instance import Instance
    from rucio_jupyterlab.services import Services

# Who presses the tab key does not wait longer.
COMPLETION_LIMIT_S = 2.0
MOST_COMPLETIONS = 200

F = TypeVar("F", bound=Callable[..., Any])
Texts = TypeVar("Texts", tuple[str, ...], "str | None")
_Values = Callable[["Services", "Instance"], AsyncGenerator[dict[str, Any], None]]
_Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


def age(_: click.Context, __: click.Parameter, value: str) -> float:
    """A time span such as ``2d``, in seconds."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhdw])", value.strip().lower())
    if found is None:
        raise click.BadParameter(f"“{value}” is no age: write 2d, 12h or 30m (s, m, h, d, w).")
    return float(found[1]) * _UNITS_S[found[2]]


def dids(_: click.Context, __: click.Parameter, value: Texts) -> Texts:
    """``scope:name``, of one or several, checked and tidied. Left as text, so that whoever needs
    no more than this module does not wait for more.
    """
    from rucio_jupyterlab.client.did import Did  # noqa: PLC0415 - --help need not wait for it
    from rucio_jupyterlab.errors import InvalidDid  # noqa: PLC0415

    try:
        if isinstance(value, tuple):
            return tuple(str(Did.parse(text)) for text in value)
        return value if value is None else str(Did.parse(value))
    except InvalidDid as error:
        raise click.BadParameter(f"{error.message} {error.hint or ''}".strip()) from None


def _offered(values: _Values | None, key: str) -> _Complete:
    def complete(
        context: click.Context, _: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        found = _in_time(_ask(context, values, key, incomplete))
        return [CompletionItem(value) for value in found]

    return complete


def _in_time(asking: Coroutine[Any, Any, list[str]]) -> list[str]:
    """Nothing where that fails or takes too long: a shell has no place for a message."""

    async def ask() -> list[str]:
        return await asyncio.wait_for(asking, COMPLETION_LIMIT_S)

    try:
        return asyncio.run(ask())
    except Exception:  # noqa: BLE001 - whatever it is, the user is in the middle of typing
        return []


async def _ask(
    context: click.Context, values: _Values | None, key: str, incomplete: str
) -> list[str]:
    from rucio_jupyterlab.cli.setting import (  # noqa: PLC0415
        chosen,
        open_services,
        read_config,
    )

    found: list[str] = []
    async with open_services(read_config(context.params.get("config_file"))) as services:
        if values is None:
            known = await services.instances.describe_all()
            return [item[key] for item in known["items"] if item[key].startswith(incomplete)]
        instance = chosen(services, context.params.get("instance_name"))
        items = values(services, instance)
        async with aclosing(items):
            async for item in items:
                if str(item[key]).startswith(incomplete) and item.get("writable", True):
                    found.append(str(item[key]))
                if len(found) >= MOST_COMPLETIONS:
                    break
    return found


complete_instances = _offered(None, "name")
complete_scopes = _offered(lambda services, instance: services.browse.scopes(instance), "scope")
complete_rses = _offered(lambda services, instance: services.sites.rses(instance, None), "rse")


def which_instance(command: F) -> F:
    """``--instance`` and ``--config``, as ``instance_name`` and ``config_file``."""
    for option in (
        click.option(
            "--config",
            "config_file",
            type=click.Path(exists=True, dir_okay=False),
            metavar="FILE",
            is_eager=True,
            help="Read this Jupyter configuration, as “jupyter lab --config” does.",
        ),
        click.option(
            "-i",
            "--instance",
            "instance_name",
            metavar="NAME",
            is_eager=True,
            shell_complete=complete_instances,
            help="The Rucio instance. Default: the one that JupyterLab chooses.",
        ),
    ):
        command = option(command)
    return command


def json_option(text: str) -> Callable[[F], F]:
    return click.option("--json", "as_json", is_flag=True, help=text)
