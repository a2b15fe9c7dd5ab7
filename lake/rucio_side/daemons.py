"""Rucio's daemons in one process: a loop of single passes, each run only when there is work for it.

Rucio's own daemons sleep for minutes between passes and take a heartbeat at each. Here a pass
begins half a second after there is something to do; while there is not, a few small queries a
second are all that happens.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from rucio.daemons.abacus import account as abacus_account
from rucio.daemons.abacus import collection_replica as abacus_collection_replica
from rucio.daemons.abacus import rse as abacus_rse
from rucio.daemons.common import HeartbeatHandler
from rucio.daemons.conveyor import finisher, poller, submitter
from rucio.daemons.judge import cleaner, evaluator, injector, repairer
from rucio.daemons.reaper import reaper
from rucio.daemons.undertaker import undertaker
from rucio.db.sqla import models
from rucio.db.sqla.constants import (
    OBSOLETE,
    DatabaseOperationType,
    ReplicaState,
    RequestState,
    RuleState,
)
from rucio.db.sqla.session import db_session
from sqlalchemy import ColumnElement, exists, or_, select

from lake.rucio_side.control import serve_control
from lake.rucio_side.sqlite import tune_sqlite
from lake.rucio_side.tokens import expire_tokens

INTERVAL_S = 0.5
# The reaper leaves alone what it cannot delete now; do not ask it again at once.
REAPER_INTERVAL_S = 2.0
HEARTBEAT_S = 60

ENDED = (
    RequestState.DONE,
    RequestState.FAILED,
    RequestState.LOST,
    RequestState.SUBMISSION_FAILED,
    RequestState.NO_SOURCES,
    RequestState.ONLY_TAPE_SOURCES,
    RequestState.MISMATCH_SCHEME,
)

logger = logging.getLogger("lake.daemons")


@dataclass(frozen=True)
class Daemon:
    """One of Rucio's daemons: its single pass, and the question whether there is work for it."""

    name: str
    run: Callable[[], Any]
    has_work: Callable[[], ColumnElement[bool]]
    interval_s: float = 0.0


def _now() -> datetime:
    """Rucio's catalogue holds UTC without a zone."""
    return datetime.now(tz=timezone.utc).replace(tzinfo=None)


def _with_heartbeat(name: str, run_once: Callable[..., Any], **arguments: Any) -> Callable[[], Any]:
    """A pass of a daemon whose own ``run`` would first wait a second for others of its kind."""

    def run() -> None:
        with HeartbeatHandler(executable=name, renewal_interval=HEARTBEAT_S) as heartbeat:
            run_once(heartbeat_handler=heartbeat, activity=None, **arguments)

    return run


def _rows(model: Any, *conditions: Any) -> Callable[[], ColumnElement[bool]]:
    return lambda: exists(select(1).select_from(model).where(*conditions))


def _stuck_since(seconds: float) -> Callable[[], ColumnElement[bool]]:
    rule = models.ReplicationRule
    return lambda: exists(
        select(1)
        .select_from(rule)
        .where(rule.state == RuleState.STUCK, rule.updated_at < _now() - timedelta(seconds=seconds))
    )


def _repairer(after_s: float) -> Daemon:
    """Repairs the rules, and retries the transfers, that have been stuck for `after_s` seconds."""
    pass_over_rules = _with_heartbeat(
        repairer.DAEMON_NAME, repairer.run_once, paused_rules={}, delta=after_s
    )

    # Cannot be the first of Rucio's modules to be imported.
    from rucio.core import rule_grouping  # noqa: PLC0415

    def is_retry_required(lock: Any, **_: Any) -> bool:
        is_due: bool = lock.updated_at < _now() - timedelta(seconds=after_s)
        return is_due

    def run() -> None:
        setattr(rule_grouping, "__is_retry_required", is_retry_required)
        pass_over_rules()

    return Daemon("judge-repairer", run, _stuck_since(after_s))


def _expired_rules() -> ColumnElement[bool]:
    rule = models.ReplicationRule
    return exists(
        select(1)
        .select_from(rule)
        .where(rule.expires_at < _now(), rule.locked.is_(False), rule.child_rule_id.is_(None))
    )


def _expired_dids() -> ColumnElement[bool]:
    return exists(
        select(1)
        .select_from(models.DataIdentifier)
        .where(models.DataIdentifier.expired_at < _now())
    )


def _deletable_replicas() -> ColumnElement[bool]:
    """Marked as obsolete, or past their tombstone at an RSE that deletes greedily."""
    replica, attribute = models.RSEFileAssociation, models.RSEAttrAssociation
    greedy = select(attribute.rse_id).where(attribute.key == "greedyDeletion")
    return exists(
        select(1)
        .select_from(replica)
        .where(
            # By the index that Rucio has, rather than by each of a hundred thousand.
            replica.rse_id.in_(select(models.RSE.id)),
            replica.tombstone < _now(),
            or_(replica.tombstone == OBSOLETE, replica.rse_id.in_(greedy)),
            replica.lock_cnt == 0,
            replica.state.in_((ReplicaState.AVAILABLE, ReplicaState.UNAVAILABLE, ReplicaState.BAD)),
        )
    )


