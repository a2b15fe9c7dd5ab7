"""PFNs that lead through an XRootD proxy cache."""

from __future__ import annotations


def unproxied(pfn: str) -> str:
    """``root://cache//root://origin//path`` is ``root://origin//path``; others come back as they are."""
    raise NotImplementedError
