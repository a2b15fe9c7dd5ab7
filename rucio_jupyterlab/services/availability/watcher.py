"""Watching rules that move, once each, and telling the browser."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.services.availability.model import Availability, from_rule, now

log = logging.getLogger(__name__)

SHORTEST_WAIT_S = 2.0
LONGEST_WAIT_S = 30.0
BACK_OFF = 1.4
# Without a listener on the event bus, a browser that polls keeps a watcher alive this long.
INTEREST_LIFE_S = 60.0
MOST_WATCHERS = 100
MOST_DIDS_OF_A_RULE = 100
# How fast a transfer is, is judged by what came in this long.
RATE_WINDOW_S = 120.0

LookAtRule = Callable[[str], Awaitable[RuleRecord | None]]
LookAgain = Callable[[Sequence[Did], RuleRecord | None], Awaitable[list[Availability]]]
"""Asks about DIDs anew; of files it is known that the rule holds them, while there is one."""
Emit = Callable[[dict[str, Any]], bool]
"""Sends an event; False when nobody listens."""


@dataclass
class _Watch:
    instance: Instance
    rule: RuleRecord
    look_at_rule: LookAtRule
    look_again: LookAgain
    dids: OrderedDict[Did, Availability] = field(default_factory=OrderedDict)
    asked_at: float = 0.0
    progress: list[tuple[float, int]] = field(default_factory=list)
    task: asyncio.Task[None] | None = None


class Watchers:
    """At most one watcher for each rule, however many DIDs and browser tabs wait for it.

    ``emit`` says whether anybody listened. When nobody does and nobody has asked for a minute, the
    watcher ends; the next question starts a new one.
    """

    def __init__(
        self,
        emit: Emit,
        *,
        shortest_wait_s: float = SHORTEST_WAIT_S,
        longest_wait_s: float = LONGEST_WAIT_S,
        interest_life_s: float = INTEREST_LIFE_S,
    ) -> None:
        self._emit = emit
        self._shortest_wait_s = shortest_wait_s
        self._longest_wait_s = longest_wait_s
        self._interest_life_s = interest_life_s
        self._watches: OrderedDict[tuple[str, str], _Watch] = OrderedDict()
        self._has_listener = False

    def watch(
        self,
        instance: Instance,
        at: Availability,
        rule: RuleRecord,
        look_at_rule: LookAtRule,
        look_again: LookAgain,
    ) -> None:
        """Watches the rule from now on, and tells how ``at.did`` fares."""
        key = (instance.name, rule.id)
        watch = self._watches.get(key)
        if watch is None:
            if len(self._watches) >= MOST_WATCHERS:
                self._end(next(iter(self._watches)))
            watch = _Watch(instance, rule, look_at_rule, look_again)
            watch.task = asyncio.ensure_future(self._run(key, watch))
            self._watches[key] = watch
        watch.asked_at = time.monotonic()
        watch.dids[at.did] = at
        watch.dids.move_to_end(at.did)
        while len(watch.dids) > MOST_DIDS_OF_A_RULE:
            watch.dids.popitem(last=False)

    def waiting_for(self, instance: str, rule_id: str) -> list[Did]:
        """The DIDs that the rule is watched for."""
        watch = self._watches.get((instance, rule_id))
        return list(watch.dids) if watch is not None else []

    def tell(self, instance: Instance, found: Iterable[Availability]) -> None:
        """Emits what was found out by other means than watching."""
        for at in found:
            if at.rule is not None:
                watch = self._watches.get((instance.name, at.rule.id))
                if watch is not None and at.did in watch.dids:
                    watch.dids[at.did] = at
            self._send(instance, at)

    @property
    def count(self) -> int:
        return len(self._watches)

    def forget(self, instance: str) -> None:
        """Ends what is watched for an instance that is no more, or is another one now."""
        for key in [key for key in self._watches if key[0] == instance]:
            self._end(key)

    async def aclose(self) -> None:
        tasks = [watch.task for watch in self._watches.values() if watch.task is not None]
        for key in list(self._watches):
            self._end(key)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _end(self, key: tuple[str, str]) -> None:
        watch = self._watches.pop(key, None)
        if watch is not None and watch.task is not None:
            watch.task.cancel()

    async def _run(self, key: tuple[str, str], watch: _Watch) -> None:
        wait = self._shortest_wait_s
        try:
            while True:
                await asyncio.sleep(wait)
                wait = min(wait * BACK_OFF, self._longest_wait_s)
                before = watch.rule.state
                try:
                    rule = await watch.look_at_rule(watch.rule.id)
                    is_over = await self._tell(watch, rule)
                except ExtensionError as error:
                    log.info("Rule %s could not be looked at: %s", watch.rule.id, error.message)
                    self._say_unknown(watch, error)
                    is_over = error.status == 401
                else:
                    if watch.rule.state != before:
                        wait = self._shortest_wait_s
                if is_over or not self._is_wanted(watch):
                    return
        finally:
            if self._watches.get(key) is watch:
                del self._watches[key]

    def _is_wanted(self, watch: _Watch) -> bool:
        return self._has_listener or time.monotonic() - watch.asked_at < self._interest_life_s

    def _say_unknown(self, watch: _Watch, error: ExtensionError) -> None:
        """Rucio is away or we are signed out. The last word is kept, with its age: it is what a
        later look goes on from.
        """
        for at in watch.dids.values():
            message = f"How it goes on is not known: {error.message}"
            self._send(watch.instance, replace(at, state="unknown", message=message, eta_s=None))

    def _send(self, instance: Instance, at: Availability) -> None:
        event = at.to_dict(instance.rucio_webui_url)
        self._has_listener = self._emit({"instance": instance.name, **event})

    async def _tell(self, watch: _Watch, rule: RuleRecord | None) -> bool:
        """Emits how each DID is now. True when the rule has come to rest."""
        before, watch.rule = watch.rule, rule or watch.rule
        is_at_rest = rule is None or rule.state in ("OK", "STUCK", "SUSPENDED", "WAITING_APPROVAL")
        has_changed = rule is None or _counts(rule) != _counts(before)
        if has_changed:
            await self._refresh(watch, rule, is_at_rest=is_at_rest)
        eta_s = self._eta(watch) if not is_at_rest else None
        for did, at in list(watch.dids.items()):
            # The rule has been looked at just now; where its counts are as before, so is all else.
            watch.dids[did] = at if has_changed else replace(at, updated_at=now())
            self._send(
                watch.instance,
                replace(watch.dids[did], eta_s=eta_s if at.state == "replicating" else None),
            )
        # A stuck rule is tried again by Rucio's repairer: it is watched, at the slow end.
        return rule is None or rule.state == "OK"

    async def _refresh(self, watch: _Watch, rule: RuleRecord | None, *, is_at_rest: bool) -> None:
        """The collection that a moving rule is on is known by the rule's counts.

        Others are asked for.
        """
        ask: list[Did] = []
        for did, at in watch.dids.items():
            if rule is not None and not is_at_rest and did == rule.did and at.type != "file":
                watch.dids[did] = from_rule(
                    did,
                    at.type,
                    at.rse or rule.rse_expression,
                    rule,
                    files_total=at.files_total,
                    bytes_total=at.bytes_total,
                )
            else:
                ask.append(did)
        if ask:
            for at in await watch.look_again(ask, None if is_at_rest else rule):
                watch.dids[at.did] = at

    def _eta(self, watch: _Watch) -> float | None:
        """From the files that came lately; None until some did."""
        clock = time.monotonic()
        watch.progress.append((clock, watch.rule.locks_ok))
        watch.progress = [item for item in watch.progress if clock - item[0] <= RATE_WINDOW_S]
        first_at, first_ok = watch.progress[0]
        came = watch.rule.locks_ok - first_ok
        if came <= 0 or clock <= first_at:
            return None
        return round(watch.rule.locks_replicating * (clock - first_at) / came, 1)


def _counts(rule: RuleRecord) -> tuple[str, int, int, int, str | None]:
    return (
        rule.state,
        rule.locks_ok,
        rule.locks_replicating,
        rule.locks_stuck,
        rule.error,
    )
