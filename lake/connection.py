"""The connection file: all that a client, a test or a demo has to know to use the lake."""

from __future__ import annotations

from typing import Any

from lake.endpoints import Endpoints, Protocol
from lake.state import Options, State
from lake.topology import (
    ACCOUNTS,
    ALICE_SUBJECT,
    AUDIENCE,
    DESTINATION,
    RSES_BY_NAME,
    SCOPES,
    SCRATCH,
    SOURCES,
    Rse,
)


def connection(
    state: State,
    options: Options,
    endpoints: Endpoints,
    *,
    control_url: str,
    tls: dict[str, Any] | None,
    pids: dict[str, int],
    examples: dict[str, Any],
) -> dict[str, Any]:
    """The document of ``lake.json``: for its owner only, since it holds the demo's passwords."""
    return {
        "rucio_url": endpoints["rucio_url"],
        "auth_url": endpoints["rucio_url"],
        "storage": options.storage,
        "db": options.db,
        "accounts": {
            name: {"username": a.username, "password": a.password, "account": a.account}
            for name, a in ACCOUNTS.items()
        },
        "destination": DESTINATION,
        "scratch": SCRATCH,
        "sources": list(SOURCES),
        "rses": {
            name: _rse(state, RSES_BY_NAME[name], protocol)
            for name, protocol in endpoints["protocols"].items()
        },
        "scopes": list(SCOPES),
        "examples": examples,
        "transfer_service": {
            "url": endpoints["transfer_url"],
            "control_url": f"{endpoints['transfer_url']}/lake/settings",
        },
        "daemons": {"control_url": control_url},
        "oidc": {
            "issuer": endpoints["issuer_url"],
            "token_url": f"{endpoints['issuer_url']}lake/token",
            "audience": AUDIENCE,
            "subject": ALICE_SUBJECT,
        },
        "tls": tls,
        "xcache": endpoints["xcache"],
        "state_dir": str(state.root),
        "pids": pids,
    }


def _rse(state: State, rse: Rse, protocol: Protocol) -> dict[str, Any]:
    return {
        **protocol,
        "deterministic": rse.deterministic,
        "mount_path": str(state.mount_path(rse)) if rse.mount else None,
        "mount_writable": rse.mount == "rw",
        # As in the extension's configuration: how many folders of a PFN's path are above the mount.
        "path_begins_at": len(protocol["prefix"].strip("/").split("/")),
        "quota_bytes": rse.quota_bytes,
        "storage_path": str(state.storage_path(rse)),
    }
