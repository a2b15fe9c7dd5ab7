"""``datalake scratch-clean``: what was forgotten on scratch storage goes, what is needed stays."""

from __future__ import annotations

from collections import Counter
from contextlib import aclosing
from typing import TYPE_CHECKING

import click

from rucio_jupyterlab.cli.options import age, json_option, which_instance
from rucio_jupyterlab.cli.output import files, print_json_line, say, shown, size
from rucio_jupyterlab.cli.running import ALL_DONE, CODES, SOMETHING_FAILED, run

if TYPE_CHECKING:
    from rucio_jupyterlab.services.scratch import Verdict

_WORDS = {
    "deleted": "deleted",
    "would_delete": "would delete",
    "kept": "kept",
    "failed": "FAILED",
}


@click.command("scratch-clean", epilog=CODES)
@click.option(
    "--older-than",
    "older_than_s",
    callback=age,
    default="2d",
    show_default=True,
    metavar="AGE",
    help="Only files neither written nor put there since: 2d, 12h, 30m.",
)
@click.option("--dry-run", is_flag=True, help="Ask Rucio, say what would be deleted, and end.")
@json_option("Write JSON, one object a line for each file.")
@which_instance
def scratch_clean(
    *,
    older_than_s: float,
    dry_run: bool,
    as_json: bool,
    instance_name: str | None,
    config_file: str | None,
) -> None:
    """Delete old files from scratch space.

    Rucio is asked about each before it is deleted. A file that Rucio has a replica of, that a rule
    still waits for, that an upload of yours needs, or that Rucio cannot be asked about, is kept.
    Links are not followed, and nothing outside of the mounted scratch storages is touched. Folders
    that become empty go too.
    """

    async def work() -> int:
        from rucio_jupyterlab.cli.setting import (  # noqa: PLC0415
            chosen,
            open_services,
            read_config,
        )

        found = _Found(dry_run)
        async with open_services(read_config(config_file)) as services:
            instance = chosen(services, instance_name)
            verdicts = services.scratch_cleaner.clean(
                instance, older_than_s=older_than_s, is_dry_run=dry_run
            )
            async with aclosing(verdicts):
                async for verdict in verdicts:
                    found.note(verdict)
                    if as_json:
                        print_json_line(verdict.to_dict())
                    else:
                        _show(verdict)
        say(found.summary)
        return SOMETHING_FAILED if found.counts["failed"] else ALL_DONE

    run(work)


def _show(verdict: Verdict) -> None:
    weight = size(verdict.size_bytes) if verdict.size_bytes is not None else ""
    said = f"  {shown(verdict.message)}" if verdict.message else ""
    click.echo(f"{_WORDS[verdict.outcome]:12}  {weight:>8}  {verdict.path}{said}")


class _Found:
    def __init__(self, is_dry_run: bool) -> None:
        self._is_dry_run = is_dry_run
        self.counts: Counter[str] = Counter()
        self._bytes = 0
        self._folders = 0

    def note(self, verdict: Verdict) -> None:
        self.counts[verdict.outcome] += 1
        self._folders += verdict.folders
        if verdict.outcome in ("deleted", "would_delete"):
            self._bytes += verdict.size_bytes or 0

    @property
    def summary(self) -> str:
        counts = self.counts
        if self._is_dry_run:
            parts = [f"Would delete {files(counts['would_delete'])} ({size(self._bytes)})"]
        else:
            parts = [f"Deleted {files(counts['deleted'])} ({size(self._bytes)})"]
        if self._folders:
            folders = "folder" if self._folders == 1 else "folders"
            parts.append(f"removed {self._folders:,} empty {folders}")
        if counts["kept"]:
            parts.append(f"kept {counts['kept']:,}")
        if counts["failed"]:
            parts.append(f"{counts['failed']:,} could not be looked at or deleted")
        return f"{', '.join(parts)}."
