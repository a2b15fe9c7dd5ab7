"""What workers wrote: one file for each job, readable while it grows."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rucio_jupyterlab.jobs.model import LogPart

MOST_AT_ONCE = 256 * 1024

_UTF_8 = codecs.getincrementaldecoder("utf-8")


@dataclass(frozen=True)
class Logs:
    """Files below ``folder``, which is the user's alone. Job ids are ours, and plain names."""

    folder: Path

    def file(self, job_id: str) -> Path:
        return self.folder / f"{job_id}.log"

    def read(self, job_id: str, offset: int, is_ended: bool) -> LogPart:
        """At most 256 kB from ``offset`` (bytes); blocks. ``is_ended`` where no more will come."""
        try:
            with self.file(job_id).open("rb") as file:
                file.seek(offset)
                found = file.read(MOST_AT_ONCE)
        except FileNotFoundError:
            found = b""
        is_last = is_ended and len(found) < MOST_AT_ONCE
        # A letter of several bytes that is cut, or half written, comes whole with the next part.
        decoder = _UTF_8("replace")
        text = decoder.decode(found, is_last)
        waiting, _ = decoder.getstate()
        return LogPart(text, offset + len(found) - len(waiting), is_last)

    def remove(self, job_ids: Iterable[str]) -> None:
        for job_id in job_ids:
            self.file(job_id).unlink(missing_ok=True)
