"""One watcher for each rule, as long as somebody wants to know."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import NotAuthenticated, RucioUnreachable
from rucio_jupyterlab.services.availability.model import Availability, from_rule
from rucio_jupyterlab.services.availability.watcher import Watchers

DATASET = Did("demo", "dataset")
FILE = Did("demo", "file")
INSTANCE = Instance("lake", "Lake", "replica", "http://rucio", "http://rucio")
RULE = RuleRecord(
    id="r1",
    did=DATASET,
    did_type="dataset",
    rse_expression="RSE",
    state="REPLICATING",
    locks_ok=0,
    locks_replicating=4,
    locks_stuck=0,
    error=None,
    account="alice",
    created_at=None,
    expires_at=None,
)


class Story:
    """A rule whose answers are told beforehand, and everything that was asked and emitted."""

    def __init__(self, *answers: RuleRecord | Exception | None, is_heard: bool = True) -> None:
        self.answers = list(answers)
        self.is_heard = is_heard
        self.looks = 0
        self.asked: list[list[Did]] = []
        self.events: list[dict[str, Any]] = []
        self.watchers = Watchers(
            self.emit, shortest_wait_s=0.01, longest_wait_s=0.02, interest_life_s=0.1
        )

    def emit(self, event: dict[str, Any]) -> bool:
        if self.is_heard:
            self.events.append(event)
        return self.is_heard

    async def look_at_rule(self, rule_id: str) -> RuleRecord | None:
        self.looks += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def look_again(
        self, dids: Sequence[Did], held_by: RuleRecord | None
    ) -> list[Availability]:
        self.asked.append(list(dids))
        return [Availability(did, "dataset", "available", rse="RSE") for did in dids]

    def watch(self, did: Did = DATASET) -> None:
        at = from_rule(did, "dataset", "RSE", RULE, files_total=4, bytes_total=None)
        self.watchers.watch(INSTANCE, at, RULE, self.look_at_rule, self.look_again)

    async def ended(self) -> None:
        for _ in range(300):
            if not self.watchers.count:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("The watcher goes on.")


def progress(ok: int, state: str = "REPLICATING") -> RuleRecord:
    return replace(RULE, state=state, locks_ok=ok, locks_replicating=4 - ok)  # type: ignore[arg-type]


def test_progress_is_told_from_the_rule_alone_and_the_end_is_looked_at() -> None:
    async def run() -> None:
        story = Story(progress(1), progress(3), progress(4, "OK"))
        story.watch()
        await story.ended()
        assert [event["files_available"] for event in story.events[:2]] == [1, 3]
        assert story.events[-1]["state"] == "available"
        assert {event["instance"] for event in story.events} == {"lake"}
        assert story.looks == 3
        # Only the end was worth more than one request.
        assert story.asked == [[DATASET]]

    asyncio.run(run())


def test_many_who_wait_for_one_rule_cost_one_watcher() -> None:
    async def run() -> None:
        story = Story(progress(0), progress(0), progress(4, "OK"))
        for _ in range(10):
            story.watch()
        story.watch(FILE)
        assert story.watchers.count == 1
        await story.ended()
        assert story.looks == 3
        assert {event["did"] for event in story.events} == {"demo:dataset", "demo:file"}

    asyncio.run(run())


def test_when_nobody_listens_or_asks_the_watcher_ends() -> None:
    async def run() -> None:
        story = Story(progress(0), is_heard=False)
        story.watch()
        await story.ended()

    asyncio.run(run())


def test_while_somebody_listens_it_goes_on() -> None:
    async def run() -> None:
        story = Story(progress(0))
        story.watch()
        # Three times as long as interest lasts without a listener.
        await asyncio.sleep(0.3)
        assert story.watchers.count == 1
        assert story.looks > 1
        await story.watchers.aclose()
        assert story.watchers.count == 0

    asyncio.run(run())


def test_a_rule_that_has_gone_is_looked_at_a_last_time() -> None:
    async def run() -> None:
        story = Story(None)
        story.watch()
        await story.ended()
        assert story.asked == [[DATASET]]

    asyncio.run(run())


def test_a_rucio_that_is_away_is_asked_again_and_a_lost_sign_in_is_not() -> None:
    async def run() -> None:
        story = Story(RucioUnreachable("away"), RucioUnreachable("away"), progress(4, "OK"))
        story.watch()
        await story.ended()
        assert story.events[-1]["state"] == "available"

        story = Story(NotAuthenticated("expired"))
        story.watch()
        await story.ended()
        assert story.looks == 1

    asyncio.run(run())


def test_a_stuck_rule_is_told_and_goes_on_being_watched_since_rucio_tries_again() -> None:
    async def run() -> None:
        stuck = replace(progress(3, "STUCK"), locks_stuck=1, locks_replicating=0)
        story = Story(stuck, stuck, progress(4), progress(4, "OK"))
        story.watch()
        await story.ended()
        assert story.looks == 4

    asyncio.run(run())
