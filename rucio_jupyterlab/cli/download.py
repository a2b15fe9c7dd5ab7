"""``datalake download``: from the lake to the user's own disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rucio_jupyterlab.cli.options import dids as checked_dids
from rucio_jupyterlab.cli.options import json_option, which_instance
from rucio_jupyterlab.cli.output import print_json, say
from rucio_jupyterlab.cli.running import (
    ALL_DONE,
    CODES,
    SOMETHING_FAILED,
    error_in_words,
    run,
)
from rucio_jupyterlab.cli.upload_view import MOST_SHOWN, end_of_job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rucio_jupyterlab.client.did import Did
    from rucio_jupyterlab.config.instance import Instance
    from rucio_jupyterlab.services import Services


@click.command(epilog=CODES)
@click.argument("dids", nargs=-1, required=True, callback=checked_dids, metavar="DIDS...")
@json_option("Write JSON: the transfer with its files, and the path of each DID.")
@which_instance
def download(
    *, dids: tuple[str, ...], instance_name: str | None, config_file: str | None, as_json: bool
) -> None:
    """Download files, datasets and containers.

    They go where the Rucio panel of JupyterLab has them too, and what is there already is not
    fetched again. Writes the path of each DID: of a file the file's, of a collection its folder's.
    """

    async def work() -> int:
        from rucio_jupyterlab.cli.setting import (  # noqa: PLC0415
            chosen,
            open_services,
            read_config,
        )
        from rucio_jupyterlab.client.did import Did  # noqa: PLC0415

        wanted = list(dict.fromkeys(map(Did.parse, dids)))
        async with open_services(read_config(config_file)) as services:
            instance = chosen(services, instance_name)
            return await _download(services, instance, wanted, as_json)

    run(work)


async def _download(
    services: Services, instance: Instance, wanted: Sequence[Did], as_json: bool
) -> int:
    from rucio_jupyterlab.cli.following import follow  # noqa: PLC0415

    job = await follow(services, await services.downloads.start(instance, wanted))
    whole = await services.job_view.whole(job)
    paths = await _paths(services, instance, wanted)
    if as_json:
        listed = [{"did": str(did), "path": paths.get(did)} for did in wanted]
        print_json({**whole, "paths": listed})
    else:
        failed = [item for item in whole["items"] if item["state"] == "failed"]
        for item in failed[:MOST_SHOWN]:
            say(f"{item['did']}: {error_in_words(item['error'])}")
        end_of_job(whole)
        for did in wanted:
            if did in paths:
                click.echo(paths[did])
    return ALL_DONE if job.state == "done" else SOMETHING_FAILED


async def _paths(services: Services, instance: Instance, wanted: Sequence[Did]) -> dict[Did, str]:
    """Of those that are here now; of a file itself, of a collection its folder."""
    found = await services.copies.find(instance, wanted)
    paths = {did: path for did, (path, _) in found.files.items()}
    folders = {
        did: copy.path for did, copy in found.copies.items() if did not in paths and copy.files
    }
    return paths | folders
