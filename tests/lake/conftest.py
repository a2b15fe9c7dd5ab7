"""The lake under test: the one that all tests share, and one with XRootD storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pytest
from lake_user import RucioUser

from lake.testing import Lake


@pytest.fixture(params=["posix", pytest.param("xrootd", marks=pytest.mark.xrootd)])
def either_lake(request: pytest.FixtureRequest) -> Lake:
    """For what has to work on both kinds of storage."""
    lake: Lake = request.getfixturevalue("lake" if request.param == "posix" else "xrootd_lake")
    return lake


class SignIn(Protocol):
    """Signs in to a lake; signs out at the end of the test."""

    def __call__(self, lake: Lake, account: str = "alice") -> RucioUser: ...


@pytest.fixture
def sign_in() -> Iterator[SignIn]:
    users: list[RucioUser] = []

    def sign_in(lake: Lake, account: str = "alice") -> RucioUser:
        users.append(RucioUser(lake, account))
        return users[-1]

    yield sign_in
    for user in users:
        user.close()


class Ask(Protocol):
    """Alice asks for a DID at an RSE; gives the rule's id."""

    def __call__(self, lake: Lake, did: str, rse: str = "EULAKE-1") -> str: ...


@pytest.fixture
def ask(sign_in: SignIn) -> Iterator[Ask]:
    """Alice asks for a DID at an RSE. She gives it back, since others use the lake too."""
    asked: list[tuple[Lake, str]] = []

    def ask(lake: Lake, did: str, rse: str = "EULAKE-1") -> str:
        rule_id = sign_in(lake, "alice").ask_for(did, rse)
        asked.append((lake, rule_id))
        return rule_id

    yield ask
    for lake, rule_id in asked:
        sign_in(lake, "root").end_rule(rule_id)
