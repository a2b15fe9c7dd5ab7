"""The PFN of what lies below a mount: the way back of ``paths.mount``."""

from __future__ import annotations

from pathlib import PurePosixPath

from rucio_jupyterlab.paths.lfn2pfn import StorageProtocol, pfn_for
from rucio_jupyterlab.paths.mount import PathOutsideMount


def path_to_pfn(
    path: str, *, mount_path: str, path_begins_at: int | None, protocol: StorageProtocol
) -> str:
    """The PFN by which ``pfn_to_path`` and ``by_prefix`` would come to ``path``.

    ``path_begins_at`` None: what is mounted is the protocol's prefix. Otherwise the mount shows
    whole paths without so many leading pieces, and those are the prefix's.

    Raises:
        PathOutsideMount: it does not lie below the mount, or not below the RSE's prefix there; or
            the protocol writes its PFNs in a way that is not known here.
    """
    try:
        below = PurePosixPath(path).relative_to(mount_path).parts
    except ValueError:
        raise PathOutsideMount(f"{path} does not lie below {mount_path}") from None
    if not below or ".." in below:
        raise PathOutsideMount(f"{path} does not lie below {mount_path}")
    if path_begins_at is not None:
        prefix = tuple(piece for piece in protocol.prefix.split("/") if piece)
        if path_begins_at > len(prefix):
            # Pieces of the PFN are missing that no prefix tells.
            raise PathOutsideMount(f"{mount_path} shows a part of the storage that is not known")
        hidden, shown = prefix[:path_begins_at], prefix[path_begins_at:]
        if below[: len(shown)] != shown or len(below) == len(shown):
            raise PathOutsideMount(f"{path} does not lie below {'/'.join((*hidden, *shown))}")
        below = below[len(shown) :]
    pfn = pfn_for(protocol, "/".join(below))
    if pfn is None:
        raise PathOutsideMount(f"how {protocol.impl} writes its PFNs is not known here")
    return pfn
