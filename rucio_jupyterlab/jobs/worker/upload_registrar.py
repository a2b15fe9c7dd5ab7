"""Files whose bytes are there, into Rucio's catalogue: as many at a time as have come together.

One request for a hundred files takes Rucio little longer than one for a single file, and several at
the same time would wait for one another in its database.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.jobs.worker.rucio_errors import understood
from rucio_jupyterlab.jobs.worker.upload_catalogue import Catalogue, passes, require_same, taken
from rucio_jupyterlab.jobs.worker.upload_dataset import DatasetKeeper
from rucio_jupyterlab.jobs.worker.upload_model import FileToSend, Upload
from rucio_jupyterlab.jobs.worker.upload_source import Snapshot, Stopped
from rucio_jupyterlab.jobs.worker.upload_storage import Storage

MOST_AT_ONCE = 100
# So long others wait for what is at its place to be registered; then it is a remainder to them.
REGISTERED_WITHIN_S = 5.0

log = logging.getLogger("rucio_jupyterlab.jobs.worker")


@dataclass(frozen=True)
class Sent:
    """A file that is at ``pfn``, whole. ``tell`` takes its state as ``Report.item`` does."""

    file: FileToSend
    snapshot: Snapshot
    storage: Storage
    pfn: str
    tell: Callable[..., None]
    at: float = field(default_factory=time.monotonic)


class Registrar:
    """A thread of its own. ``fail`` is told of a file that cannot be registered, ``refuse`` of what
    stands in the way of all.
    """

    def __init__(
        self,
        upload: Upload,
        catalogue: Catalogue,
        dataset: DatasetKeeper,
        *,
        stopping: threading.Event,
        fail: Callable[[FileToSend, ExtensionError], None],
        refuse: Callable[[ExtensionError], None],
    ) -> None:
        self._upload = upload
        self._catalogue = catalogue
        self._dataset = dataset
        self._stopping = stopping
        self._fail = fail
        self._refuse = refuse
        self._refusal: ExtensionError | None = None
        self._waiting: queue.SimpleQueue[Sent | None] = queue.SimpleQueue()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def add(self, sent: Sent) -> None:
        self._waiting.put(sent)

    def no_more(self) -> None:
        """The thread ends when all that has been added is registered."""
        self._waiting.put(None)

    def _run(self) -> None:
        is_last = False
        while not is_last:
            batch: list[Sent] = []
            item = self._waiting.get()
            while item is not None:
                batch.append(item)
                if len(batch) == MOST_AT_ONCE or self._waiting.empty():
                    break
                item = self._waiting.get()
            is_last = item is None
            try:
                self._register(batch)
            except Stopped:
                # Whether Rucio has taken them nobody knows: the next attempt will.
                continue

    def _register(self, batch: Sequence[Sent]) -> None:
        """
        Raises:
            Stopped: the job has been told to end meanwhile.
        """
        if not batch:
            return
        if self._stopping.is_set() or self._refusal is not None:
            # Nobody would know of them.
            for sent in batch:
                self._take_back(sent)
            return
        try:
            self._dataset.ensure(self._catalogue)
            # What has got one of the names in the meantime Rucio would not mention.
            batch = [sent for sent in self._those_without_conflict(batch) if self._is_still(sent)]
            self._catalogue.add_replicas(
                [(sent.file.did, sent.snapshot) for sent in batch], self._upload.rse
            )
            batch = self._those_without_conflict(batch)
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001 - of these files, and told with them
            self._sort_out(batch, error)
            return
        for sent, rule_id in self._held(batch):
            sent.tell(state="done", rule_id=rule_id)

    def _those_without_conflict(self, batch: Sequence[Sent]) -> list[Sent]:
        known = self._catalogue.known_many([sent.file.did for sent in batch])
        fine = []
        for sent in batch:
            columns = known.get(sent.file.did)
            try:
                if columns is not None:
                    require_same(sent.file.did, columns, sent.snapshot)
            except ExtensionError as conflict:
                self._fail(sent.file, conflict)
            else:
                fine.append(sent)
        return fine

    def _is_still(self, sent: Sent) -> bool:
        """Whether the storage has what was sent, where Rucio has kept us waiting."""
        if time.monotonic() - sent.at < REGISTERED_WITHIN_S / 2:
            return True
        kept = sent.storage.find(sent.pfn)
        if kept is not None and kept.fits(sent.snapshot):
            return True
        self._fail(sent.file, taken(sent.file.did))
        return False

    def _sort_out(self, batch: Sequence[Sent], error: Exception) -> None:
        ours = understood(error, self._upload.display_name)
        if passes(error):
            for sent in batch:
                self._fail(sent.file, _not_registered(self._upload.rse, ours))
        elif len(batch) > 1:
            # Which of them it is about is not said.
            for sent in batch:
                self._register([sent])
        else:
            self._refusal = ours
            self._refuse(ours)
            self._take_back(batch[0])

    def _take_back(self, sent: Sent) -> None:
        with suppress(Exception):
            sent.storage.remove(sent.pfn)
        if self._refusal is not None:
            self._fail(sent.file, self._refusal)

    def _held(self, batch: Sequence[Sent]) -> list[tuple[Sent, str | None]]:
        """Each with the rule that keeps it; None where the dataset's does."""
        if self._dataset.ensure(self._catalogue):
            return [(sent, None) for sent in batch]
        try:
            ids = self._catalogue.add_rules(
                [sent.file.did for sent in batch], self._upload.rse, self._upload.lifetime_s
            )
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001 - of these files, and told with them
            if len(batch) > 1:
                return [held for sent in batch for held in self._held([sent])]
            ours = understood(error, self._upload.display_name)
            self._fail(batch[0].file, not_held(self._upload.rse, ours))
            return []
        return list(zip(batch, ids, strict=True))


def not_held(rse: str, ours: ExtensionError) -> ExtensionError:
    """A file that is registered, and that nothing keeps."""
    return type(ours)(
        f"It is at {rse}, but no rule keeps it there: {ours.message}",
        code=ours.code,
        hint=f"{ours.hint or ''} Retry makes the rule without sending anything.".strip(),
        rucio=ours.rucio,
    )


def _not_registered(rse: str, ours: ExtensionError) -> ExtensionError:
    return type(ours)(
        f"The bytes are at {rse}, and could not be registered: {ours.message}",
        code="not_registered",
        hint="Retry registers them. They are sent again only where the storage has no checksums.",
        rucio=ours.rucio,
    )
