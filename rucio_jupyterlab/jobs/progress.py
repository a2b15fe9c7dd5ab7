"""How fast a job is, from how it came on lately."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

# How fast it is now, is judged by what moved in this long.
WINDOW_S = 15.0
SHORTEST_S = 0.4
# Beyond it a time left says nothing but that it hardly moves.
LONGEST_ETA_S = 2 * 86_400.0


@dataclass
class Pace:
    """Rate in bytes a second, and seconds left; None until something has moved."""

    _marks: deque[tuple[float, int]] = field(default_factory=deque)

    def note(self, bytes_done: int) -> None:
        clock = time.monotonic()
        if self._marks and bytes_done < self._marks[-1][1]:
            # A file was begun anew: what went before says nothing.
            self._marks.clear()
        self._marks.append((clock, bytes_done))
        while len(self._marks) > 2 and clock - self._marks[1][0] > WINDOW_S:
            self._marks.popleft()

    def rate_bytes_s(self) -> float | None:
        if len(self._marks) < 2:
            return None
        (first_at, first), (last_at, last) = self._marks[0], self._marks[-1]
        if last_at - first_at < SHORTEST_S:
            return None
        return round((last - first) / (last_at - first_at), 1)

    def eta_s(self, bytes_left: int | None) -> float | None:
        rate = self.rate_bytes_s()
        if not rate or bytes_left is None:
            return None
        eta_s = round(max(bytes_left, 0) / rate, 1)
        return eta_s if eta_s <= LONGEST_ETA_S else None
