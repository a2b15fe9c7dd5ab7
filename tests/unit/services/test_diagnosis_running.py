"""A list of checks comes to its end in order and in time, whatever single checks do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from rucio_jupyterlab.errors import RucioUnreachable
from rucio_jupyterlab.services.diagnosis.model import (
    Check,
    Finding,
    Step,
    fine,
    irrelevant,
    warning,
    wrong,
)
from rucio_jupyterlab.services.diagnosis.running import run

Look = Callable[[], Awaitable[Finding]]


def finding(found: Finding) -> Look:
    async def look() -> Finding:
        return found

    return look


async def _never() -> Finding:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


async def _broken() -> Finding:
    raise ZeroDivisionError("a secret")


async def _unreachable() -> Finding:
    raise RucioUnreachable("No connection to The Lake.", hint="Ask the operator.")


def checks(*steps: Step, limit_s: float = 20.0) -> list[Check]:
    return asyncio.run(run(steps, limit_s))


def test_what_needs_something_wrong_is_skipped_and_names_what_is_wrong() -> None:
    found = checks(
        Step("name", "Name resolved", finding(fine("It is."))),
        Step("rucio", "Rucio answers", _unreachable, needs=("name",)),
        Step("credentials", "Credentials accepted", _never, needs=("rucio",)),
        Step("account", "Account", _never, needs=("credentials",)),
        Step("mount", "Mount", finding(fine("It is there.")), needs=("name",)),
    )
    assert [check.name for check in found] == ["name", "rucio", "credentials", "account", "mount"]
    assert [check.severity for check in found] == ["ok", "error", "skipped", "skipped", "ok"]
    assert found[1].message == "No connection to The Lake."
    assert found[1].hint == "Ask the operator."
    # Not “Credentials accepted”, which is not what is wrong.
    assert found[3].message == "Not looked at, since “Rucio answers” is not in order."
    assert [check.is_ok for check in found] == [True, False, False, False, True]


def test_what_needs_something_that_does_not_matter_here_is_looked_at() -> None:
    found = checks(
        Step("tls", "TLS trusted", finding(irrelevant("Plain HTTP."))),
        Step("clock", "Clocks agree", finding(warning("40 seconds."))),
        Step("rucio", "Rucio answers", finding(fine("41.5.1")), needs=("tls", "clock")),
    )
    assert [check.severity for check in found] == ["skipped", "warning", "ok"]


def test_what_is_seen_without_its_needs_is_said_though_they_are_wrong() -> None:
    async def expired() -> Finding | None:
        return wrong("The proxy ended yesterday.")

    async def usable() -> Finding | None:
        return None

    found = checks(
        Step("rucio", "Rucio answers", _unreachable),
        Step("one", "Credentials accepted", _never, needs=("rucio",), first=expired),
        Step("other", "Credentials accepted", _never, needs=("rucio",), first=usable),
    )
    assert found[1].message == "The proxy ended yesterday."
    assert found[2].severity == "skipped"


def test_a_check_that_fails_itself_says_so_without_the_error() -> None:
    (check,) = checks(Step("kernels", "Kernel package", _broken))
    assert check.severity == "error"
    assert "ZeroDivisionError" in check.message
    assert "secret" not in check.message


def test_a_check_that_hangs_ends_with_its_limit_and_the_others_do_not_wait() -> None:
    found = checks(
        Step("hangs", "Mount", _never, limit_s=0.1),
        Step("runs", "Name resolved", finding(fine("It is."))),
    )
    assert [check.severity for check in found] == ["error", "ok"]
    assert "0.1 s" in found[0].message


def test_the_whole_ends_with_its_limit_and_keeps_what_was_found() -> None:
    begun = time.monotonic()
    found = checks(
        Step("runs", "Name resolved", finding(fine("It is."))),
        Step("hangs", "Mount", _never, limit_s=60),
        Step("waits", "Data", finding(fine("There.")), needs=("hangs",)),
        limit_s=0.2,
    )
    assert time.monotonic() - begun < 30
    assert [check.severity for check in found] == ["ok", "error", "error"]


def test_checks_run_side_by_side() -> None:
    met: set[str] = set()
    both = asyncio.Event()

    def meeting(name: str) -> Look:
        async def look() -> Finding:
            met.add(name)
            if len(met) == 2:
                both.set()
            await both.wait()
            return fine("Met.")

        return look

    found = checks(Step("a", "A", meeting("a")), Step("b", "B", meeting("b")))
    assert [check.severity for check in found] == ["ok", "ok"]
