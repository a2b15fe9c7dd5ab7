"""Scratch storage: tidying up what was left there."""

from __future__ import annotations

from rucio_jupyterlab.services.scratch.cleaner import ScratchCleaner, Verdict

__all__ = ["ScratchCleaner", "Verdict"]
