"""A PFN's place below a mount."""

from __future__ import annotations

import posixpath
import re

from rucio_jupyterlab.paths.proxy import unproxied

_ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/]*(/.*)$", re.DOTALL)
_SRM_PATH = re.compile(r"^srm://[^/]*/[^?]*\?SFN=(/.*)$", re.DOTALL)


class PathOutsideMount(ValueError):
    """What the PFN names does not lie below the mount."""


def pfn_to_path(pfn: str, *, mount_path: str, path_begins_at: int) -> str:
    """``root://h:1094//a/b/scope/49/ad/f`` with ``path_begins_at`` 2 is ``<mount>/scope/49/ad/f``.

    The PFN's path, without its leading slashes, is split at most ``path_begins_at`` times; the last
    piece lies below the mount. A PFN through a proxy is read as the one behind it.

    Raises:
        PathOutsideMount: nothing is left, or what is left leads out (``..``).
    """
    pieces = path_of(pfn).lstrip("/").split("/", path_begins_at)
    return _below(mount_path, pieces[-1], pfn)


def by_prefix(pfn: str, mount_path: str, prefix: str) -> str:
    """The path where ``prefix`` (of the RSE's protocol) is what is mounted at ``mount_path``.

    Raises:
        PathOutsideMount: the PFN does not begin with the prefix, nothing is left, or it leads out.
    """
    path = _normal(path_of(pfn))
    start = _normal(prefix).rstrip("/") + "/"
    if not path.startswith(start):
        raise PathOutsideMount(f"{pfn} does not begin with {prefix}")
    return _below(mount_path, path[len(start) :], pfn)


def path_of(pfn: str) -> str:
    """The path in a PFN, as it stands there: PFNs are not percent-encoded, and names hold ``?`` and
    ``#``.

    Raises:
        PathOutsideMount: there is no path in it.
    """
    pfn = unproxied(pfn)
    match = _SRM_PATH.match(pfn) or _ADDRESS.match(pfn)
    if match is not None:
        return match.group(1)
    if pfn.startswith("/"):
        return pfn
    raise PathOutsideMount(f"{pfn} holds no path")


def _below(mount_path: str, rest: str, pfn: str) -> str:
    relative = posixpath.normpath(rest.lstrip("/"))
    if relative in (".", "..") or relative.startswith("../") or "\0" in relative:
        raise PathOutsideMount(f"{pfn} does not lie below {mount_path}")
    return f"{mount_path.rstrip('/')}/{relative}"


def _normal(path: str) -> str:
    # normpath keeps two leading slashes, which POSIX lets mean something else.
    return posixpath.normpath("/" + path.lstrip("/"))
