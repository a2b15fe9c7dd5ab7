"""The dataset that an upload fills: made when the first file is there, filled at the end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from rucio.common import exception

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import did_type
from rucio_jupyterlab.errors import Conflict
from rucio_jupyterlab.jobs.worker.upload_catalogue import Catalogue, in_pieces
from rucio_jupyterlab.jobs.worker.upload_model import Upload

# What SQLite takes in one request; more is no faster.
FILES_AT_ONCE = 150

log = logging.getLogger("rucio_jupyterlab.jobs.worker")


class DatasetKeeper:
    """Shared by all threads of an upload; without a dataset it does nothing.

    A new dataset gets the rule, and its files need none, where all of them are sent to one RSE:
    with third-party copies each file has a rule of its own, which may choose among several RSEs.
    """

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self._may_have_rule = all(file.pfn is None for file in upload.files)
        self._lock = threading.Lock()
        self._is_there = False
        self._has_rule = False

    def ensure(self, catalogue: Catalogue) -> bool:
        """Makes it if it is missing; gives whether its own rule keeps what gets into it.

        Raises:
            Conflict: it cannot take files.
            RucioException: Rucio refuses it.
        """
        did = self._upload.dataset
        if did is None:
            return False
        with self._lock:
            if not self._is_there:
                self._has_rule = self._make(catalogue, did)
                self._is_there = True
        return self._has_rule

    def attach(self, catalogue: Catalogue, files: Sequence[Did]) -> None:
        """Puts those in that are not in it yet.

        Raises:
            RucioException: Rucio refuses it.
        """
        did = self._upload.dataset
        if did is None or not files:
            return
        self.ensure(catalogue)
        client = catalogue.client
        for piece in in_pieces(files, FILES_AT_ONCE):
            try:
                catalogue.patiently(partial(client.attach_dids, did.scope, did.name, piece))
            except (exception.Duplicate, exception.DuplicateContent, exception.FileAlreadyExists):
                self._attach_missing(catalogue, did, piece)
        log.info("%d files are in %s", len(files), did)

    def _attach_missing(self, catalogue: Catalogue, did: Did, piece: list[dict[str, str]]) -> None:
        client = catalogue.client
        there = {
            (str(item["scope"]), str(item["name"]))
            for item in catalogue.patiently(lambda: list(client.list_content(did.scope, did.name)))
        }
        missing = [item for item in piece if (item["scope"], item["name"]) not in there]
        if missing:
            catalogue.patiently(lambda: client.attach_dids(did.scope, did.name, missing))

    def _make(self, catalogue: Catalogue, did: Did) -> bool:
        columns = catalogue.known(did)
        if columns is None:
            client = catalogue.client
            try:
                catalogue.patiently(lambda: client.add_dataset(did.scope, did.name))
                log.info("Made the dataset %s", did)
            except exception.DataIdentifierAlreadyExists:
                # By another upload, or by this one whose answer got lost.
                columns = catalogue.known(did)
            else:
                if self._may_have_rule:
                    catalogue.add_rule(did, self._upload.rse, self._upload.lifetime_s)
                return self._may_have_rule
        if columns is not None:
            self._require_dataset(did, columns)
        # A rule that an earlier attempt of this upload made; with any other the files' lifetime
        # would not be what was asked for.
        return any(rule.get("comments") == self._upload.comment for rule in catalogue.rules(did))

    def _require_dataset(self, did: Did, columns: Mapping[str, Any]) -> None:
        if did_type(columns["did_type"]) != "dataset":
            raise Conflict(
                f"{did} is a {did_type(columns['did_type'])}, and files go into datasets only.",
                code="not_a_dataset",
                hint="Choose another name for the dataset.",
            )
        if not columns.get("is_open"):
            raise Conflict(
                f"The dataset {did} is closed: nothing can be added to it.",
                code="dataset_closed",
                hint="Choose another dataset, or a name for a new one.",
            )
