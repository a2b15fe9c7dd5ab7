"""Where a lake keeps what: the paths below its state folder, and what it was started with."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from lake.errors import LakeError
from lake.tls import TlsFiles
from lake.topology import Rse

Storage = Literal["posix", "xrootd"]
Database = Literal["sqlite", "postgres"]

REPOSITORY = Path(__file__).resolve().parent.parent


def default_state_dir() -> Path:
    """The lake of this checkout: ``.lake/`` at its root, or what ``LAKE_STATE`` names."""
    return Path(os.environ.get("LAKE_STATE") or REPOSITORY / ".lake")


@dataclass(frozen=True)
class Options:
    """What a lake is started with, kept beside its data: what it is built with cannot change
    afterwards, `tls` and `repair_after_s` can.
    """

    storage: Storage = "posix"
    db: Database = "sqlite"
    seed: bool = True
    tls: bool = False
    # Production retries a stuck transfer after two hours, and nobody watches a demo for that long.
    # This is long enough to read the reason.
    repair_after_s: int = 60


@dataclass(frozen=True)
class State:
    """The state folder of one lake. Two lakes with two folders share nothing."""

    root: Path

    @property
    def connection_file(self) -> Path:
        return self.root / "lake.json"

    @property
    def options_file(self) -> Path:
        return self.root / "options.json"

    @property
    def processes_file(self) -> Path:
        return self.root / "processes.json"

    @property
    def built_file(self) -> Path:
        """Exists once the catalogue and the sample data are complete."""
        return self.root / "built.json"

    @property
    def endpoints_file(self) -> Path:
        """What the parts beside Rucio have to know of this start: addresses and ports."""
        return self.root / "endpoints.json"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def rucio_home(self) -> Path:
        return self.root / "rucio"

    @property
    def idp_secrets(self) -> Path:
        """What Rucio knows of the issuer, its client's secret included."""
        return self.rucio_home / "etc" / "idpsecrets.json"

    @property
    def issuer_key(self) -> Path:
        """The public key of this start's issuer."""
        return self.root / "issuer.pem"

    @property
    def database(self) -> Path:
        return self.root / "rucio.db"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def mounts(self) -> Path:
        return self.root / "mnt"

    @property
    def tls(self) -> TlsFiles:
        """Of this start: made anew by each that is asked for TLS."""
        return TlsFiles(self.root / "tls")

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def storage_root(self, rse: Rse) -> Path:
        """What the storage of `rse` serves as its ``/``."""
        return self.root / "storage" / rse.folder

    def storage_path(self, rse: Rse) -> Path:
        """The folder in which the files of `rse` are."""
        return self.storage_root(rse) / rse.prefix.lstrip("/")

    def mount_path(self, rse: Rse) -> Path:
        return self.mounts / rse.folder

    def prepare(self) -> None:
        """Makes the folders for a start, whose logs and certificates are of nothing before it."""
        for folder in (self.root, self.logs, self.mounts, self.rucio_home / "etc"):
            folder.mkdir(parents=True, exist_ok=True)
        for log in self.logs.iterdir():
            log.unlink()
        shutil.rmtree(self.tls.folder, ignore_errors=True)

    def read_options(self) -> Options | None:
        """What this folder's lake was built with; None for a folder that has none yet."""
        if not self.options_file.exists():
            return None
        return Options(**json.loads(self.options_file.read_text()))

    def write_options(self, options: Options) -> None:
        write_json(self.options_file, asdict(options))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One `up` or `down` at a time: a second one waits, and finds the work done."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def delete_contents(self) -> None:
        """Removes all of the lake but its folder and lock.

        Raises:
            LakeError: the folder is not a lake's, so that a mistyped ``--state`` deletes nothing.
        """
        if not self.options_file.exists():
            raise LakeError(
                f"{self.root} is not a lake's state folder, so nothing in it was deleted."
            )
        for path in self.root.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name not in (".lock", self.options_file.name):
                path.unlink()
        # Last, so that a deletion that was cut short can be repeated.
        self.options_file.unlink()

    def delete(self) -> None:
        """As `delete_contents`, and the folder itself."""
        if self.options_file.exists():
            self.delete_contents()
        # A lake that never began has left its lock and nothing else.
        (self.root / ".lock").unlink(missing_ok=True)
        self.root.rmdir()


def write_json(path: Path, document: Any) -> None:
    """Writes `document` as `write_private` does."""
    write_private(path, json.dumps(document, indent=2) + "\n")


def write_private(path: Path, text: str) -> None:
    """Writes `text` readable by its owner only, so that a reader never sees half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(text)
    temporary.replace(path)
