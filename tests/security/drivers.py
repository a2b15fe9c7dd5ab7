"""How each route is asked: rightly, and wrongly in every way that a client can be wrong.

``ASKS`` has an entry for every method of every route; ``test_every_route_is_driven`` fails for one
that has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from rucio_jupyterlab.handlers.base import RucioHandler
from rucio_jupyterlab.handlers.routes import ROUTES
from rucio_jupyterlab.handlers.streaming import ListHandler

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
NDJSON = "application/x-ndjson"
DID = "demo:dimuon_2021"


@dataclass(frozen=True)
class Ask:
    """A request to one of our routes. ``body`` is JSON unless it is bytes."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    is_stream: bool = False


@dataclass(frozen=True)
class Known:
    """What a right request needs: names in the lake, and the credentials to sign in with."""

    instance: str
    did: str
    rule: str
    way_in: Mapping[str, Any]
    job: str = "0" * 32


@dataclass(frozen=True)
class Right:
    """A right request of one method, as a function of what is known."""

    query: Callable[[Known], Mapping[str, str]] = lambda _: {}
    body: Callable[[Known], Any] = lambda _: None


def _did(known: Known) -> Mapping[str, str]:
    return {"did": known.did}


def _way_in(known: Known) -> Any:
    return known.way_in


def _upload(_known: Known) -> Any:
    return {"paths": ["no such file"], "scope": "user.alice", "rse": "LUND-USERDISK"}


_PLAIN = Right()
_OF_A_DID = Right(query=_did)

ASKS: Mapping[tuple[str, str], Right] = {
    ("GET", "hello"): _PLAIN,
    ("GET", "instances"): _PLAIN,
    ("POST", "instances/reload"): _PLAIN,
    ("GET", "files"): Right(query=lambda _: {"path": "~"}),
    ("GET", "instances/{instance}/diagnosis"): _PLAIN,
    ("GET", "instances/{instance}/credentials"): _PLAIN,
    ("PUT", "instances/{instance}/credentials"): Right(body=_way_in),
    ("POST", "instances/{instance}/credentials"): Right(body=_way_in),
    ("DELETE", "instances/{instance}/credentials"): _PLAIN,
    ("GET", "instances/{instance}/scopes"): _PLAIN,
    ("GET", "instances/{instance}/metadata-keys"): _PLAIN,
    ("GET", "instances/{instance}/rses"): Right(query=lambda _: {"expression": "*"}),
    ("GET", "instances/{instance}/usage"): _PLAIN,
    ("GET", "instances/{instance}/dids"): Right(query=lambda _: {"scope": "demo", "name": "*"}),
    ("GET", "instances/{instance}/did"): _OF_A_DID,
    ("GET", "instances/{instance}/did/content"): _OF_A_DID,
    ("GET", "instances/{instance}/did/files"): _OF_A_DID,
    ("GET", "instances/{instance}/did/replicas"): _OF_A_DID,
    ("GET", "instances/{instance}/did/rules"): _OF_A_DID,
    ("GET", "instances/{instance}/did/parents"): _OF_A_DID,
    ("GET", "instances/{instance}/availability"): _OF_A_DID,
    ("POST", "instances/{instance}/availability"): Right(body=_did),
    ("DELETE", "instances/{instance}/availability"): _OF_A_DID,
    ("GET", "instances/{instance}/availability/plan"): _OF_A_DID,
    ("GET", "instances/{instance}/rules"): _PLAIN,
    ("GET", "instances/{instance}/rules/{rule}"): _PLAIN,
    ("PATCH", "instances/{instance}/rules/{rule}"): Right(body=lambda _: {"lifetime_days": 3}),
    ("DELETE", "instances/{instance}/rules/{rule}"): _PLAIN,
    ("GET", "instances/{instance}/rules/{rule}/files"): _PLAIN,
    ("POST", "instances/{instance}/attachments"): Right(
        body=lambda known: {"items": [{"did": known.did, "variable_name": "x"}], "notebook": "a"}
    ),
    ("GET", "instances/{instance}/attachments/files"): Right(
        query=lambda _: {"manifest": "0" * 64}
    ),
    ("POST", "instances/{instance}/downloads"): Right(body=lambda known: {"dids": [known.did]}),
    ("GET", "instances/{instance}/copies"): _PLAIN,
    ("DELETE", "instances/{instance}/copies"): _OF_A_DID,
    ("POST", "instances/{instance}/uploads"): Right(body=_upload),
    ("POST", "instances/{instance}/uploads/plan"): Right(body=_upload),
    ("GET", "jobs"): Right(query=lambda _: {"limit": "10"}),
    ("GET", "jobs/{job}"): _PLAIN,
    ("GET", "jobs/{job}/log"): Right(query=lambda _: {"offset": "0"}),
    ("POST", "jobs/{job}/retry"): _PLAIN,
    ("DELETE", "jobs/{job}"): _PLAIN,
    ("DELETE", "jobs"): _PLAIN,
}
# Signing out ends what the others need, so it comes last.
_LAST = ("DELETE", "instances/{instance}/credentials")

