"""One file to one storage, and into Rucio's catalogue once its bytes are there, whole."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rucio.common.exception import RucioException

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.jobs.worker import upload_source
from rucio_jupyterlab.jobs.worker.rucio_errors import understood
from rucio_jupyterlab.jobs.worker.upload_catalogue import Catalogue, require_same, taken
from rucio_jupyterlab.jobs.worker.upload_dataset import DatasetKeeper
from rucio_jupyterlab.jobs.worker.upload_errors import corrupted, storage_error
from rucio_jupyterlab.jobs.worker.upload_gauge import SendGauge
from rucio_jupyterlab.jobs.worker.upload_model import FileToSend, Upload
from rucio_jupyterlab.jobs.worker.upload_registrar import (
    REGISTERED_WITHIN_S,
    Registrar,
    Sent,
    not_held,
)
from rucio_jupyterlab.jobs.worker.upload_source import Snapshot, Stopped
from rucio_jupyterlab.jobs.worker.upload_storage import Kept, RseSettings, Storage
from rucio_jupyterlab.jobs.worker.upload_traces import Tracer

# So long nothing is asked again before a file is sent; before it is registered it always is.
ABSENT_LIFE_S = 20.0

log = logging.getLogger("rucio_jupyterlab.jobs.worker")


class Absent:
    """DIDs that Rucio did not have a moment ago: asked about all together, when they were many."""

    def __init__(self, dids: Iterable[Did]) -> None:
        self._dids = frozenset(dids)
        self._until = time.monotonic() + ABSENT_LIFE_S

    def __contains__(self, did: Did) -> bool:
        return did in self._dids and time.monotonic() < self._until


class Parts:
    """What is growing on storages just now: to be removed when the job has to end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._growing: dict[int, tuple[Storage, str]] = {}

    @contextmanager
    def growing(self, storage: Storage, part: str) -> Iterator[None]:
        key = threading.get_ident()
        with self._lock:
            self._growing[key] = (storage, part)
        try:
            yield
        finally:
            with self._lock:
                self._growing.pop(key, None)

    def all(self) -> list[tuple[Storage, str]]:
        with self._lock:
            return list(self._growing.values())


