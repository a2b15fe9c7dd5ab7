"""A download: DIDs of any kind to the user's disk, only what is missing, whole or not at all."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rucio.common.exception import RucioException

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import ExtensionError, RucioBadAnswer, Unprocessable
from rucio_jupyterlab.jobs.worker import catalogue
from rucio_jupyterlab.jobs.worker.catalogue import File, Target
from rucio_jupyterlab.jobs.worker.context import WorkerContext
from rucio_jupyterlab.jobs.worker.downloader import Downloader, Source, Wanted, no_source
from rucio_jupyterlab.jobs.worker.gauge import Gauge
from rucio_jupyterlab.jobs.worker.rucio_errors import understood
from rucio_jupyterlab.jobs.worker.shelf import Shelf

log = logging.getLogger("rucio_jupyterlab.jobs.worker")

# As many files are worked out at a time as Rucio lists replicas of in a moment.
BATCH = 500


@dataclass(frozen=True)
class _Place:
    """A file, and where it belongs. ``of`` is the copy that it is a part of."""

    file: File
    of: Did
    path: Path


def run(payload: dict[str, Any], context: WorkerContext) -> None:
    """``payload``: ``dids``; ``parent``, a dataset that they are files of, or None; ``root``, the
    folder of the instance's downloads; ``parts``, an own folder for what is not whole yet; ``site``
    and ``display_name`` of the instance.

    Raises:
        UnknownDid, Unprocessable, …: nothing could be brought, or not all.
    """
    work = _Download(payload, context)
    work.prepare()
    work.fetch()
    work.finish()


class _Download:
    def __init__(self, payload: dict[str, Any], context: WorkerContext) -> None:
        self._context = context
        self._report = context.report
        self._name: str = payload["display_name"]
        self._site: str | None = payload["site"]
        self._shelf = Shelf(Path(payload["root"]))
        self._parts = Path(payload["parts"])
        self._parent = Did.parse(payload["parent"]) if payload["parent"] else None
        self._dids = [Did.parse(did) for did in payload["dids"]]
        self._client = context.client()
        self._targets: list[Target] = []
        self._missing: list[_Place] = []
        self._gauge = Gauge(context.report)

    def prepare(self) -> None:
        """Finds out what there is to do; nothing has been written but empty folders afterwards."""
        self._report.message("Asking Rucio what belongs to it.")
        self._targets = [catalogue.target(self._client, did) for did in self._dids]
        places = [
            _Place(file, of, self._shelf.place(file.did, of))
            for target in self._targets
            for of in [self._parent or target.did]
            for file in target.files
        ]
        sizes = [place.file.size_bytes or 0 for place in places]
        self._report.total(len(places), sum(sizes))
        self._report.message("Looking at what is here already.")
        for target in self._targets:
            whose, kind = (self._parent, "dataset") if self._parent else (target.did, target.type)
            self._shelf.begin(whose, kind)
        there = self._sort(places)
        missing = sum(place.file.size_bytes or 0 for place in self._missing)
        self._shelf.require_space(missing)
        self._gauge.begin_with(sum(sizes) - missing)
        for place in there:
            self._tell(place, "skipped", message="It was here already.")
        self._report.message(f"{len(there)} files were here already." if there else None)
        log.info("%d files here already, %d to fetch", len(there), len(self._missing))

    def fetch(self) -> None:
        """Brings what is missing, several files at a time."""
        if not self._missing:
            return
        waiting: queue.Queue[tuple[int, _Place, list[Source]] | None] = queue.Queue(BATCH)
        threads = [
            threading.Thread(target=self._fetch_some, args=(waiting,), daemon=True)
            for _ in range(min(self._context.files_at_once, len(self._missing)))
        ]
        for thread in threads:
            thread.start()
        with self._gauge:
            for start in range(0, len(self._missing), BATCH):
                batch = self._missing[start : start + BATCH]
                found = self._sources(place.file.did for place in batch)
                for number, place in enumerate(batch, start):
                    waiting.put((number, place, found.get(place.file.did, [])))
            for _ in threads:
                waiting.put(None)
            for thread in threads:
                thread.join()

    def finish(self) -> None:
        """
        Raises:
            Unprocessable: code ``files_failed``: some files could not be brought.
        """
        failed = self._report.failed
        if self._context.stopping.is_set():
            return
        if not failed and self._parent is None:
            for target in self._targets:
                self._shelf.complete(
                    target.did, target.type, target.files, self._known_by_rucio(target)
                )
        if failed:
            total = sum(len(target.files) for target in self._targets)
            raise Unprocessable(
                f"{failed} of {total} files could not be downloaded.",
                code="files_failed",
                hint="Retry fetches those that are missing; each says why it failed.",
            )

    def _sort(self, places: Sequence[_Place]) -> list[_Place]:
        """Those that are here already; what is not is noted as missing."""
        there = []
        others = {of: self._shelf.others(of) for of in {place.of for place in places}}
        for place in places:
            if self._context.stopping.is_set():
                break
            if self._shelf.has(place.file, place.path):
                there.append(place)
                continue
            kept = self._shelf.set_aside(place.path)
            if kept is not None:
                log.warning("%s was changed here, and is now %s", place.path.name, kept.name)
            if self._shelf.link(place.file, place.path, others[place.of]):
                there.append(place)
            else:
                self._missing.append(place)
        return there

    def _fetch_some(self, waiting: queue.Queue[tuple[int, _Place, list[Source]] | None]) -> None:
        downloader: Downloader | None = None
        while (item := waiting.get()) is not None:
            number, place, sources = item
            if self._context.stopping.is_set():
                continue
            try:
                if downloader is None:
                    downloader = Downloader(self._context.client())
                self._fetch_one(downloader, number, place, sources)
            except (ExtensionError, RucioException, OSError) as error:
                ours = understood(error, self._name)
                log.warning("%s: %s", place.file.did, ours.message)
                self._tell(place, "failed", error=ours)
            except Exception as error:  # noqa: BLE001 - of one file, and told with it
                log.warning("%s failed: %s", place.file.did, type(error).__name__)
                self._tell(place, "failed", error=understood(error, self._name))

    def _fetch_one(
        self, downloader: Downloader, number: int, place: _Place, sources: list[Source]
    ) -> None:
        file = place.file
        if not sources:
            raise no_source(file.did)
        self._tell(place, "running")
        part = self._parts / str(number)
        wanted = Wanted(
            file.did, file.size_bytes, file.adler32, file.md5, place.path, part, sources
        )
        dataset = None if place.of == file.did else place.of
        with self._gauge.file(part, file.size_bytes) as done:
            rse = downloader.fetch(wanted, dataset)
            done()
        size = place.path.stat().st_size
        if file.size_bytes is not None and size != file.size_bytes:
            place.path.unlink()
            raise RucioBadAnswer(
                f"{size} bytes of {file.did} arrived, and Rucio says that it has "
                f"{file.size_bytes}.",
                code="size_mismatch",
            )
        self._tell(place, "done", message=f"From {rse}." if rse else None)

    def _sources(self, dids: Iterable[Did]) -> dict[Did, list[Source]]:
        return catalogue.sources(self._client, list(dids), self._site)

    def _known_by_rucio(self, target: Target) -> dict[str, int | None]:
        """By which it can be told later, without its files, that it has grown."""
        known = self._client.get_did(target.did.scope, target.did.name, **_dynamic(target.type))
        return {"length": known.get("length"), "bytes": known.get("bytes")}

    def _tell(self, place: _Place, state: Any, **more: Any) -> None:
        self._report.item(
            str(place.file.did),
            did=str(place.file.did),
            path=str(place.path),
            size_bytes=place.file.size_bytes,
            state=state,
            **more,
        )


def _dynamic(kind: str) -> dict[str, str]:
    return {} if kind == "file" else {"dynamic_depth": "FILE"}
