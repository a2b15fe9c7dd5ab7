"""What lies between Enter in the dialog and a variable that can be used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from bench.clients import Session
from bench.data import Datasets
from bench.figures import NO_BUDGET, NOTHING, Figure, Row, median, seconds
from bench.kernel import Kernel, MessageTooLarge, kernel_of
from bench.lists import stall_row
from bench.published import NOT_TRIED, Attempt, Published
from bench.setting import Setting

BUDGETS_S = {20_000: 2.0, 100_000: 6.0}
# Of a variable whose name is put in.
USES = {
    "the last file by its name": "{0}[{0}[-1].did]",
    "all files, one after the other": "assert all(file.endswith('.root') for file in {0})",
    "all files as a DataFrame": "assert len({0}.to_dataframe()) == len({0})",
    "how it is shown": "repr({0}), {0}._repr_html_()",
}


def attaching(setting: Setting, datasets: Datasets, listed: Figure) -> Iterator[Row]:
    """`listed`: how long the published extension took for the list of paths, which comes first."""
    session, published, raw = setting.session, setting.published, setting.raw
    name = datasets.available
    floor = median(lambda _: raw.files(name), datasets.runs)
    with kernel_of(session) as kernel:
        session.forget_stalls()
        taken = median(lambda n: _attach(session, kernel, name, f"files_{n}"), datasets.runs)
        uses = list(_uses(kernel, datasets.runs))
    stall = session.stall()
    theirs = _theirs(session, published, name, listed) if published else NOT_TRIED
    budget = next((s for files, s in BUDGETS_S.items() if datasets.files <= files), None)
    yield Row(
        "attach: paths, then variable in the kernel",
        Figure.of_time(taken),
        theirs.figure,
        Figure.of_time(floor, "files"),
        NO_BUDGET if budget is None else Figure.of_time(budget),
    )
    yield stall_row(stall, theirs.stall)
    yield from uses


def _uses(kernel: Kernel, runs: int) -> Iterator[Row]:
    """What lies between the variable and an analysis, each with a variable that has just come."""
    for what, code in USES.items():
        taken = median(lambda n, code=code: kernel.execute(code.format(f"files_{n}")), runs)
        yield Row(f"in the kernel: {what}", Figure.of_time(taken), NOTHING)


def _attach(session: Session, kernel: Kernel, dataset: str, name: str) -> None:
    answer = session.rucio(
        "POST",
        "attachments",
        json={"items": [{"did": f"bulk:{dataset}", "variable_name": name}]},
    )
    resolved = answer["items"][0]
    if resolved["state"] != "available":
        raise RuntimeError(f"It could not be attached: {resolved['message']}")
    _inject(
        kernel,
        {
            "type": "file" if resolved["type"] == "file" else "collection",
            "variableName": resolved["variable_name"],
            "did": resolved["did"],
            "didAvailable": True,
            "files": resolved["items"],
            "manifest": resolved["manifest"],
        },
        resolved["count"],
    )


def _theirs(session: Session, published: Published, dataset: str, listed: Figure) -> Attempt:
    """All paths go through the browser, and from there through one message to the kernel."""
    # The list itself was measured before; the paths are the same here.
    files = [
        {"path": file["path"], "pfn": file["pfn"]} for file in session.files(f"bulk:{dataset}")
    ]
    entry: dict[str, Any] = {
        "type": "collection",
        "variableName": "files",
        "did": f"bulk:{dataset}",
        "didAvailable": True,
        "files": files,
    }

    def run() -> Figure:
        with kernel_of(published) as kernel:
            try:
                took = seconds(partial(_inject, kernel, entry, len(files)))
            except MessageTooLarge as error:
                shown = f"fails after {listed.shown}: {error}"
                return Figure(shown, listed.value, is_least=True)
        if listed.value is None:
            return listed
        detail = f"list {listed.shown}, to the kernel {Figure.of_time(took).shown}"
        total = Figure.of_time(listed.value + took, detail)
        if listed.is_least:
            return Figure(f"> {total.shown}", total.value, is_least=True)
        return total

    return published.attempt(run)


def _inject(kernel: Kernel, entry: dict[str, Any], count: int) -> None:
    kernel.inject(entry)
    _use(kernel, entry["variableName"], count)


def _use(kernel: Kernel, name: str, count: int) -> None:
    kernel.execute(f"assert len({name}) == {count} and str({name}[{count - 1}]).endswith('.root')")