class Sender:
    """For one thread. ``sources`` is a private folder for links to what is sent: the programs that
    send take some characters of a path for more than a name.
    """

    def __init__(
        self,
        upload: Upload,
        catalogue: Catalogue,
        settings: RseSettings,
        *,
        dataset: DatasetKeeper,
        registrar: Registrar,
        absent: Absent,
        gauge: SendGauge,
        parts: Parts,
        tracer: Tracer,
        sources: Path,
        stopping: threading.Event,
    ) -> None:
        self._upload = upload
        self._catalogue = catalogue
        self._settings = settings
        self._dataset = dataset
        self._registrar = registrar
        self._absent = absent
        self._gauge = gauge
        self._parts = parts
        self._tracer = tracer
        self._sources = sources
        self._stopping = stopping
        self._storages: list[Storage] | None = None

    def send(self, file: FileToSend, tell: Callable[..., None]) -> None:
        """``tell`` is given each state of the file as ``Report.item`` takes it.

        Raises:
            ExtensionError: why it could not be done; nothing is registered then, but where the
                message says so.
            Stopped: the job has been told to end.
        """
        tell(state="running", message="Computing checksums.")
        snapshot = upload_source.take(file.path, self._keep_on)
        tell(state="running")
        if self._is_known(file, snapshot, tell):
            self._gauge.arrived(file.size_bytes)
            return
        self._catalogue.require_quota(self._upload.rse, snapshot.size_bytes)
        with self._gauge.sending(str(snapshot.path), snapshot.size_bytes):
            storage, pfn = self._bring(file.did, snapshot)
        self._registrar.add(Sent(file, snapshot, storage, pfn, tell))

    def _keep_on(self, bytes_: int) -> None:
        self._gauge.read(bytes_)
        self._go_on()

    def _go_on(self) -> None:
        if self._stopping.is_set():
            raise Stopped

    def _is_known(self, file: FileToSend, snapshot: Snapshot, tell: Callable[..., None]) -> bool:
        """Whether Rucio has it, so that nothing need be sent; then all is said about it."""
        if file.did in self._absent:
            return False
        columns = self._catalogue.known(file.did)
        if columns is None:
            return False
        require_same(file.did, columns, snapshot)
        states = self._catalogue.replica_states(file.did)
        if states.get(self._upload.rse) == "AVAILABLE":
            # Without any rule an earlier attempt has come as far as this.
            rule_id = None if self._catalogue.is_held(file.did) else self._hold(file.did)
            tell(state="skipped", message="It was there already.", rule_id=rule_id)
            return True
        if "AVAILABLE" not in states.values():
            # Known by name, and lost everywhere else.
            return False
        rule_id = self._hold(file.did)
        where = next(rse for rse, state in states.items() if state == "AVAILABLE")
        tell(
            state="skipped",
            message=f"It was at {where} already: Rucio brings it to {self._upload.rse}.",
            rule_id=rule_id,
        )
        return True

    def _bring(self, did: Did, snapshot: Snapshot) -> tuple[Storage, str]:
        """The bytes to the storage, by the first protocol that can."""
        failure: ExtensionError | None = None
        if self._storages is None:
            self._storages = [
                Storage(self._settings, protocol, self._catalogue.client)
                for protocol in self._settings.protocols
            ]
        for storage in self._storages:
            trace = self._tracer.begin(did, snapshot.size_bytes, storage.scheme)
            try:
                storage.connect()
                pfn = self._transfer(storage, did, snapshot)
            except Stopped:
                raise
            except Exception as error:
                self._go_on()
                ours = self._reason(error, snapshot)
                storage.close()
                log.warning("%s by %s: %s", did, storage.scheme, ours.message)
                self._tracer.end(trace, "FAILED", ours.message)
                failure = failure or ours
                if ours.code in ("source_changed", "source_gone", "did_conflict"):
                    raise ours from error
            else:
                self._tracer.end(trace, "DONE", "OK")
                return storage, pfn
        raise failure or storage_error(RucioException("no protocol writes to it"), self._upload.rse)

    def _reason(self, error: Exception, snapshot: Snapshot) -> ExtensionError:
        """The file's own, if there is one: protocols blame the storage for all that goes wrong."""
        try:
            snapshot.check()
        except ExtensionError as own:
            return own
        return storage_error(error, self._upload.rse)

    def _transfer(self, storage: Storage, did: Did, snapshot: Snapshot) -> str:
        pfn = storage.pfn(did)
        if self._is_there(storage, did, pfn, snapshot, may_replace=True):
            return pfn
        part = storage.part(pfn, self._upload.upload_id)
        with self._parts.growing(storage, part):
            try:
                self._put(storage, snapshot, part)
                self._go_on()
                # Nobody has seen anything of it yet.
                snapshot.check()
                if self._settings.may_look:
                    self._check(storage.look(part), snapshot)
                if part != pfn and self._is_there(storage, did, pfn, snapshot, may_replace=False):
                    storage.remove(part)
                    return pfn
                self._go_on()
                snapshot.check()
                storage.rename(part, pfn)
            except BaseException:
                with suppress(Exception):
                    storage.remove(part)
                raise
        return pfn

    def _put(self, storage: Storage, snapshot: Snapshot, part: str) -> None:
        link = self._sources / f"{threading.get_ident()}-{time.monotonic_ns()}"
        link.symlink_to(snapshot.path)
        local = storage.local_path(part)
        if local is not None:
            self._gauge.grows_at(str(snapshot.path), local)
        try:
            storage.put(link, part)
        finally:
            link.unlink()

    def _is_there(
        self, storage: Storage, did: Did, pfn: str, snapshot: Snapshot, *, may_replace: bool
    ) -> bool:
        """Whether the storage has these very bytes: of an attempt that could not register them.

        What else is there under the name belongs to nobody, if Rucio does not say within some
        seconds whose it is. What has come there since the file began to go (not ``may_replace``)
        is another upload's.

        Raises:
            Conflict: code ``did_conflict``.
        """
        kept: Kept | None = storage.find(pfn)
        if kept is None:
            return False
        if kept.is_same(snapshot):
            log.info("%s is there already, and only has to be registered", did)
            return True
        columns = self._soon_known(did)
        if columns is not None:
            require_same(did, columns, snapshot)
            if kept.fits(snapshot):
                return True
        if not may_replace:
            raise taken(did)
        log.info("Removing what an earlier upload has left of %s", did)
        storage.remove(pfn)
        return False

    def _soon_known(self, did: Did) -> Mapping[str, Any] | None:
        """What Rucio says of it, once an upload that has just sent it has registered it."""
        until = time.monotonic() + REGISTERED_WITHIN_S
        while True:
            columns = self._catalogue.known(did)
            if columns is not None or time.monotonic() > until:
                return columns
            if self._stopping.wait(1.0):
                raise Stopped

    def _check(self, kept: Kept | None, snapshot: Snapshot) -> None:
        if kept is None:
            raise corrupted(self._upload.rse, "nothing", f"{snapshot.size_bytes} bytes")
        if not kept.fits(snapshot):
            raise corrupted(
                self._upload.rse,
                f"{kept.size_bytes} bytes with adler32 {kept.adler32}",
                f"{snapshot.size_bytes} bytes with adler32 {snapshot.adler32}",
            )

    def _hold(self, did: Did) -> str | None:
        """The rule that keeps it; None where the dataset's does."""
        try:
            if self._dataset.ensure(self._catalogue):
                return None
            return self._catalogue.add_rule(did, self._upload.rse, self._upload.lifetime_s)
        except Stopped:
            raise
        except Exception as error:
            ours = understood(error, self._upload.display_name)
            raise not_held(self._upload.rse, ours) from error


def stop(parts: Parts) -> None:
    """Removes what is growing, as far as that can be done at once."""
    threads: list[threading.Thread] = []
    for storage, part in parts.all():
        threads.append(threading.Thread(target=_remove, args=(storage, part), daemon=True))
        threads[-1].start()
    for thread in threads:
        thread.join(1.0)


def _remove(storage: Storage, part: str) -> None:
    with suppress(Exception):
        storage.remove(part)
