"""What lies on a mounted scratch storage: registered where it is, and moved by Rucio.

No byte goes through here but for the checksums. A short rule keeps the copy on the scratch storage,
another with the user's lifetime brings it to its destination (rules and their order as in Rucio's
own handling of third-party copies); when the short one has ended, Rucio removes the scratch copy.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rucio.common.exception import RuleNotFound

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.errors_map import one_line
from rucio_jupyterlab.errors import ExtensionError, NotFound, RucioBadAnswer
from rucio_jupyterlab.jobs.worker import upload_source
from rucio_jupyterlab.jobs.worker.report import Report
from rucio_jupyterlab.jobs.worker.rucio_errors import understood
from rucio_jupyterlab.jobs.worker.upload_catalogue import Catalogue, require_same
from rucio_jupyterlab.jobs.worker.upload_gauge import SendGauge
from rucio_jupyterlab.jobs.worker.upload_model import FileToSend, Upload
from rucio_jupyterlab.jobs.worker.upload_source import Snapshot, Stopped

FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 30.0

log = logging.getLogger("rucio_jupyterlab.jobs.worker")

Tell = Callable[..., None]


@dataclass
class _Moving:
    """A file under way. ``since`` is when its move was asked for (monotonic)."""

    file: FileToSend
    rule_id: str
    since: float
    is_stuck: bool = False


@dataclass(frozen=True)
class Tools:
    """What an upload has at hand. ``tell`` takes the file and what ``Report.item`` takes."""

    upload: Upload
    catalogue: Catalogue
    gauge: SendGauge
    report: Report
    tell: Tell
    fail: Callable[[FileToSend, ExtensionError], None]
    attach: Callable[[Sequence[Did]], None]
    stopping: threading.Event


def move(files: Sequence[FileToSend], tools: Tools) -> None:
    """Returns when all rules are OK, or the job is to end."""
    moving: list[_Moving] = []
    try:
        for file in files:
            begun = _begin(file, tools)
            if begun is not None:
                moving.append(begun)
        tools.attach([item.file.did for item in moving])
        _watch(moving, tools)
    except Stopped:
        _give_back(moving, tools)


def _begin(file: FileToSend, tools: Tools) -> _Moving | None:
    """Registers a file and asks for its move; None where there is nothing to wait for."""
    tools.tell(file, state="running", message="Computing checksums.")

    def keep_on(_: int) -> None:
        if tools.stopping.is_set():
            raise Stopped

    try:
        snapshot = upload_source.take(file.path, keep_on)
        if _is_there(file, snapshot, tools):
            tools.tell(file, state="skipped", message="It was there already.")
            tools.gauge.arrived(file.size_bytes)
            return None
        rule_id = _ask(file, snapshot, tools)
    except Stopped:
        raise
    except Exception as error:  # noqa: BLE001 - of one file, and told with it
        tools.fail(file, understood(error, tools.upload.display_name))
        return None
    tools.tell(file, state="running", message="Rucio moves it.", rule_id=rule_id)
    return _Moving(file, rule_id, time.monotonic())


def _is_there(file: FileToSend, snapshot: Snapshot, tools: Tools) -> bool:
    """
    Raises:
        Conflict: code ``did_conflict``: Rucio would take other content under the name silently.
    """
    columns = tools.catalogue.known(file.did)
    if columns is None:
        return False
    require_same(file.did, columns, snapshot)
    states = tools.catalogue.replica_states(file.did)
    return file.scratch_rse != tools.upload.rse and states.get(tools.upload.rse) == "AVAILABLE"


def _ask(file: FileToSend, snapshot: Snapshot, tools: Tools) -> str:
    """The destination's rule."""
    upload, catalogue = tools.upload, tools.catalogue
    scratch_rse = file.scratch_rse or ""
    states = catalogue.replica_states(file.did) if catalogue.known(file.did) else {}
    if "AVAILABLE" not in states.values():
        snapshot.check()
        catalogue.add_replica(file.did, snapshot, scratch_rse, pfn=file.pfn)
        log.info("%s is registered at %s", file.did, scratch_rse)
    if scratch_rse == upload.rse:
        return catalogue.add_rule(file.did, upload.rse, upload.lifetime_s)
    if states.get(scratch_rse, "AVAILABLE") == "AVAILABLE":
        catalogue.add_rule(file.did, scratch_rse, upload.scratch_lifetime_s, purge_replicas=True)
    return catalogue.add_rule(file.did, upload.rse, upload.lifetime_s)


