"""What is computed from names is what Rucio computes: compared with its own code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rucio.rse import rsemanager
from rucio.rse.translation import RSEDeterministicTranslation

from rucio_jupyterlab.paths.lfn2pfn import lfn2path, pfn_for

SCOPES = st.sampled_from(["demo", "user.alice", "group.higgs.x", "userx", "data.2021", "Group.a"])
NAMES = st.text(
    alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), min_size=1
)


@pytest.fixture(scope="module", autouse=True)
def rucio_configuration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Rucio's library does nothing without a configuration file."""
    file = tmp_path_factory.mktemp("rucio") / "rucio.cfg"
    file.write_text("[policy]\npackage = none\nlfn2pfn_algorithm_default = hash\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUCIO_CONFIG", str(file))
        # Set and empty is the one value with which its gfal protocol does without gfal2, which PyPI
        # does not have. No file is touched here.
        patch.setenv("RUCIO_CLIENT_MODE", "")
        yield


@dataclass(frozen=True)
class Protocol:
    impl: str
    scheme: str
    hostname: str
    port: int
    prefix: str
    web_service_path: str = ""


@pytest.mark.parametrize("algorithm", ["hash", "identity"])
@given(scope=SCOPES, name=NAMES)
def test_paths_are_those_of_rucio(algorithm: str, scope: str, name: str) -> None:
    rucio = RSEDeterministicTranslation("EULAKE-1", {"lfn2pfn_algorithm": algorithm}, {})
    assert lfn2path(algorithm, scope, name) == rucio.path(scope, name)


def test_an_algorithm_of_a_policy_package_is_not_guessed() -> None:
    assert lfn2path("cms_lfn", "cms", "/store/mc/f.root") is None
    assert lfn2path(None, "cms", "/store/mc/f.root") is None


@pytest.mark.parametrize(
    "protocol",
    [
        Protocol("rucio.rse.protocols.posix.Default", "file", "localhost", 0, "/data/rse/"),
        Protocol("rucio.rse.protocols.xrootd.Default", "root", "h.org", 1094, "//eos/lake/x/"),
        Protocol("rucio.rse.protocols.xrootd.Default", "root", "h.org", 1094, "eos/lake"),
        Protocol("rucio.rse.protocols.webdav.Default", "davs", "h.org", 443, "/eos/lake"),
        Protocol("rucio.rse.protocols.gfal.Default", "davs", "h.org", 2880, "/pnfs/x"),
        Protocol("rucio.rse.protocols.gfal.Default", "gsiftp", "h.org", 0, "/pnfs/x/"),
        Protocol("rucio.rse.protocols.gfal.NoRename", "davs", "davs://h.org", 2880, "/pnfs/x"),
        Protocol(
            "rucio.rse.protocols.gfal.Default", "srm", "h.org", 8443, "/pnfs/x", "/srm/m?SFN="
        ),
    ],
    ids=lambda protocol: f"{protocol.impl.split('.')[-2]} {protocol.prefix}",
)
@pytest.mark.parametrize("name", ["f.root", "/store/mc/f.root", "50%.csv", "a b?#.csv"])
def test_pfns_are_those_of_rucio(protocol: Protocol, name: str) -> None:
    path = lfn2path("hash", "user.alice", name)
    assert path is not None
    assert pfn_for(protocol, path) == rucio_pfn(protocol, "user.alice", name)


def test_a_protocol_that_writes_its_own_way_is_not_guessed() -> None:
    globus = Protocol("rucio.rse.protocols.globus.GlobusRSEProtocol", "globus", "h", 0, "/x")
    assert pfn_for(globus, "demo/ab/cd/f") is None


def rucio_pfn(protocol: Protocol, scope: str, name: str) -> str:
    domains = {"wan": {"read": 1, "write": 1, "delete": 1}, "lan": {"read": 1}}
    settings: dict[str, Any] = {
        "rse": "EULAKE-1",
        "id": "0" * 32,
        "deterministic": True,
        "lfn2pfn_algorithm": "hash",
        "availability_read": True,
        "domain": ["lan", "wan"],
        "protocols": [
            {
                "scheme": protocol.scheme,
                "hostname": protocol.hostname,
                "port": protocol.port,
                "prefix": protocol.prefix,
                "impl": protocol.impl,
                "domains": domains,
                "extended_attributes": {"web_service_path": protocol.web_service_path},
            }
        ],
    }
    pfns = rsemanager.lfns2pfns(
        settings, [{"scope": scope, "name": name}], operation="read", auth_token=""
    )
    return str(pfns[f"{scope}:{name}"])
