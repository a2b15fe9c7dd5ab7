"""The lake's Rucio past the extension: plain HTTP, signed in as one of its accounts."""

from __future__ import annotations

import httpx

from lake.testing import Lake


def signed_in(lake: Lake, account: str) -> httpx.Client:
    """A client of ``account`` (``alice``, ``root``), for the caller to close."""
    who = lake.accounts[account]
    client = httpx.Client(base_url=lake.rucio_url, timeout=60, trust_env=False)
    answer = client.get(
        "/auth/userpass",
        headers={
            "X-Rucio-Username": who["username"],
            "X-Rucio-Password": who["password"],
            "X-Rucio-Account": who["account"],
        },
    )
    answer.raise_for_status()
    client.headers["X-Rucio-Auth-Token"] = answer.headers["X-Rucio-Auth-Token"]
    return client
