"""Sending files from here to the lake: what would be created, and the job that does it."""

from __future__ import annotations

from rucio_jupyterlab.services.uploads.model import UploadRequest
from rucio_jupyterlab.services.uploads.service import Uploads

__all__ = ["UploadRequest", "Uploads"]
