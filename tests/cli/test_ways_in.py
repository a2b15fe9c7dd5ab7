"""The sign-in of the panel does for moving bytes too: here by certificate, to a WebDAV storage."""

from __future__ import annotations

import asyncio
import json
import secrets
from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from lake.testing import Lake
from rucio_jupyterlab.config.traits import RucioConfig
from rucio_jupyterlab.services import build_services

from .conftest import Terminal
from .lakeside import SCOPE, Lakeside

WEBDAV = "NIKHEF-LOCALGROUPDISK"


@pytest.fixture
def with_certificate(terminal: Terminal, lake: Lake, lake_instance: dict[str, Any]) -> Terminal:
    """Somebody who has signed in with a certificate and its key."""
    file = terminal.configure(
        {
            **lake_instance,
            "rucio_base_url": lake.tls["rucio_url"],
            "rucio_auth_url": lake.tls["auth_url"],
            "rucio_ca_cert": lake.tls["ca_file"],
            "allow_download": True,
        }
    )
    mine = lake.tls["identities"]["x509"]

    async def sign_in() -> None:
        services = build_services(
            RucioConfig(config=Config(json.loads(file.read_text()))),
            environ={},
            data_dir=terminal.home / ".local" / "share" / "jupyter" / "rucio_jupyterlab",
            runtime_dir=terminal.home / "run",
            emit_availability=lambda _: False,
            emit_job=lambda _: False,
            find_kernel_specs=dict,
        )
        await services.sessions.sign_in(
            services.instances.get("lake"),
            "x509",
            {"certificate": mine["certificate"], "key": mine["key"], "account": "alice"},
        )
        await services.aclose()

    asyncio.run(sign_in())
    return terminal


def test_to_a_webdav_storage_and_back_with_a_certificate(
    with_certificate: Terminal, lakeside: Lakeside
) -> None:
    content = secrets.token_bytes(20_000)
    name = f"dav_{secrets.token_hex(4)}.dat"
    (with_certificate.home / name).write_bytes(content)
    sent = with_certificate.datalake("upload", "-s", SCOPE, "--rse", "country=NL", name)
    assert sent.status == 0, sent.errors
    assert f"goes to {WEBDAV}" in sent.errors
    (rule,) = lakeside.rules(f"{SCOPE}:{name}")
    assert rule["rse_expression"] == WEBDAV
    fetched = with_certificate.datalake("download", f"{SCOPE}:{name}")
    assert fetched.status == 0, fetched.errors
    assert Path(fetched.output.strip()).read_bytes() == content


def test_with_a_password_a_storage_that_takes_none_is_refused_before_anything_moves(
    alice: Terminal, lakeside: Lakeside
) -> None:
    name = f"dav_{secrets.token_hex(4)}.dat"
    (alice.home / name).write_bytes(b"x")
    ended = alice.datalake("upload", "-s", SCOPE, "--rse", WEBDAV, name)
    assert ended.status == 1
    assert "takes a certificate or a token" in ended.errors
    assert not lakeside.knows(f"{SCOPE}:{name}")
