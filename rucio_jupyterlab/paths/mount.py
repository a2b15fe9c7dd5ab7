"""A PFN's place below a mount."""

from __future__ import annotations


class PathOutsideMount(ValueError):
    """What the PFN names does not lie below the mount."""


def pfn_to_path(pfn: str, *, mount_path: str, path_begins_at: int) -> str:
    """``root://h:1094//a/b/scope/49/ad/f`` with ``path_begins_at`` 2 is ``<mount>/scope/49/ad/f``.

    Raises:
        PathOutsideMount: fewer pieces than ``path_begins_at``, nothing left, or a way out (``..``).
    """
    raise NotImplementedError


def by_prefix(pfn: str, mount_path: str, prefix: str) -> str:
    """The path where ``prefix`` (of the RSE's protocol) is what is mounted at ``mount_path``.

    Raises:
        PathOutsideMount: the PFN does not begin with the prefix, nothing is left, or a way out.
    """
    raise NotImplementedError