_WRONG_QUERIES: tuple[Mapping[str, str], ...] = (
    {},
    {"did": ""},
    {"did": "no-colon"},
    {"did": "demo:\x00\r\n", "scope": "\x00", "name": "\r\nX-Injected: 1", "expression": "\x00"},
    {"scope": "demo", "limit": "-1", "did": DID, "offset": "x"},
    {"scope": "demo", "filters": "{not json", "did": DID},
    {"scope": "demo", "type": "nothing", "recursive": "perhaps", "state": "lost", "did": DID},
    {"did": "demo:" + "n" * 3000, "scope": "s" * 3000, "path": "/" + "p" * 3000},
    {"path": "../../../../etc"},
    {"path": "\x00"},
    {"offset": "-1", "state": "lost", "kind": "sideload", "limit": "many"},
)
_WRONG_BODIES: tuple[Any, ...] = (
    None,
    b"",
    b"{not json",
    b"\xff\xfe\x00",
    b"[]",
    b'"text"',
    b"[" * 5000,
    {"unknown": 1},
    {"did": 7, "items": 7, "type": 7, "params": 7, "lifetime_days": "x", "retry": 7},
    {"did": "no-colon", "items": [7], "type": "userpass", "params": []},
    {"dids": ["no-colon"], "paths": 7, "scope": "../", "rse": "\x00"},
)


def methods_of(handler: type[RucioHandler]) -> list[str]:
    """What a handler answers, whether it has it itself or from a base class of ours."""
    return [
        method
        for method in METHODS
        if any(method.lower() in base.__dict__ for base in handler.__mro__ if _is_ours(base))
    ]


def operations() -> list[tuple[str, str]]:
    """(METHOD, path) of everything that there is."""
    return [(method, path) for path, handler in ROUTES.items() for method in methods_of(handler)]


def right(known: Known, *, last: bool = True) -> Iterator[Ask]:
    """Each route as it is meant to be asked; lists as streams, too. Signing out comes last."""
    for method, path in sorted(ASKS, key=lambda key: (key == _LAST, key[0] != "GET")):
        if (method, path) == _LAST and not last:
            continue
        ask = ASKS[method, path]
        at = address(path, known)
        yield Ask(method, at, ask.query(known), ask.body(known))
        if issubclass(ROUTES[path], ListHandler) and method == "GET":
            yield Ask(method, at, ask.query(known), is_stream=True)


def wrong(known: Known) -> Iterator[Ask]:
    """Each route with each kind of bad input, and addresses that lead nowhere."""
    for (method, path), ask in ASKS.items():
        if (method, path) == _LAST:
            continue
        at = address(path, known)
        # A route that takes no arguments is asked with all of the wrong ones at once.
        queries = _WRONG_QUERIES if ask is not _PLAIN else ({"path": "..", "did": "no-colon"},)
        for query in queries if method in ("GET", "DELETE") else ():
            yield Ask(method, at, query)
        for body in _WRONG_BODIES if method not in ("GET", "DELETE") else ():
            yield Ask(method, at, body=body)
        yield Ask(method, address(path, replace(known, instance="no such instance")))
        nothing = "no-such-thing/../%00"
        yield Ask(method, address(path, replace(known, rule=nothing, job=nothing)))
        yield Ask("PATCH" if method == "GET" else "GET", at + "/nothing-here")


def address(path: str, known: Known) -> str:
    """A route's path with its pieces filled in."""
    pieces = {"{instance}": known.instance, "{rule}": known.rule, "{job}": known.job}
    for name, value in pieces.items():
        path = path.replace(name, quote(value, safe=""))
    return path


def _is_ours(kind: type) -> bool:
    return kind.__module__.startswith("rucio_jupyterlab.")
