"""``datalake upload``: files from here to the lake."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rucio_jupyterlab.cli import upload_view as view
from rucio_jupyterlab.cli.options import (
    complete_rses,
    complete_scopes,
    dids,
    json_option,
    which_instance,
)
from rucio_jupyterlab.cli.output import files, print_json, say, size
from rucio_jupyterlab.cli.running import ALL_DONE, CODES, SOMETHING_FAILED, run

if TYPE_CHECKING:
    from rucio_jupyterlab.config.instance import Instance
    from rucio_jupyterlab.services import Services
    from rucio_jupyterlab.services.uploads.model import UploadPlan, UploadRequest

LONGEST_LIFETIME_DAYS = 36_500


@dataclass(frozen=True)
class _Wanted:
    """As typed. ``lifetime_days`` None: what the instance sets; 0: for ever."""

    paths: tuple[str, ...]
    scope: str
    prefix: str
    lifetime_days: int | None
    rse: str | None
    delay_deletion: bool
    dataset: str | None
    renames: bool


@click.command(epilog=CODES)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True), metavar="PATHS...")
@click.option(
    "-s",
    "--scope",
    required=True,
    shell_complete=complete_scopes,
    help="Scope of the uploaded files.",
)
@click.option("-p", "--prefix", default="", help="Prefix of the DIDs' names, such as “run7/”.")
@click.option(
    "-t",
    "--lifetime",
    "lifetime_days",
    type=click.IntRange(0, LONGEST_LIFETIME_DAYS),
    metavar="DAYS",
    help="For how many days the data are kept; 0 is for ever. Default: what the instance sets.",
)
@click.option(
    "--rse",
    shell_complete=complete_rses,
    metavar="EXPRESSION",
    help="RSE, or RSE expression: of several, one that takes the data and has most quota left. "
    "Default: the storage that is mounted here.",
)
@click.option(
    "--delay-deletion",
    is_flag=True,
    help="Keep the copies of uploaded files in scratch space for two days. Without it they are "
    "deleted about an hour after the upload. Files elsewhere are never deleted.",
)
@click.option(
    "--dataset",
    callback=dids,
    metavar="SCOPE:NAME",
    help="Put the files into this dataset, which is made if there is none.",
)
@click.option(
    "--rename",
    "renames",
    is_flag=True,
    help="Give files whose names Rucio refuses the names that are proposed.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be created, and end.")
@json_option("Write JSON: with --dry-run the plan, otherwise the transfer with its files.")
@which_instance
def upload(
    *,
    instance_name: str | None,
    config_file: str | None,
    as_json: bool,
    dry_run: bool,
    **wanted: Any,
) -> None:
    """Upload files and folders to the data lake.

    Folders are taken with all that is in them, hidden files left out. What would be created is
    looked at first: when anything stands in the way, nothing is sent. Files below a mounted scratch
    storage do not go through here: Rucio moves them from where they are.
    """

    asked = _Wanted(**wanted)
    # As typed but for the folder that is meant: links stay, and so do names.
    absolute = [os.path.abspath(path) for path in asked.paths]  # noqa: PTH100

    async def work() -> int:
        from rucio_jupyterlab.cli.setting import (  # noqa: PLC0415
            chosen,
            open_services,
            read_config,
        )

        config = read_config(config_file)
        async with open_services(config, may_send_from=_may_send_from(absolute)) as services:
            instance = chosen(services, instance_name)
            return await _upload(
                services, instance, _request(instance, asked, absolute), dry_run, as_json
            )

    run(work)


async def _upload(
    services: Services, instance: Instance, request: UploadRequest, is_dry_run: bool, as_json: bool
) -> int:
    from rucio_jupyterlab.cli.following import follow  # noqa: PLC0415

    plan = await _plan(services, instance, request)
    if is_dry_run:
        print_json(plan.to_dict()) if as_json else view.show_plan(plan)
    if plan.problems:
        if as_json and not is_dry_run:
            print_json(plan.to_dict())
        view.show_problems(plan)
        return SOMETHING_FAILED
    if is_dry_run:
        return ALL_DONE
    view.tell_of_scratch(plan)
    say(f"Uploading {files(len(plan.items))} ({size(plan.bytes)} new) to {plan.place.rse} …")
    job = await follow(services, await services.uploads.start(instance, plan))
    whole = await services.job_view.whole(job)
    print_json(whole) if as_json else view.show_result(whole)
    return ALL_DONE if job.state == "done" else SOMETHING_FAILED


async def _plan(services: Services, instance: Instance, request: UploadRequest) -> UploadPlan:
    from rucio_jupyterlab.cli.setting import plan_upload  # noqa: PLC0415

    plan, choice = await plan_upload(services, instance, request)
    if choice is not None:
        say(view.about_choice(request.rse, choice))
    return plan


def _request(instance: Instance, asked: _Wanted, absolute: list[str]) -> UploadRequest:
    from rucio_jupyterlab.client.did import Did  # noqa: PLC0415
    from rucio_jupyterlab.services.uploads.model import UploadRequest  # noqa: PLC0415

    rse = asked.rse
    if rse is None:
        if not instance.destinations:
            raise click.UsageError("Say with --rse to which storage the files go.")
        rse = instance.destinations[0].rse
    days = asked.lifetime_days
    if days is None:
        days = instance.replication_rule_lifetime_days
    return UploadRequest(
        paths=tuple(absolute),
        scope=asked.scope,
        rse=rse.strip(),
        prefix=asked.prefix,
        dataset=Did.parse(asked.dataset) if asked.dataset else None,
        lifetime_days=days or None,
        keeps_scratch=asked.delay_deletion,
        uses_proposals=asked.renames,
    )


def _may_send_from(paths: list[str]) -> str:
    """Who types in a terminal may send what that terminal can read."""
    home = Path.home()
    return str(home) if all(Path(path).is_relative_to(home) for path in paths) else "/"
