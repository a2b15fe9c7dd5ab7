"""The addresses of one start of the lake, written by the launcher for the parts beside Rucio."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TypedDict

from lake.state import State


class Protocol(TypedDict):
    """How the files of an RSE are reached: a row of Rucio's protocols."""

    scheme: str
    hostname: str
    port: int
    prefix: str


class Xcache(TypedDict):
    """``host:port`` of the cache, and the site whose users Rucio sends to it."""

    address: str
    client_site: str


class Endpoints(TypedDict):
    """Where everything listens, and the protocol of each RSE by its name.

    `copies` has those RSEs whose files third-party copies reach otherwise than clients do; `xcache`
    is there with XRootD storage.
    """

    rucio_url: str
    transfer_url: str
    issuer_url: str
    protocols: dict[str, Protocol]
    copies: dict[str, Protocol]
    xcache: Xcache | None


def oidc_identity(subject: str, issuer_url: str) -> str:
    """How Rucio calls an identity of the issuer, as in `rucio.core.oidc.oidc_identity_string`."""
    return f"SUB={subject}, ISS={issuer_url}"


def current_state() -> State:
    """The lake that this process was started for."""
    return State(Path(os.environ["LAKE_STATE"]))


def read_endpoints(state: State) -> Endpoints:
    endpoints: Endpoints = json.loads(state.endpoints_file.read_text())
    return endpoints
