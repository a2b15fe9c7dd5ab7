"""A file's place below a mount, from its PFN."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rucio_jupyterlab.paths.mount import PathOutsideMount, by_prefix, path_of, pfn_to_path
from rucio_jupyterlab.paths.proxy import unproxied

MOUNT = "/eos/eulake_1"

# Pieces that names are made of, the hostile ones included.
PIECES = st.sampled_from(
    ["..", ".", "", "a", "scope", "50%", "%2F", "what?", "#7", " ", "…", "x" * 90]
)
NAMES = st.lists(PIECES | st.text(max_size=12), min_size=1, max_size=12).map("/".join)
ADDRESSES = st.sampled_from(
    [
        "root://host:1094/",
        "root://host:1094//",
        "root://cache//root://origin:1094//",
        "file://localhost/",
        "file:///",
        "davs://host:443/",
        "srm://host:8443/srm/managerv2?SFN=/",
        "/",
    ]
)


def test_the_example_of_the_manual() -> None:
    path = pfn_to_path("root://h:1094//a/b/scope/49/ad/f", mount_path="/mnt", path_begins_at=2)
    assert path == "/mnt/scope/49/ad/f"


@pytest.mark.parametrize(
    ("pfn", "begins_at", "expected"),
    [
        ("root://h:1094//a/b/f", 0, "a/b/f"),
        ("root://h:1094/a/b/f", 1, "b/f"),
        ("davs://h:443/a/b/f", 1, "b/f"),
        ("https://h/a/b/f", 1, "b/f"),
        ("file://localhost/a/b/f", 2, "f"),
        ("file:///a/b/f", 2, "f"),
        ("srm://h:8443/srm/managerv2?SFN=/a/b/f", 1, "b/f"),
        ("srm://h:8443/a/b/f", 1, "b/f"),
        ("/a/b/f", 1, "b/f"),
        # A number that is too large leaves the last piece, as existing installations know it.
        ("root://h//a/f", 7, "f"),
    ],
)
def test_the_leading_pieces_of_a_pfn_are_not_below_the_mount(
    pfn: str, begins_at: int, expected: str
) -> None:
    assert pfn_to_path(pfn, mount_path=MOUNT, path_begins_at=begins_at) == f"{MOUNT}/{expected}"


@pytest.mark.parametrize(
    "name",
    ["50%_sample.csv", "%2Fencoded%20name.csv", "what?.csv", "run#7.csv", "a b.csv", "é…/β:v2.csv"],
)
def test_names_come_through_as_they_are(name: str) -> None:
    pfn = f"root://h:1094//eos/lake/demo/ab/cd/{name}"
    expected = f"{MOUNT}/demo/ab/cd/{name}"
    assert pfn_to_path(pfn, mount_path=MOUNT, path_begins_at=2) == expected
    assert by_prefix(pfn, MOUNT, "/eos/lake/") == expected


@pytest.mark.parametrize("prefix", ["/eos/lake/", "/eos/lake", "//eos/lake//", "eos/lake"])
def test_the_prefix_of_the_protocol_is_what_is_mounted(prefix: str) -> None:
    assert by_prefix("root://h:1094//eos/lake/s/f", f"{MOUNT}/", prefix) == f"{MOUNT}/s/f"


def test_a_whole_storage_can_be_mounted() -> None:
    assert by_prefix("root://h:1094//s/f", MOUNT, "/") == f"{MOUNT}/s/f"


@pytest.mark.parametrize(
    "pfn",
    [
        "root://h//eos/lakeside/s/f",  # begins with the same letters only
        "root://h//eos/other/s/f",
        "root://h//eos/lake/",
        "root://h//eos/lake/../other/f",
        "root://h//eos/lake/a/../../../etc/passwd",
        "root://h",
        "no pfn",
        "",
    ],
)
def test_what_is_not_below_the_prefix_is_refused(pfn: str) -> None:
    with pytest.raises(PathOutsideMount):
        by_prefix(pfn, MOUNT, "/eos/lake")


@pytest.mark.parametrize(
    "pfn",
    ["root://h//a/../../etc/passwd", "root://h//a/..", "root://h//a/", "root://h//a/b\0c", "a/b"],
)
def test_what_leads_out_of_the_mount_is_refused(pfn: str) -> None:
    with pytest.raises(PathOutsideMount):
        pfn_to_path(pfn, mount_path=MOUNT, path_begins_at=1)


@given(address=ADDRESSES, name=NAMES, begins_at=st.integers(0, 9))
def test_no_name_leads_out_of_the_mount(address: str, name: str, begins_at: int) -> None:
    try:
        path = pfn_to_path(address + name, mount_path=MOUNT, path_begins_at=begins_at)
    except PathOutsideMount:
        return
    assert_inside(path)


@given(address=ADDRESSES, name=NAMES, prefix=st.sampled_from(["/", "/a", "a/", "/scope/a", "/.."]))
def test_no_name_leads_out_of_a_mounted_prefix(address: str, name: str, prefix: str) -> None:
    try:
        path = by_prefix(address + name, MOUNT, prefix)
    except PathOutsideMount:
        return
    assert_inside(path)


def assert_inside(path: str) -> None:
    assert path.startswith(f"{MOUNT}/")
    assert posixpath.normpath(path) == path
    assert ".." not in path.split("/")


@pytest.mark.parametrize(
    ("pfn", "behind"),
    [
        ("root://cache:1094//root://origin:1094//eos/f", "root://origin:1094//eos/f"),
        ("root://cache//https://origin:443/eos/f", "https://origin:443/eos/f"),
        ("root://a//root://b//root://c//eos/f", "root://c//eos/f"),
        ("xroot://cache//xroot://origin//eos/f", "xroot://origin//eos/f"),
        # An address inside of a name is part of the name.
        ("root://origin//eos/demo/http://x/f", "root://origin//eos/demo/http://x/f"),
        ("root://origin//eos/root:/f", "root://origin//eos/root:/f"),
        ("file:///data/f", "file:///data/f"),
        ("/data/f", "/data/f"),
    ],
)
def test_a_pfn_through_a_proxy_is_read_as_the_one_behind_it(pfn: str, behind: str) -> None:
    assert unproxied(pfn) == behind
    assert path_of(pfn) == path_of(behind)
