"""How addresses are written and read."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import InvalidDid
from rucio_jupyterlab.filesystem import RucioFileSystem, address
from rucio_jupyterlab.filesystem.address import Address

_NAME = st.text(string.ascii_letters + "/:%?#*[]25Ff .β", min_size=1, max_size=30).filter(
    lambda name: name == name.strip()
)


@pytest.mark.parametrize(
    ("text", "dids"),
    [
        ("demo:dimuon", ["demo:dimuon"]),
        ("group.higgs:a.v1", ["group.higgs:a.v1"]),
        ("group/phys:a", ["group/phys:a"]),
        ("cms:/store/a.root", ["cms:/store/a.root"]),
        ("demo:a:b", ["demo:a:b"]),
        ("demo:50%_a", ["demo:50%_a"]),
        ("demo:50%25_a", ["demo:50%25_a", "demo:50%_a"]),
        ("demo%3Aa", ["demo:a"]),
        ("demo:what?#1", ["demo:what?#1"]),
        ("demo:%FF", ["demo:%FF"]),
    ],
)
def test_a_did_is_written_as_it_is_or_with_escapes(text: str, dids: list[str]) -> None:
    wanted = Address.parse(text)
    assert [str(did) for did in wanted.beginnings(len(wanted.parts))] == dids


@pytest.mark.parametrize("text", ["demo", "a/b", ":a"])
def test_without_a_scope_it_is_no_address(text: str) -> None:
    with pytest.raises(InvalidDid, match="no address"):
        Address.parse(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("rucio://", ""),
        ("rucio://demo:", "demo:"),
        ("rucio://demo:a/", "demo:a"),
        ("rucio://cms:/store/a", "cms:/store/a"),
        ("demo:a", "demo:a"),
    ],
)
def test_the_protocol_is_taken_off_and_put_on(text: str, path: str) -> None:
    assert RucioFileSystem._strip_protocol(text) == path
    assert RucioFileSystem._strip_protocol([text]) == [path]


@pytest.mark.parametrize(
    ("path", "parent"), [("demo:a/b", "demo:a"), ("demo:a", "demo:"), ("demo:", ""), ("", "")]
)
def test_each_place_has_one_above(path: str, parent: str) -> None:
    assert RucioFileSystem._parent(path) == parent


@given(_NAME)
def test_what_a_listing_writes_divides_nowhere(name: str) -> None:
    did = Did("demo", name)
    wanted = Address.parse(address.of_did(did))
    assert len(wanted.parts) == 1
    assert did in wanted.beginnings(1)


@given(_NAME, st.sampled_from(["demo", "cms"]))
def test_what_a_listing_writes_below_a_collection_is_that_child(name: str, scope: str) -> None:
    collection, child = Did("demo", "dataset"), Did(scope, name)
    wanted = Address.parse(address.below("demo:dataset", collection, child))
    assert len(wanted.parts) == 2
    assert child in address.inside(collection, wanted.parts[1:])
