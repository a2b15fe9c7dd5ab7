"""What a click costs: looking at a dataset, making it available, attaching it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from functools import partial

from bench.clients import RawRucio, Session
from bench.data import SMALL_FILES, Datasets
from bench.kernel import Kernel
from bench.report import Row, median, ms, seconds


def looking(session: Session, raw: RawRucio, datasets: Datasets, runs: int) -> Iterator[Row]:
    session.forget_stalls()
    warm = median(lambda _: session.availability(f"bulk:{datasets.available}"), runs)
    floor = median(lambda _: raw.rules(datasets.available), runs)
    yield Row("availability, with a rule", ms(warm), f"raw rules {ms(floor)}", "100 ms")
    # Rucio counts the files of each of these for the first time, as it does for the raw request.
    cold = median(lambda n: session.availability(f"bulk:{datasets.asked[n]}"), runs)
    floor = median(lambda n: raw.deep(datasets.asked_raw[n]), runs)
    yield Row("availability, no rule, first look", ms(cold), f"raw count {ms(floor)}", "100 ms")
    warm = median(lambda n: session.availability(f"bulk:{datasets.asked[n]}"), runs)
    yield Row("availability, no rule, next look", ms(warm), "", "100 ms")
    yield session.stall()


def making_available(session: Session, raw: RawRucio, datasets: Datasets) -> Iterator[Row]:
    for what, ours, others in (
        ("make available", datasets.asked, datasets.asked_raw),
        (f"make {SMALL_FILES:,} files available", datasets.small, datasets.small_raw),
    ):
        for name in ours:
            # Nobody clicks on what is not shown.
            session.availability(f"bulk:{name}")
        session.forget_stalls()
        taken, floor = _asked_in_turn(session, raw, ours, others)
        yield Row(f"{what}: answer", ms(taken), f"raw rule {ms(floor)}", ms(floor + 0.05))
        yield session.stall()


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


def attaching(session: Session, raw: RawRucio, datasets: Datasets, runs: int) -> Iterator[Row]:
    name = datasets.available
    listed = raw.files(name)
    floor = median(lambda _: raw.files(name), runs)
    kernel = Kernel()
    try:
        session.forget_stalls()
        taken = median(lambda n: _attach(session, kernel, name, f"files_{n}"), runs)
    finally:
        kernel.close()
    yield Row(
        "attach: paths, then variable in the kernel",
        ms(taken),
        f"raw files {ms(floor)}",
        "2 s" if listed.rows <= 20_000 else "6 s",
    )
    yield session.stall()


def _attach(session: Session, kernel: Kernel, dataset: str, name: str) -> None:
    """What happens between Enter in the dialog and a variable that can be used."""
    answer = session.rucio(
        "POST",
        "attachments",
        json={"items": [{"did": f"bulk:{dataset}", "variable_name": name}]},
    )
    resolved = answer["items"][0]
    if resolved["state"] != "available":
        raise RuntimeError(f"It could not be attached: {resolved['message']}")
    kernel.inject(resolved)
    kernel.execute(f"assert len({name}) == {resolved['count']} and {name}[-1].endswith('.root')")
