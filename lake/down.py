"""Ends a lake: processes by their ids, mounts before the servers behind them."""

from __future__ import annotations

from lake.mounts import unmount_below
from lake.process import Process, Supervisor
from lake.state import State


def stop_lake(state: State) -> list[Process]:
    """Ends the lake in `state`; gives what was running. Its data stay."""
    with state.locked():
        return end_lake(state)


def end_lake(state: State) -> list[Process]:
    """As `stop_lake`, for who holds the lock."""
    # First, while the servers still answer; and without waiting for one that does not.
    unmount_below(state.mounts)
    ended = Supervisor(state).end_all()
    state.connection_file.unlink(missing_ok=True)
    return ended
