"""How fast it is and how long it takes, by a clock that the test moves."""

from __future__ import annotations

import pytest

from rucio_jupyterlab.jobs import progress
from rucio_jupyterlab.jobs.progress import WINDOW_S, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def test_nothing_is_said_of_what_has_hardly_begun(clock: Clock) -> None:
    pace = Pace()
    assert pace.rate_bytes_s() is None
    pace.note(0)
    assert (pace.rate_bytes_s(), pace.eta_s(100)) == (None, None)
    clock.now += 0.1
    pace.note(1_000_000)
    assert pace.rate_bytes_s() is None


def test_the_rate_is_that_of_the_last_seconds(clock: Clock) -> None:
    pace = Pace()
    done = 0
    for speed in (10, 1000):
        for _ in range(100):
            pace.note(done)
            clock.now += 0.5
            done += speed // 2
    pace.note(done)
    assert pace.rate_bytes_s() == pytest.approx(1000)
    assert pace.eta_s(5000) == pytest.approx(5.0)
    assert pace.eta_s(None) is None
    assert pace.eta_s(-1) == 0


def test_what_stands_still_has_no_time_left_to_tell(clock: Clock) -> None:
    pace = Pace()
    pace.note(100)
    for _ in range(int(WINDOW_S) + 2):
        clock.now += 1
        pace.note(500)
    assert pace.rate_bytes_s() == 0
    assert pace.eta_s(1000) is None


def test_what_hardly_moves_has_a_rate_and_no_time_left(clock: Clock) -> None:
    pace = Pace()
    pace.note(0)
    clock.now += 10
    pace.note(20)
    assert pace.rate_bytes_s() == 2.0
    assert pace.eta_s(2_000_000_000) is None


def test_what_is_begun_anew_does_not_run_backwards(clock: Clock) -> None:
    pace = Pace()
    pace.note(0)
    clock.now += 5
    pace.note(5000)
    clock.now += 1
    pace.note(100)
    assert pace.rate_bytes_s() is None
    clock.now += 1
    pace.note(300)
    assert pace.rate_bytes_s() == pytest.approx(200)
