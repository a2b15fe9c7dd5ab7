"""Secrets go one way: in. A server that logs all it can is asked everything that it answers, in
good days and bad, and then all that it wrote is searched for what was secret.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake

from .drivers import ASKS, operations
from .evidence import Evidence, datasets, gather
from .marked import Piece, Secret, leaks
from .talkative import SeenFile

pytestmark = pytest.mark.timeout(600)

# At debug level traitlets writes the whole configuration that Jupyter read, whoever's it is; and
# JupyterLab's extension manager writes how it reaches PyPI.
JUPYTERS_OWN_LINES = re.compile(
    rb"^.*(Config changed:|Extensions will be fetched using proxy).*$", re.MULTILINE
)
CREDENTIALS = Path("data", "rucio_jupyterlab", "credentials")


@pytest.fixture(scope="module")
def evidence(
    lake: Lake,
    lake_instance: dict[str, Any],
    data: LakeData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Evidence:
    return gather(lake, lake_instance, datasets(lake, data), tmp_path_factory.mktemp("talkative"))


def but(evidence: Evidence, *names: str) -> list[Secret]:
    """All secrets but some."""
    return [secret for name, secret in evidence.secrets.items() if name not in names]


def assert_clean(pieces: Collection[Piece], hidden: Iterable[Secret]) -> None:
    for secret in hidden:
        found = leaks(pieces, [secret])
        assert not found, "\n".join([f"{len(found)} leaks:", *found[:10]])


def pieces(files: list[SeenFile]) -> list[Piece]:
    return [Piece(str(file.path), file.content) for file in files]


def test_every_route_is_driven() -> None:
    assert set(operations()) == set(ASKS), "write how it is asked, in drivers.py"


def test_the_server_was_asked_everything_and_went_through_all_that_can_go_wrong(
    evidence: Evidence,
) -> None:
    assert {200, 202, 204, 400, 401, 403, 404, 409, 500, 502, 503} <= evidence.statuses.keys()
    assert {
        "not_authenticated",
        "invalid_json",
        "internal_error",
        "rucio_unreachable",
        "redirected_elsewhere",
        "stream_cut",
        "configuration_error",
        "unknown_instance",
    } <= evidence.codes
    assert evidence.events, "nothing was pushed"
    assert any(name.startswith("Rucio's token") for name in evidence.shown_to_rucio)
    assert {"a token in a file", "a token in the environment"} <= evidence.shown_to_rucio
    for talker in (b"httpcore", b"httpx", b"asyncio", b"rucio_jupyterlab", b"ServerApp"):
        assert talker in evidence.log, f"{talker.decode()} logged nothing"


def test_no_answer_holds_a_secret(evidence: Evidence) -> None:
    assert_clean(evidence.answers, evidence.secrets.values())


def test_no_event_holds_a_secret(evidence: Evidence) -> None:
    assert_clean(evidence.events, evidence.secrets.values())


def test_no_log_at_any_level_holds_a_secret(evidence: Evidence) -> None:
    log = JUPYTERS_OWN_LINES.sub(b"", evidence.log)
    assert_clean([Piece("the log", log)], evidence.secrets.values())


def test_only_the_files_of_credentials_hold_what_was_typed_and_only_their_owner_reads_them(
    evidence: Evidence,
) -> None:
    stored = {file.path.name: file for file in evidence.kept if file.path.parent == CREDENTIALS}
    typed = {"lake.json": "the password", "certificates.json": "the passphrase"}
    assert stored.keys() == typed.keys()
    for name, secret in typed.items():
        assert (stored[name].mode, stored[name].folder_mode) == (0o600, 0o700)
        assert leaks(pieces([stored[name]]), [evidence.secrets[secret]])
        assert_clean(pieces([stored[name]]), but(evidence, secret))

    others = [file for file in evidence.kept if file.path.parent != CREDENTIALS]
    assert {file.path.parts[0] for file in others} >= {"data", "runtime", "notebooks"}
    assert_clean(pieces(others), but(evidence, "Jupyter's token"))


def test_nothing_is_left_of_it_after_signing_out(evidence: Evidence) -> None:
    assert_clean(pieces(evidence.left), but(evidence, "Jupyter's token"))


def test_jupyters_token_is_where_jupyter_itself_keeps_it_only(evidence: Evidence) -> None:
    token = [evidence.secrets["Jupyter's token"]]
    holders = [file for file in evidence.kept if leaks(pieces([file]), token)]
    assert {file.path.parts[0] for file in holders} == {"runtime"}
    assert all(file.path.name.startswith("jpserver-") for file in holders)


def test_the_process_list_and_the_environment_of_kernels_hold_no_secret(
    evidence: Evidence,
) -> None:
    assert any("ipykernel" in child.where for child in evidence.children), "no kernel was seen"
    # What the operator puts into the server's environment, Jupyter passes on to kernels.
    operators = ("a token in the environment", "a password in a proxy's address")
    assert_clean(evidence.children, but(evidence, *operators))
    assert_clean([Piece("the kernel", evidence.kernel.encode())], but(evidence, *operators))


def test_a_token_in_the_servers_environment_reaches_kernels_as_the_manual_warns(
    evidence: Evidence,
) -> None:
    token = evidence.secrets["a token in the environment"]
    assert leaks([Piece("the kernel", evidence.kernel.encode())], [token])
    manual = Path(__file__).parents[2] / "docs" / "operators" / "security.md"
    assert "oidc_env_name" in manual.read_text()
