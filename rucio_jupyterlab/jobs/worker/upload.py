"""An upload: files to a storage and into Rucio's catalogue, several at a time."""

from __future__ import annotations

import logging
import os
import queue
import signal
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import ExtensionError, Unprocessable
from rucio_jupyterlab.jobs.model import ItemState
from rucio_jupyterlab.jobs.worker import scratch
from rucio_jupyterlab.jobs.worker.context import WorkerContext
from rucio_jupyterlab.jobs.worker.rucio_errors import understood
from rucio_jupyterlab.jobs.worker.upload_catalogue import Catalogue
from rucio_jupyterlab.jobs.worker.upload_dataset import DatasetKeeper
from rucio_jupyterlab.jobs.worker.upload_gauge import SendGauge, children
from rucio_jupyterlab.jobs.worker.upload_model import FileToSend, Upload
from rucio_jupyterlab.jobs.worker.upload_registrar import Registrar
from rucio_jupyterlab.jobs.worker.upload_sender import Absent, Parts, Sender, stop
from rucio_jupyterlab.jobs.worker.upload_source import Stopped
from rucio_jupyterlab.jobs.worker.upload_storage import XROOTD_LIMITS, RseSettings, rse_settings
from rucio_jupyterlab.jobs.worker.upload_traces import Tracer

LOOK_INTERVAL_S = 0.1
# So many files are asked about together.
MANY = 3

log = logging.getLogger("rucio_jupyterlab.jobs.worker")


def run(payload: dict[str, Any], context: WorkerContext) -> None:
    """``payload`` is that of ``upload_model.Upload``.

    Raises:
        ExtensionError: nothing could be uploaded, or not all.
    """
    for name, value in XROOTD_LIMITS.items():
        os.environ.setdefault(name, value)
    _Upload(Upload.of(payload), context).run()


