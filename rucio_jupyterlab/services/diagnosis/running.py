"""Runs the steps of a diagnosis: side by side where they can, each with a time limit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.quiet_logs import whereabouts
from rucio_jupyterlab.services.diagnosis.model import (
    Check,
    Finding,
    Step,
    failed,
    not_looked_at,
    wrong,
)

log = logging.getLogger(__name__)

Result = TypeVar("Result", bound=Finding | None)

WHOLE_LIMIT_S = 20.0

SLOW_HINT = "Try again; if it stays so slow, tell the operator."


async def run(steps: Sequence[Step], limit_s: float = WHOLE_LIMIT_S) -> list[Check]:
    """The checks, in the order of the steps. Never raises, and ends after ``limit_s``."""
    tasks: dict[str, asyncio.Task[Finding]] = {}
    titles = {step.name: step.title for step in steps}
    for step in steps:
        before = {name: tasks[name] for name in (*step.needs, *step.after) if name in tasks}
        tasks[step.name] = asyncio.create_task(_look(step, before, titles))
    _, late = await asyncio.wait(tasks.values(), timeout=limit_s)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return [_check(step, tasks[step.name], limit_s) for step in steps]


async def _look(
    step: Step, before: Mapping[str, asyncio.Task[Finding]], titles: Mapping[str, str]
) -> Finding:
    if step.first is not None:
        found = await _limited(step, step.first)
        if found is not None:
            return found
    for name, task in before.items():
        earlier = await asyncio.shield(task)
        if earlier.blocks and name in step.needs:
            return not_looked_at(earlier.culprit or titles[name])
    return await _limited(step, step.look)


async def _limited(step: Step, look: Callable[[], Awaitable[Result]]) -> Result | Finding:
    """What ``look`` finds within the limit, or why it found nothing."""
    try:
        return await asyncio.wait_for(look(), step.limit_s)
    except (asyncio.TimeoutError, TimeoutError):
        return wrong(f"There was no answer within {step.limit_s:g} s.", SLOW_HINT)
    except ExtensionError as error:
        return failed(error)
    except Exception as error:  # noqa: BLE001 - a diagnosis that fails itself would help nobody
        # Without the error's text, which nobody foresaw and which may quote a secret.
        log.error("The check “%s” failed:\n%s", step.name, whereabouts(error))  # noqa: TRY400
        return wrong(
            f"This could not be looked at: the check itself failed ({type(error).__name__}).",
            "The server's log says more. Please tell the developers.",
        )


def _check(step: Step, task: asyncio.Task[Finding], limit_s: float) -> Check:
    if task.cancelled():
        found = wrong(f"It had not come to an end after {limit_s:g} s.", SLOW_HINT)
    else:
        found = task.result()
    return Check(step.name, step.title, found.severity, found.message, found.hint)
