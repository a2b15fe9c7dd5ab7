"""What the tab key offers after ``%rucio``: actions, options, scopes and DIDs."""

from __future__ import annotations

import importlib
import re
import threading
import time
from typing import Any, Protocol

ACTIONS = ("search", "attach", "ls", "upload", "notebook", "help")
OPTIONS = {
    "search": ("--type", "--filter", "--limit", "--instance"),
    "attach": ("--make-available", "--wait", "--instance"),
    "ls": ("--limit", "--instance"),
    "upload": ("--scope", "--rse", "--dataset", "--prefix", "--lifetime", "--rename", "--instance"),
    "notebook": ("--make-available", "--wait"),
}
TYPES = ("all", "collection", "container", "dataset", "file")
# Who presses the tab key does not wait longer; what comes later is there for the next time.
LIMIT_S = 2.0
MOST = 200
LIFE_S = 60.0

_INSTANCE = re.compile(r"--instance[= ](\S+)")


class Event(Protocol):
    """What is needed of IPython's: the line up to the cursor, and the end that is replaced."""

    text_until_cursor: str
    symbol: str


def complete(_shell: Any, event: Event) -> list[str]:
    """For the hook ``complete_command``."""
    line = event.text_until_cursor
    words = line.split()
    word = "" if line.endswith(" ") or not words else words[-1]
    before = words[1:] if not word else words[1:-1]
    return _fitting(_values(before, word, line), word, event.symbol)


def _values(before: list[str], word: str, line: str) -> list[str]:
    if not before:
        return list(ACTIONS)
    action, last = before[0], before[-1]
    if word.startswith("-"):
        return list(OPTIONS.get(action, ()))
    if last == "--type":
        return list(TYPES)
    if action == "attach" and len(before) == 2:
        return ["as"]
    return _names(before, word, line)


def _names(before: list[str], word: str, line: str) -> list[str]:
    """Scopes and DIDs, where one of them comes next."""
    action, last = before[0], before[-1]
    is_did = last == "--dataset" or (len(before) == 1 and action in ("search", "attach", "ls"))
    if not is_did and last != "--scope":
        return []
    found = _INSTANCE.search(line)
    instance = found[1] if found else None
    if ":" in word and is_did:
        return _known(("dids", word, instance))
    ending = ":" if is_did else ""
    return [f"{scope}{ending}" for scope in _known(("scopes", "", instance))]


def _fitting(values: list[str], word: str, symbol: str) -> list[str]:
    """IPython takes a word apart at signs such as the colon, and replaces what is behind the last
    of them.
    """
    kept = len(word) - len(symbol) if word.endswith(symbol) else 0
    return [value[kept:] for value in values if value.startswith(word)][:MOST]


_Key = tuple[str, str, "str | None"]
_lock = threading.Lock()
_asked: dict[_Key, tuple[float, threading.Thread, list[str]]] = {}


def _known(key: _Key) -> list[str]:
    """What Rucio says, or has said within the last minute. Waits no longer than the limit."""
    with _lock:
        clock = time.monotonic()
        for old in [key for key, (at, *_) in _asked.items() if clock - at > LIFE_S]:
            del _asked[old]
        if key not in _asked:
            found: list[str] = []
            thread = threading.Thread(
                target=_ask, args=(key, found), name="rucio-completion", daemon=True
            )
            _asked[key] = (clock, thread, found)
            thread.start()
        _, thread, found = _asked[key]
    thread.join(LIMIT_S)
    return [] if thread.is_alive() else list(found)


def _ask(key: _Key, found: list[str]) -> None:
    what, text, instance = key
    try:
        api: Any = importlib.import_module("rucio_jupyterlab.python.listing")
        values = api.scopes(instance) if what == "scopes" else api.beginning(text, MOST, instance)
        found += values
    except Exception:  # noqa: BLE001 - the user is in the middle of typing: nothing is offered
        with _lock:
            _asked.pop(key, None)
