"""From a path on a mounted scratch storage to the PFN by which Rucio finds the file."""

from __future__ import annotations

import pytest

from rucio_jupyterlab.client.rses import RseProtocol
from rucio_jupyterlab.paths.mount import PathOutsideMount, by_prefix, pfn_to_path
from rucio_jupyterlab.paths.scratch import path_to_pfn

MOUNT = "/scratch"


def protocol(scheme: str = "root", impl: str = "xrootd.Default") -> RseProtocol:
    return RseProtocol(
        scheme=scheme,
        hostname="eos.example.org",
        port=1094,
        prefix="/eos/jupyter/scratch/",
        impl=f"rucio.rse.protocols.{impl}",
        web_service_path="",
        read_lan_priority=1,
        read_wan_priority=1,
    )


def pfn(path: str, begins_at: int | None = None, of: RseProtocol | None = None) -> str:
    return path_to_pfn(path, mount_path=MOUNT, path_begins_at=begins_at, protocol=of or protocol())


def test_what_is_mounted_is_the_prefix() -> None:
    found = pfn("/scratch/alice/a b#1.dat")
    assert found == "root://eos.example.org:1094/eos/jupyter/scratch/alice/a b#1.dat"
    assert by_prefix(found, MOUNT, "/eos/jupyter/scratch/") == "/scratch/alice/a b#1.dat"


def test_a_folder_of_this_machine() -> None:
    found = pfn("/scratch/x", of=protocol("file", "posix.Default"))
    assert found == "file://eos.example.org/eos/jupyter/scratch/x"


@pytest.mark.parametrize(
    ("begins_at", "path"),
    [
        (0, "/scratch/eos/jupyter/scratch/alice/x"),
        (2, "/scratch/scratch/alice/x"),
        (3, "/scratch/alice/x"),
    ],
)
def test_it_is_the_way_back(begins_at: int, path: str) -> None:
    found = pfn(path, begins_at)
    assert found.endswith("/eos/jupyter/scratch/alice/x")
    assert pfn_to_path(found, mount_path=MOUNT, path_begins_at=begins_at) == path


@pytest.mark.parametrize(
    ("path", "begins_at"),
    [
        ("/elsewhere/x", None),
        ("/scratch", None),
        ("/scratchy/x", None),
        ("/scratch/../etc/passwd", None),
        ("/scratch/eos/other/x", 0),
        ("/scratch/eos/jupyter/scratch", 0),
        ("/scratch/x", 4),
    ],
)
def test_what_is_not_of_the_storage(path: str, begins_at: int | None) -> None:
    with pytest.raises(PathOutsideMount):
        pfn(path, begins_at)


def test_a_protocol_whose_pfns_are_not_known() -> None:
    with pytest.raises(PathOutsideMount):
        pfn("/scratch/x", of=protocol("s3", "s3boto.Default"))
