"""When to ask again, and how long to wait before."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

PASSING_STATUSES = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class RetryPolicy:
    """Waits double from ``first_wait_s``, each with jitter so that many clients do not come back at
    once.

    No further try begins later than ``give_up_after_s`` after the first one: a user waits for it.
    """

    attempts: int = 3
    first_wait_s: float = 0.2
    longest_wait_s: float = 5.0
    give_up_after_s: float = 10.0

    def wait_s(
        self, attempt: int, elapsed_s: float, headers: Mapping[str, str] | None = None
    ) -> float | None:
        """Seconds before the try after ``attempt`` (from 1), or None where there should be none.

        A ``Retry-After`` is honoured; one longer than ``longest_wait_s`` means that a retry is of
        no use to somebody who waits.
        """
        if attempt >= self.attempts:
            return None
        wait = self.first_wait_s * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
        asked = _retry_after_s(headers) if headers is not None else None
        if asked is not None:
            if asked > self.longest_wait_s:
                return None
            wait = max(wait, asked)
        wait = min(wait, self.longest_wait_s)
        return wait if elapsed_s + wait <= self.give_up_after_s else None


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """RFC 9110, 10.2.3: seconds or a date."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if text.isdecimal():
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    if then.tzinfo is None:
        then = then.replace(tzinfo=timezone.utc)
    return max(0.0, (then - datetime.now(timezone.utc)).total_seconds())