def _daemons(repair_after_s: float) -> list[Daemon]:
    """In the order in which a rule passes through them."""
    rule, request = models.ReplicationRule, models.Request
    return [
        Daemon("undertaker", lambda: undertaker.undertaker(once=True), _expired_dids),
        Daemon(
            "judge-injector",
            _with_heartbeat(injector.DAEMON_NAME, injector.run_once, paused_rules={}),
            _rows(rule, rule.state == RuleState.INJECT),
        ),
        Daemon(
            "judge-evaluator",
            _with_heartbeat(
                evaluator.DAEMON_NAME, evaluator.run_once, paused_dids={}, did_limit=100
            ),
            _rows(models.UpdatedDID),
        ),
        Daemon(
            "judge-cleaner",
            _with_heartbeat(cleaner.DAEMON_NAME, cleaner.run_once, paused_rules={}),
            _expired_rules,
        ),
        _repairer(repair_after_s),
        Daemon(
            "conveyor-submitter",
            lambda: submitter.submitter(once=True, partition_wait_time=0, bulk=200, group_bulk=20),
            _rows(request, request.state == RequestState.QUEUED),
        ),
        Daemon(
            "conveyor-poller",
            lambda: poller.poller(once=True, partition_wait_time=0, older_than=0),
            _rows(request, request.state == RequestState.SUBMITTED),
        ),
        Daemon(
            "conveyor-finisher",
            lambda: finisher.finisher(once=True, partition_wait_time=0),
            _rows(request, request.state.in_(ENDED)),
        ),
        Daemon(
            "abacus-collection-replica",
            _with_heartbeat(
                abacus_collection_replica.DAEMON_NAME,
                abacus_collection_replica.run_once,
                limit=1000,
            ),
            _rows(models.UpdatedCollectionReplica),
        ),
        Daemon(
            "abacus-account",
            _with_heartbeat(abacus_account.DAEMON_NAME, abacus_account.run_once),
            _rows(models.UpdatedAccountCounter),
        ),
        Daemon(
            "abacus-rse",
            _with_heartbeat(abacus_rse.DAEMON_NAME, abacus_rse.run_once),
            _rows(models.UpdatedRSECounter),
        ),
        Daemon(
            "reaper",
            lambda: reaper.reaper(
                rses=[], include_rses=None, exclude_rses=None, once=True, delay_seconds=0
            ),
            _deletable_replicas,
            interval_s=REAPER_INTERVAL_S,
        ),
    ]


class Loop:
    """Runs the daemons one after the other, until it is stopped."""

    def __init__(self, repair_after_s: float) -> None:
        self._daemons = _daemons(repair_after_s)
        self._pass = threading.Lock()
        self._stop = threading.Event()
        self._is_paused = False
        self._last: dict[str, float] = {}

    @property
    def is_paused(self) -> bool:
        return self._is_paused

    def pause(self) -> None:
        """Returns once the pass under way is over: nothing moves in Rucio after that."""
        self._is_paused = True
        with self._pass:
            pass

    def resume(self) -> None:
        self._is_paused = False

    def stop(self) -> None:
        self._stop.set()

    def single_pass(self, *, repair: bool = False) -> list[str]:
        """One pass of all daemons that have work, paused or not; gives their names.

        Args:
            repair: Repair stuck rules whatever their age.
        """
        with self._pass:
            # A rule that is being looked at has been updated in this very second.
            daemons = [*([_repairer(-1)] if repair else []), *self._daemons]
            return [daemon.name for daemon in daemons if self._run(daemon, is_asked=True)]

    def forever(self) -> None:
        while not self._stop.is_set():
            if not self._is_paused:
                with self._pass:
                    for daemon in self._daemons:
                        if self._is_paused or self._stop.is_set():
                            break
                        self._run(daemon)
            self._stop.wait(INTERVAL_S)

    def _run(self, daemon: Daemon, *, is_asked: bool = False) -> bool:
        now = time.monotonic()
        if (
            not is_asked
            and now - self._last.get(daemon.name, -daemon.interval_s) < daemon.interval_s
        ):
            return False
        try:
            with db_session(DatabaseOperationType.READ) as session:
                if not session.execute(select(daemon.has_work())).scalar():
                    return False
            daemon.run()
        except Exception:
            # A daemon that fails is tried again at the next pass, as in production, and must not
            # end the others.
            logger.exception("%s failed", daemon.name)
        self._last[daemon.name] = time.monotonic()
        return True


def main() -> None:
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    tune_sqlite()
    loop = Loop(repair_after_s=float(sys.argv[2]))
    signal.signal(signal.SIGTERM, lambda *_: loop.stop())
    serve_control(loop, expire_tokens, int(sys.argv[1]))
    loop.forever()


if __name__ == "__main__":
    main()
