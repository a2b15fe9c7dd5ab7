"""Rucio's refusals to make a rule, with what the user needs to know about them."""

from __future__ import annotations

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import ExtensionError, QuotaExceeded
from rucio_jupyterlab.services.availability import quota
from rucio_jupyterlab.services.availability.question import Question

ASK_HINT = "Ask the administrators of {instance} for quota there, or choose another destination."
FREE_HINT = "End rules of yours there that are no longer needed, or ask for more quota."


async def with_figures(
    question: Question, error: QuotaExceeded, did: Did, rse: str
) -> QuotaExceeded:
    """How much is left and how much it takes, as far as Rucio says."""
    if error.code != QuotaExceeded.default_code:
        return error
    left = (await quota.at_places(question.client, question.destinations, [rse]))[rse]
    instance = question.client.instance.display_name
    if left.has_any is False:
        return QuotaExceeded(
            f"Your account has no quota at {rse}.",
            hint=ASK_HINT.format(instance=instance),
            rucio=error.rucio,
        )
    if left.bytes_left is None or left.bytes_limit is None:
        return error
    needed = await _size(question, did)
    figures = f"{in_words(left.bytes_left)} of {in_words(left.bytes_limit)} are left"
    needs = "" if needed is None else f", and {did} takes {in_words(needed)}"
    return QuotaExceeded(
        f"Your quota at {rse} is not enough: {figures}{needs}.", hint=FREE_HINT, rucio=error.rucio
    )


def naming(error: ExtensionError, rse: str) -> ExtensionError:
    """The same, with the name of the destination where the sentence lacks it."""
    message = error.message.replace("The destination ", f"The destination {rse} ", 1)
    if message == error.message:
        return error
    return type(error)(message, code=error.code, hint=error.hint, rucio=error.rucio)


async def _size(question: Question, did: Did) -> int | None:
    """Rucio counts all of a collection against the quota, also what is there already."""
    try:
        record = await dids.get(question.client, did, dynamic=True)
    except ExtensionError:
        return None
    return record.size_bytes


def in_words(size_bytes: int) -> str:
    """``1.5 MB``: decimal, as the panel writes it."""
    size = float(size_bytes)
    unit = "B"
    for larger in ("kB", "MB", "GB", "TB", "PB"):
        # What would be rounded to 1000 is one of the next unit.
        if size < 999.5:
            break
        size, unit = size / 1000, larger
    return f"{size:.3g} {unit}"
