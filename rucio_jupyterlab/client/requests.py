"""Transfer requests: what became of the attempts to bring a file somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rucio_jupyterlab.client.did import Did, quoted
from rucio_jupyterlab.client.errors_map import one_line
from rucio_jupyterlab.client.parsing import did_of, enum_name, optional_int, time_of
from rucio_jupyterlab.client.transport import RucioClient


@dataclass(frozen=True, slots=True)
class StuckRecord:
    """A stuck file of a rule. ``last_state`` is that of the last attempt, None where there was
    none; ``sources`` are RSEs with a good copy, and whether they can be read at present.
    """

    did: Did
    rse: str
    attempts: int
    last_state: str | None
    last_source: str | None
    last_at: datetime | None
    sources: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """An attempt that is over."""

    error: str | None
    source: str | None
    ended_at: datetime | None


async def stuck_files(client: RucioClient, rule_id: str) -> list[StuckRecord]:
    """All stuck files of a rule, as Rucio examines them: some queries a file, so ask only where
    ``locks_stuck`` is small. Nothing while the rule is in another state.

    Raises:
        NotFound: code ``unknown_rule``.
    """
    return await client.get(
        f"/rules/{quoted(rule_id)}/analysis",
        parse=lambda found: [_stuck(item) for item in found["transfers"]],
    )


async def past(client: RucioClient, did: Did, rse: str) -> AttemptRecord:
    """An attempt to bring a file to an RSE that is over; of several, Rucio gives any.

    Raises:
        Forbidden: the site shows past requests to nobody but administrators, as Rucio's generic
            policy does.
        NotFound: there was none.
    """
    return await client.get(
        f"/requests/history/{did.url_path}/{quoted(rse)}",
        parse=lambda found: AttemptRecord(
            one_line(found.get("err_msg")) or None,
            str(found["source_rse"]) if found.get("source_rse") else None,
            time_of(found.get("transferred_at")) or time_of(found.get("updated_at")),
        ),
    )


def _stuck(item: Mapping[str, Any]) -> StuckRecord:
    state = enum_name(item["last_error"])
    return StuckRecord(
        did_of(item),
        str(item["rse"]),
        optional_int(item.get("attempts")) or 0,
        None if state == "NONE" else state,
        str(item["last_source"]) if item.get("last_source") else None,
        time_of(item.get("last_time")),
        {str(rse): bool(is_readable) for rse, is_readable in item.get("sources") or ()},
    )
