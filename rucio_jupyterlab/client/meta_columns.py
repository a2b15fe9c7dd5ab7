"""The metadata that Rucio keeps in columns of its table of DIDs, and which of them it can search.

Every other key is one of its JSON metadata plugin's. From Rucio 41.5: ``core/did_meta_plugins/
did_column_meta.py`` (``manages_key``) and ``db/sqla/models.py`` (``DataIdentifier``, ``DidMeta``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

KeyType = Literal["string", "number", "boolean", "date"]
ColumnType = Literal["string", "int32", "int64", "boolean", "date", "guid"]

COLUMNS: Mapping[str, ColumnType] = {
    "name": "string",
    "project": "string",
    "datatype": "string",
    "run_number": "int32",
    "stream_name": "string",
    "prod_step": "string",
    "version": "string",
    "campaign": "string",
    "phys_group": "string",
    "provenance": "string",
    "events": "int64",
    "bytes": "int64",
    "length": "int64",
    "created_at": "date",
    "closed_at": "date",
    "expired_at": "date",
    "accessed_at": "date",
    "deleted_at": "date",
    "eol_at": "date",
    "adler32": "string",
    "md5": "string",
    "guid": "guid",
    "task_id": "int32",
    "panda_id": "int32",
    "lumiblocknr": "int32",
    "access_cnt": "int32",
    "hidden": "boolean",
    "is_new": "boolean",
    "is_archive": "boolean",
    "constituent": "boolean",
    "transient": "boolean",
    "purge_replicas": "boolean",
}
"""What a search can have conditions on; the ones that people use first."""

INT_RANGE: Mapping[str, tuple[int, int]] = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
}

_BESIDE = "Choose it beside the name."

# With these keys Rucio's search finds nothing whatever the value is, or fails: it takes them for
# JSON metadata, or knows them by their name only.
UNSEARCHABLE: Mapping[str, str | None] = {
    "scope": _BESIDE,
    "type": _BESIDE,
    "did_type": _BESIDE,
    "created_before": "Use created_at with < or <= instead.",
    "created_after": "Use created_at with > or >= instead.",
    "lifetime": "Use expired_at instead.",
    **dict.fromkeys(
        (
            "account",
            "availability",
            "complete",
            "is_open",
            "monotonic",
            "obsolete",
            "suppressed",
            "updated_at",
            # Names in the Python class of the JSON metadata, which hide keys that are called so.
            "delete",
            "items",
            "keys",
            "meta",
            "metadata",
            "next",
            "registry",
            "save",
            "to_dict",
            "update",
            "values",
        ),
        None,
    ),
}


def key_type(column: ColumnType) -> KeyType:
    """The type that values for it have on the wire."""
    if column in INT_RANGE:
        return "number"
    if column in ("boolean", "date"):
        return column
    return "string"
