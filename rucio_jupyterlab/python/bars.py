"""Progress bars: of widgets in a notebook that has them, of text elsewhere."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rucio_jupyterlab.jobs.model import Job
    from rucio_jupyterlab.python.following import Progress


class Bar:
    """Shows bytes with their rate, or files where bytes are not known."""

    def __init__(self, title: str, is_shown: bool) -> None:
        self._title = title
        self._is_shown = is_shown
        self._bar: Any = None
        self._counts_bytes = False

    def show(self, progress: Progress) -> None:
        if progress.missing or self._bar is not None:
            self._to(
                (progress.bytes_done, progress.bytes_total),
                (progress.files_done, progress.files_total),
            )

    def show_job(self, job: Job) -> None:
        self._to((job.bytes_done, job.bytes_total), (job.files_done, job.files_total))

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def _to(self, bytes_: tuple[int, int | None], files: tuple[int, int | None]) -> None:
        """Done and total of either."""
        if not self._is_shown:
            return
        if self._bar is None:
            if bytes_[1] is None and files[1] is None:
                # Nothing is known yet, and a bar keeps its unit.
                return
            self._counts_bytes = bool(bytes_[1])
            self._bar = self._begun(bytes_[1] if self._counts_bytes else files[1])
        done, total = bytes_ if self._counts_bytes else files
        if self._counts_bytes:
            of = f" of {files[1]:,}" if files[1] is not None else ""
            self._bar.set_postfix_str(f"{files[0]:,}{of} files", refresh=False)
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def _begun(self, total: int | None) -> Any:
        make = _tqdm()
        if self._counts_bytes:
            return make(desc=self._title, total=total, unit="B", unit_scale=True)
        return make(desc=self._title, total=total, unit=" files")


@contextmanager
def shown(title: str, is_shown: bool) -> Iterator[Bar]:
    bar = Bar(title, is_shown)
    try:
        yield bar
    finally:
        bar.close()


def _tqdm() -> Any:
    with warnings.catch_warnings():
        # That ipywidgets is missing is no news to who has no use for it.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm  # noqa: PLC0415 - only who waits needs it

        return tqdm
