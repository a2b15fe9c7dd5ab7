"""``datalake status``: the uploads and downloads of this user, wherever they were begun."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import click

from rucio_jupyterlab.cli.options import json_option, which_instance
from rucio_jupyterlab.cli.output import files, print_json, say, shown, size, span, table
from rucio_jupyterlab.cli.running import (
    ALL_DONE,
    CODES,
    SOMETHING_FAILED,
    error_in_words,
    run,
)

if TYPE_CHECKING:
    from rucio_jupyterlab.jobs.model import Job
    from rucio_jupyterlab.services import Services

WATCH_INTERVAL_S = 2.0
SHORT_ID = 8


@click.command(epilog=CODES)
@click.argument("job_id", required=False, metavar="[JOB]")
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="NUMBER",
    help="How many of those that have ended; all that run are shown.",
)
@click.option("--watch", is_flag=True, help="Look again every two seconds until nothing runs.")
@json_option("Write JSON, as the REST interface does.")
@which_instance
def status(
    *,
    job_id: str | None,
    limit: int,
    watch: bool,
    as_json: bool,
    instance_name: str | None,
    config_file: str | None,
) -> None:
    """Show what moves and what has moved.

    With the id of a transfer, or the beginning of it: its files, and why some of them failed. Then
    the command ends with 1 if the transfer did not go well.
    """

    async def work() -> int:
        from rucio_jupyterlab.cli.setting import open_services, read_config  # noqa: PLC0415

        async with open_services(read_config(config_file)) as services:
            if instance_name is not None:
                services.instances.get(instance_name)
            while True:
                found = await _find(services, job_id, instance_name, limit)
                code = await _show(services, found, job_id is not None, as_json)
                if not watch or not any(job.is_active for job in found):
                    return code
                await asyncio.sleep(WATCH_INTERVAL_S)
                if not as_json:
                    click.echo()

    run(work)


async def _find(
    services: Services, job_id: str | None, instance: str | None, limit: int
) -> list[Job]:
    """
    Raises:
        NotFound: no transfer, or more than one, begins with ``job_id``.
    """
    from rucio_jupyterlab.errors import NotFound  # noqa: PLC0415

    jobs = await services.jobs.list(instance=instance)
    if job_id is None:
        ended = [job.id for job in jobs if not job.is_active][:limit]
        return [job for job in jobs if job.is_active or job.id in ended]
    found = [job for job in jobs if job.id.startswith(job_id.lower())]
    if len(found) == 1:
        return found
    if found:
        raise NotFound(f"{len(found)} transfers begin with “{job_id}”.", code="unknown_job")
    raise NotFound(
        f"There is no transfer “{job_id}”.",
        code="unknown_job",
        hint="“datalake status” lists those that there are.",
    )


async def _show(services: Services, jobs: list[Job], is_one: bool, as_json: bool) -> int:
    if is_one:
        whole = await services.job_view.whole(jobs[0])
        print_json(whole) if as_json else _show_one(whole)
        return ALL_DONE if jobs[0].state in ("done", "running", "queued") else SOMETHING_FAILED
    if as_json:
        print_json({"items": [services.job_view.to_dict(job) for job in jobs]})
    elif not jobs:
        say("Nothing has been moved yet.")
    else:
        head = ("Job", "What", "State", "Files", "Size", "When", "Title")
        table(head, [_row(job) for job in jobs])
    return ALL_DONE


def _row(job: Job) -> tuple[str, ...]:
    total = f"/{job.files_total:,}" if job.files_total is not None else ""
    amount = job.bytes_done if job.is_active or job.bytes_total is None else job.bytes_total
    when = job.ended_at or job.started_at or job.created_at
    return (
        job.id[:SHORT_ID],
        job.kind,
        job.state,
        f"{job.files_done:,}{total}",
        size(amount),
        _ago(when),
        job.title,
    )


def _show_one(job: dict[str, Any]) -> None:
    click.secho(f"{job['kind'].capitalize()} {job['title']}", bold=True)
    facts = {
        "Job": job["id"],
        "State": job["state"],
        "Instance": job["instance"],
        "To": job["rse"] or job["path"],
        "Files": _count(job),
        "Bytes": _bytes(job),
        "Begun": _moment(job["started_at"]),
        "Ended": _moment(job["ended_at"]),
        "Message": job["message"],
        "Error": error_in_words(job["error"]) if job["error"] else None,
    }
    for name, value in facts.items():
        if value:
            click.echo(f"{name:9} {value}")
    if not job["items"]:
        return
    click.echo()
    rows = [
        (item["state"], size(item["size_bytes"]), shown(item["did"]), _reason(item))
        for item in job["items"]
    ]
    table(("State", "Size", "DID", ""), rows)
    if job["items_truncated"]:
        click.echo("… and more: these are the first.")


def _count(job: dict[str, Any]) -> str:
    of = f" of {files(job['files_total'])}" if job["files_total"] is not None else ""
    failed = f", {job['files_failed']:,} failed" if job["files_failed"] else ""
    return f"{job['files_done']:,}{of}{failed}"


def _bytes(job: dict[str, Any]) -> str:
    of = f" of {size(job['bytes_total'])}" if job["bytes_total"] is not None else ""
    return f"{size(job['bytes_done'])}{of}"


def _reason(item: dict[str, Any]) -> str:
    if item["error"]:
        return error_in_words(item["error"])
    rule = f"rule {item['rule_id']}" if item["rule_id"] else None
    return " ".join(filter(None, (item["message"], rule)))


def _moment(text: str | None) -> str | None:
    if text is None:
        return None
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _ago(moment: datetime) -> str:
    return f"{span((datetime.now(timezone.utc) - moment).total_seconds())} ago"
