"""Ten browser tabs watch one rule: what Rucio is asked meanwhile."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import websocket

from bench.clients import Session
from bench.report import Row
from tests.faultproxy import FaultProxy

# Its Rucio is the counting proxy.
INSTANCE = "counted"
TABS = 10
MINUTE_S = 60.0


def requests_a_minute(session: Session, counting: FaultProxy, moving: str) -> Iterator[Row]:
    """The first minute, which costs most: the watcher asks less and less often."""
    did = f"bulk:{moving}"
    print(f"Watching a rule from {TABS} tabs for a minute …", file=sys.stderr, flush=True)
    session.rucio("POST", "availability", instance=INSTANCE, json={"did": did})
    events: Counter[int] = Counter()
    with ExitStack() as open_tabs:
        for number in range(TABS):
            tab = open_tabs.enter_context(closing(_subscribed(session)))
            listener = threading.Thread(
                target=_listen, args=(tab, did, events, number), name=f"tab-{number}"
            )
            listener.start()
            # Closing the tab, which happens first, ends its listener.
            open_tabs.callback(tab.close)
        counting.requests.clear()
        for _ in range(TABS):
            session.availability(did, instance=INSTANCE)
        opening = len(counting.requests)
        counting.requests.clear()
        time.sleep(MINUTE_S)
        asked = Counter(_kind(method, path) for method, path in counting.requests)
    kinds = ", ".join(f"{count} × {kind}" for kind, count in asked.most_common())
    yield Row(
        f"requests to Rucio in a minute, {TABS} tabs watch one rule",
        f"{sum(asked.values())} ({kinds}); {min(events[n] for n in range(TABS))} events a tab",
        "",
        "30",
    )
    yield Row(f"… to show it in {TABS} tabs that open", f"{opening}")


def _subscribed(session: Session) -> websocket.WebSocket:
    place = urlsplit(session.running.url)
    return websocket.create_connection(
        f"ws://{place.netloc}{place.path}api/events/subscribe",
        header=[f"Authorization: token {session.running.token}"],
        timeout=MINUTE_S * 2,
    )


def _listen(tab: websocket.WebSocket, did: str, events: Counter[int], number: int) -> None:
    while True:
        try:
            message = tab.recv()
        except (websocket.WebSocketException, OSError):
            return
        if not message:
            return
        if json.loads(message).get("did") == did:
            events[number] += 1


def _kind(method: str, path: str) -> str:
    return f"{method} {re.sub(r'/[0-9a-f]{32}', '/ID', urlsplit(path).path)}"
