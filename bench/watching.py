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

import httpx
import websocket

from bench.clients import Session
from bench.data import Moments
from bench.figures import NOTHING, Figure, Row
from bench.published import PAGE_ASKS_EVERY_S, Published
from bench.servers import COUNTED
from bench.setting import Setting
from tests.faultproxy import FaultProxy

TABS = 10
MINUTE_S = 60.0
BUDGET = 30


def requests_a_minute(setting: Setting, moments: Moments) -> Iterator[Row]:
    """The first minute, which costs most: ours asks less and less often."""
    session, published, counting = setting.session, setting.published, setting.counting
    opening, minute = _ours(session, counting, f"bulk:{moments.moving}")
    their_opening = their_minute = NOTHING
    if published:
        did = f"bulk:{moments.moving_published}"
        their_opening, their_minute = _theirs(published, counting, did)
    yield Row(
        f"requests to Rucio in a minute, {TABS} tabs watch one rule",
        minute,
        their_minute,
        budget=Figure.of_count(BUDGET),
    )
    yield Row(f"… to show it in {TABS} tabs that open", opening, their_opening)


def _ours(session: Session, counting: FaultProxy, did: str) -> tuple[Figure, Figure]:
    _say("our")
    session.rucio("POST", "availability", instance=COUNTED, json={"did": did})
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
            session.availability(did, instance=COUNTED)
        opening = _count(counting)
        counting.requests.clear()
        time.sleep(MINUTE_S)
        return opening, _count(counting, f"{min(events[n] for n in range(TABS))} events a tab")


def _theirs(published: Published, counting: FaultProxy, did: str) -> tuple[Figure, Figure]:
    _say("the published extension's")
    published.make_available(did, instance=COUNTED)
    counting.requests.clear()
    for _ in range(TABS):
        published.look_until_known(did, instance=COUNTED)
    opening = _count(counting)
    counting.requests.clear()
    end = time.monotonic() + MINUTE_S
    tabs = [
        threading.Thread(target=_ask, args=(published, did, number, end), name=f"tab-{number}")
        for number in range(TABS)
    ]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    return opening, _count(counting)


def _say(whose: str) -> None:
    print(f"{TABS} tabs watch a rule for a minute, {whose} …", file=sys.stderr, flush=True)


def _ask(published: Published, did: str, number: int, end: float) -> None:
    """One tab: its page asks at a pace that began when it was loaded."""
    due = time.monotonic() + number * PAGE_ASKS_EVERY_S / TABS
    while due < end:
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            published.look(did, instance=COUNTED)
        except (RuntimeError, httpx.HTTPError) as error:
            print(f"  tab {number}: {error}", file=sys.stderr, flush=True)
        due += PAGE_ASKS_EVERY_S


def _count(counting: FaultProxy, more: str = "") -> Figure:
    asked = Counter(_kind(method, path) for method, path in counting.requests)
    kinds = [f"{count} × {kind}" for kind, count in asked.most_common()]
    return Figure.of_count(asked.total(), ", ".join([*kinds, *([more] if more else [])]))


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
    """A request without what is different each time: identifiers of rules, names of datasets."""
    bare = re.sub(r"/[0-9a-f]{32}", "/ID", urlsplit(path).path)
    return f"{method} {re.sub(r'/bulk/[^/]+', '/DID', bare)}"
