"""What a click costs: looking at a dataset, and making it available."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from functools import partial

from bench.clients import RawRucio, Session
from bench.data import SMALL_FILES, Datasets, Moments
from bench.figures import NOTHING, Figure, Row, median, seconds
from bench.lists import stall_row
from bench.published import NOT_TRIED
from bench.setting import Setting

LOOK_S = 0.1
# What we may take beside Rucio's own time to make a rule.
BESIDE_RUCIO_S = 0.05


def looking(setting: Setting, datasets: Datasets) -> Iterator[Row]:
    session, published, raw, runs = (
        setting.session,
        setting.published,
        setting.raw,
        datasets.runs,
    )
    session.forget_stalls()
    warm = median(lambda _: session.availability(f"bulk:{datasets.available}"), runs)
    floor = median(lambda _: raw.rules(datasets.available), runs)
    # Rucio counts the files of each of these for the first time, as it does for the raw request.
    cold = median(lambda n: session.availability(f"bulk:{datasets.asked[n]}"), runs)
    count = median(lambda n: raw.deep(datasets.asked_raw[n]), runs)
    again = median(lambda n: session.availability(f"bulk:{datasets.asked[n]}"), runs)
    stall = session.stall()
    ruled = first = NOT_TRIED
    next_look = NOTHING
    if published:
        ruled = published.took(partial(published.look_until_known, f"bulk:{datasets.available}"))
        if ruled.figure.is_least:
            # The same list of replicas, with a rule or without.
            first = ruled._replace(figure=Figure.words("not tried again"))
        else:
            unruled = f"bulk:{datasets.asked_published}"
            first = published.took(partial(published.look_until_known, unruled))
            next_look = published.took(partial(published.look_until_known, unruled)).figure
    yield Row(
        "availability, with a rule",
        Figure.of_time(warm),
        ruled.figure,
        Figure.of_time(floor, "rules"),
        Figure.of_time(LOOK_S),
    )
    yield Row(
        "availability, no rule, first look",
        Figure.of_time(cold),
        first.figure,
        Figure.of_time(count, "count"),
        Figure.of_time(LOOK_S),
    )
    yield Row(
        "availability, no rule, next look",
        Figure.of_time(again),
        next_look,
        budget=Figure.of_time(LOOK_S),
    )
    yield stall_row(stall, _longer(ruled.stall, first.stall))


def making_available(setting: Setting, datasets: Datasets) -> Iterator[Row]:
    yield from _made(
        "make available: answer",
        setting,
        datasets.asked,
        raw_names=datasets.asked_raw,
        published_name=datasets.asked_published,
    )


def making_few_available(setting: Setting, moments: Moments) -> Iterator[Row]:
    yield from _made(
        f"make {SMALL_FILES:,} files available: answer",
        setting,
        moments.small,
        raw_names=moments.small_raw,
        published_name=moments.small_published,
    )


def _made(
    what: str,
    setting: Setting,
    names: Sequence[str],
    *,
    raw_names: Sequence[str],
    published_name: str,
) -> Iterator[Row]:
    session, published = setting.session, setting.published
    for name in names:
        # Nobody clicks on what is not shown.
        session.availability(f"bulk:{name}")
    session.forget_stalls()
    taken, floor = _asked_in_turn(session, setting.raw, names, raw_names)
    stall = session.stall()
    theirs = (
        published.took(partial(published.make_available, f"bulk:{published_name}"))
        if published
        else NOT_TRIED
    )
    yield Row(
        what,
        Figure.of_time(taken),
        theirs.figure,
        Figure.of_time(floor, "rule"),
        Figure.of_time(floor + BESIDE_RUCIO_S),
    )
    yield stall_row(stall, theirs.stall)


def _asked_in_turn(
    session: Session, raw: RawRucio, ours: Sequence[str], others: Sequence[str]
) -> tuple[float, float]:
    """Seconds, medians of our requests and of raw ones: one after the other, so that a busy moment
    of the machine meets both.
    """
    taken, floor = [], []
    for name, other in zip(ours, others, strict=True):
        floor.append(seconds(partial(raw.add_rule, other)))
        wanted = {"did": f"bulk:{name}"}
        taken.append(seconds(partial(session.rucio, "POST", "availability", json=wanted)))
    return statistics.median(taken), statistics.median(floor)


def _longer(one: Figure, other: Figure) -> Figure:
    return one if (one.value or 0) >= (other.value or 0) else other
