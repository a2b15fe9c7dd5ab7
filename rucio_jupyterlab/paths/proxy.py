"""PFNs that lead through an XRootD proxy cache."""

from __future__ import annotations

import re

# Rucio puts the proxy before the whole PFN (``root://cache:1094//root://origin:1094//path``), and
# writes ``https`` or ``root`` for ``davs`` behind it. Only right after the proxy's own address is
# it a second address: a file's name may hold "http://" as well.
_THROUGH_PROXY = re.compile(
    r"^(?:x?roots?|https?|davs?)://[^/]*/+((?:x?roots?|https?|davs?|s3s?|gsiftp|file)://.*)$",
    re.DOTALL,
)


def unproxied(pfn: str) -> str:
    """``root://cache//root://origin//path`` is ``root://origin//path``; others come back as they
    are.
    """
    while (match := _THROUGH_PROXY.match(pfn)) is not None:
        pfn = match.group(1)
    return pfn
