"""Moves the bytes of one file from one storage to another, and checks what arrived."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
import uuid
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CHUNK_BYTES = 1 << 18
# xrdcp gives up by itself only after many minutes when a server is gone.
COMMAND_TIMEOUT_S = 45.0


class TransferFailed(Exception):
    """The reason as FTS would put it; Rucio shows it as the error of the rule."""


@dataclass(frozen=True)
class Expectation:
    """What Rucio says of the file. An empty `adler32` is not checked."""

    size_bytes: int | None
    adler32: str


@dataclass(frozen=True)
class Mover:
    """Copies files; `root` is the only folder below which ``file://`` paths are touched."""

    root: Path

    async def copy(
        self, source: str, destination: str, expected: Expectation, rate_bytes_s: float | None
    ) -> None:
        """Copies `source` to `destination` (PFNs of one scheme), replacing what is there.

        Args:
            rate_bytes_s: No faster than this; None for as fast as it goes.

        Raises:
            TransferFailed: it did not work, and nothing is at the destination.
        """
        schemes = {urlsplit(source).scheme, urlsplit(destination).scheme}
        if schemes == {"file"}:
            await asyncio.to_thread(self._copy_file, source, destination, expected, rate_bytes_s)
        elif schemes == {"root"}:
            await _copy_xrootd(source, destination, expected, rate_bytes_s)
        else:
            raise TransferFailed(
                f"TRANSFER [93] No third-party copy from {source} to {destination}"
            )

    def _copy_file(
        self, source: str, destination: str, expected: Expectation, rate_bytes_s: float | None
    ) -> None:
        origin, target = self._path(source), self._path(destination)
        # Its own short name: that of the file may be as long as a file system allows.
        draft = target.with_name(f".{uuid.uuid4().hex[:12]}.part")
        try:
            with _readable(origin, source) as reader:
                _make_folder(target.parent)
                with draft.open("wb") as writer:
                    size, checksum = _pump(reader, writer, rate_bytes_s)
                _give_to_owner_of(target.parent, draft)
            _check(source, expected, size, f"{checksum:08x}")
            draft.replace(target)
        except OSError as error:
            raise TransferFailed(
                f"DESTINATION [{error.errno}] {error.strerror}: {destination}"
            ) from error
        finally:
            draft.unlink(missing_ok=True)

    def _path(self, pfn: str) -> Path:
        # Rucio puts names into PFNs as they are, so that `?`, `#` and `%` in them mean nothing
        # special here.
        _, _, path = pfn.removeprefix("file://").partition("/")
        absolute = Path(os.path.normpath(f"/{path}"))
        if not absolute.is_relative_to(self.root):
            raise TransferFailed(
                f"TRANSFER [13] Permission denied: {pfn} is outside of the storage"
            )
        return absolute


def _make_folder(folder: Path) -> None:
    """With those above it; a storage's server has to be able to write into them."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            _give_to_owner_of(folder.parent, folder)


def _give_to_owner_of(folder: Path, path: Path) -> None:
    owner = folder.stat()
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid)


@contextlib.contextmanager
def _readable(path: Path, pfn: str):  # type: ignore[no-untyped-def]
    try:
        reader = path.open("rb")
    except OSError as error:
        raise TransferFailed(f"SOURCE [{error.errno}] {error.strerror}: {pfn}") from error
    with reader:
        yield reader


def _pump(reader, writer, rate_bytes_s: float | None) -> tuple[int, int]:  # type: ignore[no-untyped-def]
    """Copies at no more than the rate; gives the size and the adler32."""
    started, size, checksum = time.monotonic(), 0, 1
    # At a slow rate small pieces, so that a slow transfer is slow and not merely late.
    piece = (
        CHUNK_BYTES if rate_bytes_s is None else max(1024, min(CHUNK_BYTES, int(rate_bytes_s / 10)))
    )
    while content := reader.read(piece):
        writer.write(content)
        size += len(content)
        checksum = zlib.adler32(content, checksum)
        if rate_bytes_s is not None:
            time.sleep(max(0.0, started + size / rate_bytes_s - time.monotonic()))
    return size, checksum


def _check(pfn: str, expected: Expectation, size: int | None, adler32: str) -> None:
    if expected.size_bytes is not None and size is not None and size != expected.size_bytes:
        raise TransferFailed(
            f"TRANSFER [5] Source and catalogue file size mismatch: "
            f"{size} != {expected.size_bytes}: {pfn}"
        )
    # Some tools leave leading zeros out.
    if expected.adler32 and adler32.zfill(8) != expected.adler32.zfill(8):
        raise TransferFailed(
            f"TRANSFER [5] Source and catalogue checksum mismatch: "
            f"{adler32} != {expected.adler32}: {pfn}"
        )


async def _copy_xrootd(
    source: str, destination: str, expected: Expectation, rate_bytes_s: float | None
) -> None:
    """Third-party copy between two XRootD servers, both of which are asked for their checksum."""
    for pfn in (source, destination):
        if set(pfn) & set("?&"):
            # A third-party copy puts its key behind a `?`: these would hang until they time out.
            raise TransferFailed(f"TRANSFER [22] Invalid argument: `?` or `&` in {pfn}")
    try:
        found = await _xrdfs("stat", source)
        checksum = await _adler32_at(source)
    except TransferFailed as error:
        raise TransferFailed(f"SOURCE [2] {error}") from error
    _check(source, expected, _size_in(found), checksum)
    if rate_bytes_s is not None and expected.size_bytes:
        # Servers copy between themselves at their own speed; what can be seen is how long it takes.
        await asyncio.sleep(expected.size_bytes / rate_bytes_s)
    await _run("xrdcp", "--nopbar", "--force", "--tpc", "only", source, destination)
    try:
        _check(source, expected, None, await _adler32_at(destination))
    except TransferFailed:
        await _xrdfs("rm", destination)
        raise


async def _adler32_at(pfn: str) -> str:
    """The checksum that the server computes from what it has."""
    algorithm, _, checksum = (await _xrdfs("query checksum", pfn)).strip().partition(" ")
    if algorithm != "adler32":
        raise TransferFailed(f"TRANSFER [95] No adler32 checksum but {algorithm!r} of {pfn}")
    return checksum


async def _xrdfs(verb: str, pfn: str) -> str:
    """Asks the server of ``root://host:port//path`` something about the path."""
    server, _, path = pfn.removeprefix("root://").partition("/")
    return await _run("xrdfs", server, *verb.split(), path)


def _size_in(stat: str) -> int | None:
    """The size in what ``xrdfs stat`` prints."""
    for line in stat.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "Size":
            return int(value)
    return None


async def _run(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        output, problem = await asyncio.wait_for(process.communicate(), COMMAND_TIMEOUT_S)
    except asyncio.TimeoutError as error:
        raise TransferFailed(
            f"TRANSFER [110] {command[0]} timed out after {COMMAND_TIMEOUT_S:g} s"
        ) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        # XRootD's messages end in a zero byte, which PostgreSQL takes in no text.
        text = problem.decode(errors="replace").replace("\0", "").strip()
        lines = text.splitlines() or ["no reason given"]
        raise TransferFailed(f"TRANSFER [{process.returncode}] {lines[-1]}")
    return output.decode(errors="replace")
