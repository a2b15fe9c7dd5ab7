"""What a click costs: looking at a dataset, making it available, attaching it."""

from __future__ import annotations

from collections.abc import Iterator

from bench.clients import RawRucio, Session
from bench.data import ASKED, ASKED_RAW, AVAILABLE, SMALL, SMALL_FILES, SMALL_RAW
from bench.kernel import Kernel
from bench.report import Row, median, ms


def looking(session: Session, raw: RawRucio, runs: int) -> Iterator[Row]:
    session.forget_stalls()
    warm = median(lambda _: session.availability(f"bulk:{AVAILABLE}"), runs)
    floor = median(lambda _: raw.rules(AVAILABLE), runs)
    yield Row("availability, with a rule", ms(warm), f"raw rules {ms(floor)}", "100 ms")
    # Rucio counts the files of each of these for the first time, which it does for the raw request
    # too.
    cold = median(lambda n: session.availability(f"bulk:{ASKED.format(n)}"), runs)
    floor = median(lambda n: raw.deep(ASKED_RAW.format(n)), runs)
    yield Row("availability, no rule, first look", ms(cold), f"raw count {ms(floor)}", "100 ms")
    warm = median(lambda n: session.availability(f"bulk:{ASKED.format(n)}"), runs)
    yield Row("availability, no rule, next look", ms(warm), "", "100 ms")
    yield session.stall()


def making_available(session: Session, raw: RawRucio, runs: int) -> Iterator[Row]:
    for what, ours, others in (
        ("make available", ASKED, ASKED_RAW),
        (f"make {SMALL_FILES:,} files available", SMALL, SMALL_RAW),
    ):
        for number in range(runs):
            # Nobody clicks on what is not shown.
            session.availability(f"bulk:{ours.format(number)}")
        session.forget_stalls()
        floor = median(lambda n, name=others: raw.add_rule(name.format(n)), runs)
        taken = median(
            lambda n, name=ours: session.rucio(
                "POST", "availability", json={"did": f"bulk:{name.format(n)}"}
            ),
            runs,
        )
        yield Row(f"{what}: answer", ms(taken), f"raw rule {ms(floor)}", ms(floor + 0.05))
        yield session.stall()


def attaching(session: Session, raw: RawRucio, files: int, runs: int) -> Iterator[Row]:
    floor = median(lambda _: raw.files(AVAILABLE), runs)
    kernel = Kernel()
    try:
        session.forget_stalls()
        taken = median(lambda n: _attach(session, kernel, f"files_{n}"), runs)
    finally:
        kernel.close()
    yield Row(
        "attach: paths, then variable in the kernel",
        ms(taken),
        f"raw files {ms(floor)}",
        "2 s" if files <= 20_000 else "6 s",
    )
    yield session.stall()


def _attach(session: Session, kernel: Kernel, name: str) -> None:
    """What happens between Enter in the dialog and a variable that can be used."""
    answer = session.rucio(
        "POST",
        "attachments",
        json={"items": [{"did": f"bulk:{AVAILABLE}", "variable_name": name}]},
    )
    resolved = answer["items"][0]
    if resolved["state"] != "available":
        raise RuntimeError(f"It could not be attached: {resolved['message']}")
    kernel.inject(resolved)
    kernel.execute(f"assert len({name}) == {resolved['count']} and {name}[-1].endswith('.root')")
