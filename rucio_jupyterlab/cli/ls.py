"""``datalake ls``: what there is in the lake."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import click

from rucio_jupyterlab.cli.options import complete_scopes, json_option, which_instance
from rucio_jupyterlab.cli.output import files, print_json_line, say, size
from rucio_jupyterlab.cli.running import ALL_DONE, CODES, run

if TYPE_CHECKING:
    from rucio_jupyterlab.config.instance import Instance
    from rucio_jupyterlab.services import Services

_TYPES = ("all", "collection", "container", "dataset", "file")
_STATE_WORDS = {
    "available": "available",
    "partial": "partly available",
    "replicating": "on its way",
    "stuck": "stuck",
    "not_available": "not available",
    "empty": "empty",
    "unknown": "unknown",
}


@click.command("ls", epilog=CODES)
@click.argument(
    "what", required=False, metavar="[SCOPE|PATTERN|DID]", shell_complete=complete_scopes
)
@click.option(
    "-l",
    "--long",
    "is_long",
    is_flag=True,
    help="Also type, size, number of files, and whether it is available here.",
)
@click.option(
    "--type",
    "kind",
    type=click.Choice(_TYPES),
    default="all",
    show_default=True,
    help="Only these, where a scope or a pattern is listed.",
)
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(1),
    metavar="NUMBER",
    help="End after so many, and say so.",
)
@json_option("Write JSON, one object a line.")
@which_instance
def ls(
    *,
    what: str | None,
    is_long: bool,
    kind: str,
    limit: int | None,
    as_json: bool,
    instance_name: str | None,
    config_file: str | None,
) -> None:
    """List scopes, DIDs, or what is in a collection.

    Without an argument the scopes; for a SCOPE, or a PATTERN such as “demo:*2021*”, the DIDs; for
    the DID of a dataset or container what is in it, and for that of a file the file. Put patterns
    into quotes, so that the shell leaves them alone.
    """

    async def work() -> int:
        from rucio_jupyterlab.cli.setting import (  # noqa: PLC0415
            chosen,
            open_services,
            read_config,
        )

        async with open_services(read_config(config_file)) as services:
            instance = chosen(services, instance_name)
            if what is None:
                items = services.browse.scopes(instance)
            else:
                items = await _dids(services, instance, what.strip(), kind)
                if is_long:
                    items = _with_availability(services, instance, items)
            await _write(items, limit, as_json=as_json, is_long=is_long)
        return ALL_DONE

    run(work)


async def _write(
    items: AsyncGenerator[dict[str, Any], None], limit: int | None, *, as_json: bool, is_long: bool
) -> None:
    """Each as it comes."""
    count = 0
    async with aclosing(items):
        async for item in items:
            if count == limit:
                say(f"There are more: these are the first {count:,}.")
                break
            count += 1
            if as_json:
                print_json_line(item)
            elif "did" not in item:
                click.echo(item["scope"])
            else:
                click.echo(_long(item) if is_long else item["did"])


async def _dids(
    services: Services, instance: Instance, what: str, kind: str
) -> AsyncGenerator[dict[str, Any], None]:
    from rucio_jupyterlab.client.did import Did  # noqa: PLC0415

    scope, _, name = what.partition(":")
    if name and "*" not in name:
        # What it is decides what is meant.
        item = await services.browse.details(instance, Did.parse(what))
        if item["type"] == "file":
            return _only({key: value for key, value in item.items() if key != "metadata"})
        return services.browse.content(instance, Did.parse(what))
    assert kind in _TYPES  # noqa: S101 - click has seen to it
    return services.browse.search(
        instance,
        scope=scope,
        name=name,
        type=kind,  # type: ignore[arg-type] # one of _TYPES
        filters=None,
        recursive=False,
        limit=None,
    )


async def _only(item: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
    yield item


async def _with_availability(
    services: Services, instance: Instance, items: AsyncGenerator[dict[str, Any], None]
) -> AsyncGenerator[dict[str, Any], None]:
    """Asked for many at once, while the list goes on."""
    from rucio_jupyterlab.client.did import Did  # noqa: PLC0415
    from rucio_jupyterlab.services.lists import in_pieces  # noqa: PLC0415

    pieces = in_pieces(items)
    async with aclosing(pieces):
        async for piece in pieces:
            wanted = [Did.parse(item["did"]) for item in piece]
            found = await services.availability.get(instance, wanted)
            for item, at in zip(piece, found, strict=True):
                yield {**item, "availability": at.state, "path": at.path}


def _long(item: dict[str, Any]) -> str:
    length = item["length"]
    count = files(length) if length is not None and item["type"] != "file" else ""
    state = _STATE_WORDS[item["availability"]]
    weight = size(item["size"]) if item["size"] is not None else ""
    return f"{item['type']:9}  {weight:>8}  {count:>13}  {state:16}  {item['did']}"
