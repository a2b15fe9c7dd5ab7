"""An upload in words: what it would create, what stands in its way, what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rucio_jupyterlab.cli.output import files, say, shown, size, table
from rucio_jupyterlab.cli.running import error_in_words, in_words

if TYPE_CHECKING:
    from rucio_jupyterlab.services.uploads.choice import Choice
    from rucio_jupyterlab.services.uploads.model import PlanItem, UploadPlan

MOST_SHOWN = 20

_STATUS_WORDS = {
    "new": "new",
    "exists": "there already",
    "conflict": "other content",
    "invalid_name": "name refused",
    "duplicate": "same name",
    "unreadable": "unreadable",
}


def about_choice(expression: str, choice: Choice) -> str:
    left = ""
    if choice.left.bytes_left is not None:
        left = f" Your quota there has {size(choice.left.bytes_left)} left."
    several = f"“{expression}” means {choice.meant} storages; this upload goes to {choice.rse}."
    if choice.meant == 1:
        several = f"“{expression}” means {choice.rse}."
    return several + left


def show_plan(plan: UploadPlan) -> None:
    """What would be created."""
    rows = [
        (
            str(item.did),
            size(item.source.size_bytes),
            _STATUS_WORDS[item.status],
            _way(item),
            item.source.path,
        )
        for item in plan.items
    ]
    table(("DID", "Size", "Status", "How", "Path"), rows)
    for line in _summary(plan):
        click.echo(line)


def show_problems(plan: UploadPlan) -> None:
    """All of them: each file that stands in the way, and then what else does."""
    stopping = [item for item in plan.items if item.status not in ("new", "exists")]
    of_items = {problem.code for problem in plan.problems if _is_of_items(problem.code)}
    for item in stopping[:MOST_SHOWN]:
        proposal = f" Rucio would take “{item.proposal}”." if item.proposal else ""
        say(f"{item.source.path}: {item.message}{proposal}")
    if len(stopping) > MOST_SHOWN:
        say(f"… and {len(stopping) - MOST_SHOWN:,} more.")
    hints = []
    for problem in plan.problems:
        if problem.code in of_items and stopping:
            if problem.hint:
                hints.append(problem.hint)
        else:
            say(f"Error: {in_words(problem)}")
    if any(item.proposal for item in stopping):
        hints.append("--rename takes the names that Rucio would take.")
    for hint in hints:
        say(hint)
    say("Nothing has been sent.")


def tell_of_scratch(plan: UploadPlan) -> None:
    """What becomes of files in scratch space, which is not what one may expect."""
    moved = [item for item in plan.items if item.via == "third_party"]
    if not moved or all(item.scratch_rse == plan.place.rse for item in moved):
        return
    if plan.request.keeps_scratch:
        say("Uploaded files will be deleted from scratch space after two days.")
    else:
        say(
            "Uploaded files will be deleted from scratch space about an hour after a successful "
            "upload. Use the --delay-deletion flag to delete them after 2 days."
        )


def show_result(job: dict[str, Any]) -> None:
    """DIDs with their rules, then the reasons of what failed."""
    items = job["items"]
    there = [item for item in items if item["state"] in ("done", "skipped")]
    has_urls = any(item["rule_url"] for item in there)
    if there:
        head = ("DID", "Rule ID", "WebUI URL") if has_urls else ("DID", "Rule ID")
        rows = [(item["did"], _rule(item), shown(item["rule_url"])) for item in there]
        table(head, [row[: len(head)] for row in rows])
    if job["items_truncated"]:
        click.echo("… and more: these are the first.")
    failed = [item for item in items if item["state"] == "failed"]
    for item in failed[:MOST_SHOWN]:
        say(f"{item['path']}: {error_in_words(item['error'])}")
    if len(failed) > MOST_SHOWN:
        say(f"… and {len(failed) - MOST_SHOWN:,} more.")
    end_of_job(job)


def end_of_job(job: dict[str, Any]) -> None:
    """How it went as a whole."""
    if job["state"] == "done":
        note = f" {job['message']}" if job["message"] else ""
        say(f"Done: {files(job['files_done'])}, {size(job['bytes_done'])}.{note}")
        return
    if job["error"]:
        say(f"Error: {error_in_words(job['error'])}")
    else:
        say(f"Error: the transfer was {job['state']}. {job['message'] or ''}".rstrip())
    say(f"“datalake status {job['id'][:8]}” says more.")


def _rule(item: dict[str, Any]) -> str:
    return item["rule_id"] or f"({item['message'] or 'there already'})"


def _way(item: PlanItem) -> str:
    return f"from {item.scratch_rse}" if item.via == "third_party" else "from here"


def _is_of_items(code: str) -> bool:
    return code in ("did_conflict", "duplicate_name", "invalid_name", "unreadable_file")


def _summary(plan: UploadPlan) -> list[str]:
    place = plan.place
    left = place.quota.bytes_left
    quota = f", where {size(left)} of your quota are left" if left is not None else ""
    days = plan.request.lifetime_days
    kept = "for ever" if days is None else f"for {days} days" if days != 1 else "for a day"
    lines = [
        f"{files(plan.counts['new'])} ({size(plan.bytes)}) to {place.rse}{quota}; kept {kept}."
    ]
    if plan.dataset is not None:
        new = "the dataset" if plan.dataset.exists else "a new dataset,"
        lines.append(f"Into {new} {plan.dataset.did}.")
    return lines
