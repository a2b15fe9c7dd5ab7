"""The dataset that takes the files of an upload."""

from __future__ import annotations

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import did_type
from rucio_jupyterlab.client.parsing import optional_int
from rucio_jupyterlab.errors import Conflict, ExtensionError, UnknownScope, Unprocessable
from rucio_jupyterlab.services.uploads import names
from rucio_jupyterlab.services.uploads.model import DatasetPlan


def look(did: Did, known: names.Known) -> tuple[DatasetPlan, ExtensionError | None]:
    """How it stands, and what keeps files from getting into it."""
    if did in known.refused:
        return DatasetPlan(did, exists=False), Unprocessable(
            f"Rucio does not take “{did.name}” as the name of a dataset.",
            code="invalid_name",
            hint=f"It would take “{names.proposed(did.name)}”.",
        )
    columns = known.found.get(did)
    if columns is None:
        return DatasetPlan(did, exists=False), None
    type_ = did_type(columns["did_type"])
    if type_ != "dataset":
        return DatasetPlan(did, exists=True), Conflict(
            f"{did} is a {type_}, and files go into datasets only.",
            code="not_a_dataset",
            hint="Choose another name for the dataset.",
        )
    is_open = bool(columns.get("is_open"))
    plan = DatasetPlan(did, exists=True, is_open=is_open, files=optional_int(columns.get("length")))
    if is_open:
        return plan, None
    return plan, Conflict(
        f"The dataset {did} is closed: nothing can be added to it.",
        code="dataset_closed",
        hint="Choose another dataset, or a name for a new one.",
    )


def unknown_scope(scope: str) -> UnknownScope:
    return UnknownScope(
        f"Rucio has no scope “{scope}”.",
        hint="Choose one from the list: your own usually begins with “user.”.",
    )
