"""The objects that attached variables hold: a file, a collection, and either when not there."""

from __future__ import annotations

from rucio_jupyterlab.kernels.collection import Collection
from rucio_jupyterlab.kernels.files import (
    DIDNotAvailableException,
    File,
    UnavailableCollection,
    UnavailableFile,
    file_from,
)
from rucio_jupyterlab.kernels.records import InlineRecords, Record, Records

__all__ = [
    "Collection",
    "DIDNotAvailableException",
    "File",
    "InlineRecords",
    "Record",
    "Records",
    "UnavailableCollection",
    "UnavailableFile",
    "file_from",
]