class _Upload:
    def __init__(self, upload: Upload, context: WorkerContext) -> None:
        self._upload = upload
        self._context = context
        self._report = context.report
        self._states: dict[str, ItemState] = {}
        self._errors: list[ExtensionError] = []
        self._refusal: ExtensionError | None = None
        self._parts = Parts()
        self._dataset = DatasetKeeper(upload)
        self._gauge = SendGauge(context.report)
        self._sources = context.home / "sources"

    def run(self) -> None:
        files = self._upload.files
        self._report.total(len(files), sum(file.size_bytes for file in files))
        for file in files:
            self._tell(file, state="queued")
        self._sources.mkdir(mode=0o700)
        catalogue = Catalogue(self._context.client(), self._upload, self._context.stopping)
        with self._gauge:
            sent = [file for file in files if file.pfn is None]
            if sent:
                self._send(sent, catalogue)
            moved = [file for file in files if file.pfn is not None]
            if moved and not self._is_over:
                scratch.move(moved, self._tools(catalogue))
        self._attach(catalogue, self._there())
        self._finish()

    @property
    def _is_over(self) -> bool:
        return self._refusal is not None or self._context.stopping.is_set()

    def _send(self, files: Sequence[FileToSend], catalogue: Catalogue) -> None:
        settings = rse_settings(catalogue.client, self._upload.rse, self._upload.site_name)
        tracer = Tracer(catalogue.client, self._upload)
        absent = self._absent(catalogue, files)
        registrar = Registrar(
            self._upload,
            self._catalogue(),
            self._dataset,
            stopping=self._context.stopping,
            fail=self._fail,
            refuse=self._refuse,
        )
        make_sender = partial(self._sender, settings, tracer, registrar, absent)
        waiting: queue.SimpleQueue[FileToSend] = queue.SimpleQueue()
        for file in files:
            waiting.put(file)
        # Daemons: one that hangs in a storage does not keep the process.
        threads = [
            threading.Thread(target=self._send_some, args=(waiting, make_sender), daemon=True)
            for _ in range(min(self._context.files_at_once, len(files)))
        ]
        for thread in threads:
            thread.start()
        self._wait_for(threads)
        registrar.no_more()
        self._wait_for([registrar.thread])
        if not self._is_over:
            tracer.close()

    def _wait_for(self, threads: Sequence[threading.Thread]) -> None:
        while any(thread.is_alive() for thread in threads):
            if self._context.stopping.wait(LOOK_INTERVAL_S):
                self._stop()
                break

    def _absent(self, catalogue: Catalogue, files: Sequence[FileToSend]) -> Absent:
        if len(files) < MANY:
            return Absent(())
        dids = [file.did for file in files]
        known = catalogue.known_many(dids)
        return Absent(did for did in dids if did not in known)

    def _catalogue(self) -> Catalogue:
        return Catalogue(self._context.client(), self._upload, self._context.stopping)

    def _send_some(
        self,
        waiting: queue.SimpleQueue[FileToSend],
        make_sender: Callable[[], Sender],
    ) -> None:
        sender: Sender | None = None
        while not self._is_over:
            try:
                file = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                if sender is None:
                    sender = make_sender()
                sender.send(file, partial(self._tell, file))
            except Stopped:
                return
            except Exception as error:  # noqa: BLE001 - of one file, and told with it
                self._fail(file, understood(error, self._upload.display_name))

    def _sender(
        self, settings: RseSettings, tracer: Tracer, registrar: Registrar, absent: Absent
    ) -> Sender:
        return Sender(
            self._upload,
            self._catalogue(),
            settings,
            dataset=self._dataset,
            registrar=registrar,
            absent=absent,
            gauge=self._gauge,
            parts=self._parts,
            tracer=tracer,
            sources=self._sources,
            stopping=self._context.stopping,
        )

    def _stop(self) -> None:
        """Programs that send are ended first: they would go on writing what is removed."""
        for pid in children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        stop(self._parts)

    def _tools(self, catalogue: Catalogue) -> scratch.Tools:
        return scratch.Tools(
            upload=self._upload,
            catalogue=catalogue,
            gauge=self._gauge,
            report=self._report,
            tell=self._tell,
            fail=self._fail,
            attach=partial(self._attach, catalogue),
            stopping=self._context.stopping,
        )

    def _attach(self, catalogue: Catalogue, there: Sequence[Did]) -> None:
        """What is there goes into the dataset, also when other files could not be sent."""
        if self._upload.dataset is None or not there or self._context.stopping.is_set():
            return
        try:
            self._dataset.attach(catalogue, there)
        except Stopped:
            return
        except Exception as error:  # noqa: BLE001 - the files are there; that has to be said
            ours = understood(error, self._upload.display_name)
            self._refusal = type(ours)(
                f"The files are at {self._upload.rse}, but not in {self._upload.dataset}: "
                f"{ours.message}",
                code=ours.code,
                hint="Retry puts them into the dataset without sending anything.",
                rucio=ours.rucio,
            )

    def _there(self) -> list[Did]:
        return [
            file.did
            for file in self._upload.files
            if self._states.get(file.path) in ("done", "skipped")
        ]

    def _finish(self) -> None:
        if self._context.stopping.is_set():
            return
        counts = Counter(self._states.values())
        there = self._there()
        made = [self._upload.dataset] if self._upload.dataset and there else []
        self._report.made([str(did) for did in [*made, *there[:20]]][:20])
        if counts["skipped"]:
            were = "1 file was" if counts["skipped"] == 1 else f"{counts['skipped']:,} files were"
            self._report.message(f"{were} there already.")
        if self._refusal is not None:
            raise self._refusal
        if not self._errors:
            return
        first = self._errors[0]
        if len(self._upload.files) == 1:
            raise first
        raise Unprocessable(
            f"{len(self._errors):,} of {len(self._upload.files):,} files could not be uploaded. "
            f"{first.message}",
            code=first.code if len({error.code for error in self._errors}) == 1 else "files_failed",
            hint="Retry goes on with those that are missing; each says why it failed.",
            rucio=first.rucio,
        )

    def _refuse(self, error: ExtensionError) -> None:
        """What all need: no other file is tried."""
        self._refusal = error

    def _fail(self, file: FileToSend, error: ExtensionError) -> None:
        if self._context.stopping.is_set():
            return
        log.warning("%s: %s", file.did, error.message)
        self._errors.append(error)
        self._tell(file, state="failed", error=error)

    def _tell(self, file: FileToSend, *, state: ItemState, **more: Any) -> None:
        self._states[file.path] = state
        self._report.item(
            file.path,
            did=str(file.did),
            path=file.path,
            size_bytes=file.size_bytes,
            state=state,
            **more,
        )
