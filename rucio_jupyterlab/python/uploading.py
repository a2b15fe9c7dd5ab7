"""Files from here to the lake."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

from rucio_jupyterlab.errors import Conflict
from rucio_jupyterlab.python.asking import ask, read
from rucio_jupyterlab.python.bars import shown
from rucio_jupyterlab.python.following import MOST_REASONS, job_failed
from rucio_jupyterlab.python.identifier import DataIdentifier
from rucio_jupyterlab.services.uploads.model import IN_THE_WAY, UploadPlan

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


class UploadRefused(Conflict):
    """Something stands in the way, and nothing has been sent.

    Attributes:
        plan: what would have been created, and what stands in the way of each file.
    """

    default_code = "upload_refused"

    def __init__(self, plan: UploadPlan) -> None:
        first = plan.problems[0]
        hints = dict.fromkeys(problem.hint for problem in plan.problems if problem.hint)
        super().__init__(
            "\n".join([*_reasons(plan), "Nothing has been sent."]),
            code=first.code,
            hint=" ".join(hints) or None,
            rucio=first.rucio,
        )
        self.plan = plan


class Upload:
    """An upload that has been begun.

    Attributes:
        job_id: that of the transfer, as “datalake status” shows it.
        plan: what it creates.
    """

    def __init__(self, job_id: str, plan: UploadPlan, instance: str | None) -> None:
        self.job_id = job_id
        self.plan = plan
        self.instance = instance

    @property
    def dids(self) -> list[DataIdentifier]:
        """Those of the files, in the order of the plan."""
        return [DataIdentifier(str(item.did), instance=self.instance) for item in self.plan.items]

    @property
    def dataset(self) -> DataIdentifier | None:
        if self.plan.dataset is None:
            return None
        return DataIdentifier(str(self.plan.dataset.did), instance=self.instance)

    @property
    def state(self) -> str:
        """``queued``, ``running``, ``done``, ``failed``, ``cancelled`` or ``interrupted``."""
        return str(self.job["state"])

    @property
    def job(self) -> dict[str, Any]:
        """How it is now, with its files: Job of the REST contract."""
        return ask(self.instance, lambda lake: lake.job(self.job_id))

    def wait(self, timeout: float | None = None, *, progress: bool = True) -> Upload:
        """Until all is there. Ctrl-C cancels it: nothing half is left, and what has arrived whole
        stays.

        Raises:
            TimeoutError: it takes longer, and goes on.
            TransferFailed: something could not be sent, and why.
        """
        try:
            with shown(f"to {self.plan.place.rse}", progress) as bar:
                for job in read(
                    self.instance, lambda lake: lake.follow_job(self.job_id, timeout_s=timeout)
                ):
                    bar.show_job(job)
        except KeyboardInterrupt:
            self.cancel()
            raise
        whole = self.job
        if whole["state"] != "done":
            raise job_failed(whole)
        return self

    def cancel(self) -> None:
        """Ends it within two seconds; what has arrived whole stays."""
        ask(self.instance, lambda lake: lake.cancel(self.job_id))

    def __iter__(self) -> Iterator[DataIdentifier]:
        return iter(self.dids)

    def __repr__(self) -> str:
        files = len(self.plan.items)
        return (
            f"<Rucio upload {self.job_id[:8]} of {files:,} {'file' if files == 1 else 'files'} "
            f"to {self.plan.place.rse}>"
        )


def absolute(paths: Paths) -> list[str]:
    """As typed but for the folder that is meant: links stay, and so do names."""
    listed = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    return [os.path.abspath(os.path.expanduser(path)) for path in listed]  # noqa: PTH100, PTH111


def begin(paths: Paths, instance: str | None, asked: dict[str, Any]) -> Upload:
    """
    Raises:
        UploadRefused: something stands in the way, and what.
    """
    listed = absolute(paths)
    plan = ask(instance, lambda lake: lake.plan_upload(listed, **asked))
    if plan.problems:
        raise UploadRefused(plan)
    job = ask(instance, lambda lake: lake.upload(plan))
    return Upload(job.id, plan, instance)


def _reasons(plan: UploadPlan) -> list[str]:
    """Each file that stands in the way, and what else does."""
    stopping = [item for item in plan.items if item.status in IN_THE_WAY]
    found = [
        f"{item.source.path}: {item.message}"
        + (f" Rucio would take “{item.proposal}”." if item.proposal else "")
        for item in stopping[:MOST_REASONS]
    ]
    if len(stopping) > MOST_REASONS:
        found.append(f"… and {len(stopping) - MOST_REASONS:,} more.")
    told = any(item.message for item in stopping)
    for problem in plan.problems:
        # That some files stand in the way has been said of each of them.
        if not told or not any(problem.message.startswith(item.source.path) for item in stopping):
            found.append(problem.message)
    return found
