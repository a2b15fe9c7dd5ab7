"""Where a file is read: an fsspec file system, and the path in it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple, cast
from urllib.parse import urlsplit

from fsspec.asyn import sync
from fsspec.exceptions import FSTimeoutError
from fsspec.implementations.local import LocalFileSystem
from fsspec.spec import AbstractFileSystem

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.filesystem.failures import MissingPackage, NotReadable, make_available
from rucio_jupyterlab.filesystem.forking import guard_forks
from rucio_jupyterlab.services.reading import Whereabouts

log = logging.getLogger(__name__)

# By itself XRootD goes on for ten minutes when nobody answers.
XROOTD_LIMIT_S = 30
ANSWER_LIMIT_S = 60

_XROOTD = frozenset({"root", "roots", "xroot", "xroots"})
# WebDAV is HTTP to who reads.
_HTTP = {"https": "https", "davs": "https", "http": "http", "dav": "http"}


class Place(NamedTuple):
    fs: AbstractFileSystem
    path: str


def place(did: Did, size_bytes: int | None, where: Whereabouts, instance: str) -> Place:
    """The first that has the file, and all of it.

    Raises:
        MissingPackage: it could be read if a package were installed, which is named.
        NotReadable: nobody has it, or nobody who has it lets it be read; says why.
    """
    if where.path is not None:
        return Place(LocalFileSystem(), where.path)
    reasons = [where.message] if where.message else []
    missing: MissingPackage | None = None
    for pfn in where.pfns:
        try:
            found = _remote(pfn, instance)
            if found is None:
                continue
            _require_whole(found, size_bytes)
        except MissingPackage as error:
            missing = missing or error
        except OSError as error:
            log.info("%s cannot be read by %s: %s", did, pfn, error)
            reasons.append(f"{_site(pfn)}: {error}")
        else:
            return found
    if missing is not None:
        said = f"{did} is not on this machine. {missing} Or: {make_available(did)}"
        raise MissingPackage(said, str(did))
    raise NotReadable(f"{_why_not(did, where, reasons)} {make_available(did)}", str(did))


def _remote(pfn: str, instance: str) -> Place | None:
    """None for a protocol that nothing here can read."""
    scheme = pfn.partition(":")[0].lower()
    if scheme in _XROOTD:
        return _by_xrootd(f"root{pfn[len(scheme) :]}")
    if scheme in _HTTP:
        return _by_http(f"{_HTTP[scheme]}{pfn[len(scheme) :]}", instance)
    return None


def _by_xrootd(pfn: str) -> Place:
    try:
        from fsspec_xrootd import XRootDFileSystem  # noqa: PLC0415 - an extra of its own
    except ImportError as error:
        raise MissingPackage(
            f"To read root:// addresses Python needs {error.name or 'fsspec-xrootd'}: "
            "pip install fsspec-xrootd xrootd"
        ) from error
    guard_forks()
    options = XRootDFileSystem._get_kwargs_from_urls(pfn)
    # Sources are Rucio's to choose, and one server may know others that nobody here can reach.
    fs = XRootDFileSystem(**options, locate_all_sources=False, timeout=XROOTD_LIMIT_S)
    return Place(fs, XRootDFileSystem._strip_protocol(pfn))


def _by_http(pfn: str, instance: str) -> Place:
    try:
        from fsspec.implementations.http import HTTPFileSystem  # noqa: PLC0415 - needs aiohttp

        from rucio_jupyterlab.filesystem.web import Visitor  # noqa: PLC0415 - as above
    except ImportError as error:
        raise MissingPackage(
            f"To read https:// addresses Python needs {error.name or 'aiohttp'}: "
            "pip install aiohttp"
        ) from error
    # In a name these are what they are, and not the end of the path.
    address = pfn.replace("?", "%3F").replace("#", "%23")
    visitor = Visitor(instance, urlsplit(address).netloc)
    return Place(HTTPFileSystem(get_client=visitor), address)


def _require_whole(found: Place, size_bytes: int | None) -> None:
    """
    Raises:
        OSError: it is not there, or of another size than Rucio says.
    """
    size = _size(found)
    if None not in (size, size_bytes) and size != size_bytes:
        raise OSError(f"the file has {size} bytes, and Rucio says {size_bytes}")


def _size(found: Place) -> int | None:
    """
    Raises:
        OSError: there is none, or the storage does not answer.
    """
    if not found.fs.async_impl:
        return cast("int | None", found.fs.size(found.path))
    try:
        # Whatever the storage and its library do: another one may have the file.
        info = sync(found.fs.loop, found.fs._info, found.path, timeout=ANSWER_LIMIT_S)
    except FSTimeoutError:
        raise OSError("it does not answer") from None
    return cast("int | None", info.get("size"))


def _why_not(did: Did, where: Whereabouts, reasons: Sequence[str]) -> str:
    if reasons:
        return f"{did} cannot be read here. {' '.join(_sentence(reason) for reason in reasons)}"
    if not where.rses:
        return f"No storage has a copy of {did} that could be read."
    sites = ", ".join(where.rses)
    schemes = ", ".join(sorted({f"{pfn.partition(':')[0]}://" for pfn in where.pfns}))
    if schemes:
        return f"{did} is at {sites}, by {schemes}, which cannot be read from here."
    return f"{did} is at {sites}, but on no disk that could be read from here."


def _site(pfn: str) -> str:
    parts = urlsplit(pfn)
    return f"{parts.scheme}://{parts.netloc}"


def _sentence(text: str) -> str:
    said = " ".join(text.split())
    return said if said.endswith(".") else f"{said}."