def _watch(moving: Sequence[_Moving], tools: Tools) -> None:
    waiting = list(moving)
    wait_s = FIRST_WAIT_S
    while waiting:
        left = [item for item in waiting if not _is_over(item, tools)]
        _say(left, len(moving), tools)
        wait_s = FIRST_WAIT_S if len(left) < len(waiting) else min(wait_s * 1.5, LONGEST_WAIT_S)
        waiting = left
        if waiting and tools.stopping.wait(wait_s):
            raise Stopped


def _is_over(item: _Moving, tools: Tools) -> bool:
    try:
        rule: Mapping[str, Any] = tools.catalogue.patiently(
            lambda: tools.catalogue.client.get_replication_rule(item.rule_id)
        )
    except RuleNotFound:
        gone = NotFound(
            f"The rule that was to bring {item.file.did} to {tools.upload.rse} has ended.",
            code="unknown_rule",
            hint="Retry makes it again.",
        )
        tools.fail(item.file, gone)
        return True
    except Stopped:
        raise
    except Exception as error:  # noqa: BLE001 - of one file, and told with it
        tools.fail(item.file, understood(error, tools.upload.display_name))
        return True
    state = str(rule["state"]).rpartition(".")[2]
    if state == "OK":
        tools.gauge.arrived(item.file.size_bytes)
        tools.tell(item.file, state="done", rule_id=item.rule_id)
        return True
    if state == "STUCK":
        return _stuck(item, one_line(rule.get("error")), tools)
    if item.is_stuck:
        item.is_stuck = False
        tools.tell(item.file, state="running", message="Rucio moves it.", rule_id=item.rule_id)
    return False


def _stuck(item: _Moving, reason: str, tools: Tools) -> bool:
    """Whether waiting for it makes no sense any more."""
    why = f": {reason}" if reason else "."
    if time.monotonic() - item.since > tools.upload.scratch_lifetime_s:
        tools.fail(item.file, _given_up(item.file.did, tools.upload.rse, why))
        return True
    if not item.is_stuck:
        item.is_stuck = True
        log.warning("The rule of %s is stuck%s", item.file.did, why)
        tools.tell(
            item.file,
            state="running",
            message=f"Rucio cannot move it at present{why}",
            rule_id=item.rule_id,
        )
    return False


def _say(waiting: Sequence[_Moving], total: int, tools: Tools) -> None:
    stuck = [item for item in waiting if item.is_stuck]
    if stuck:
        hours = tools.upload.scratch_lifetime_s // 3600
        kept = "an hour" if hours <= 1 else f"{hours} hours"
        tools.report.message(
            f"Rucio cannot move {_files(len(stuck))} at present, and tries again. The copy in "
            f"scratch space is kept for {kept} only: make another before that is over."
        )
    elif waiting:
        tools.report.message(f"Rucio moves {_files(len(waiting))} of {total}.")
    else:
        tools.report.message(None)


def _give_back(moving: Sequence[_Moving], tools: Tools) -> None:
    """Cancelled: ends the rules, where Rucio lets this account do so."""
    for item in moving:
        try:
            tools.catalogue.client.delete_replication_rule(item.rule_id)
            log.info("The rule of %s has been ended", item.file.did)
        except Exception as error:  # noqa: BLE001 - nobody waits for more than the log
            log.warning(
                "Rucio goes on moving %s: its rule could not be ended (%s)",
                item.file.did,
                type(error).__name__,
            )


def _given_up(did: Did, rse: str, why: str) -> ExtensionError:
    return RucioBadAnswer(
        f"Rucio could not bring {did} to {rse} in time{why}",
        code="rule_stuck",
        hint="Look at the rule. The copy in scratch space may be deleted now: make another first, "
        "then retry.",
    )


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"
