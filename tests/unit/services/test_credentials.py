"""What is kept on disk for a user, where the disk does not do what is asked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rucio_jupyterlab.errors import ConfigurationError
from rucio_jupyterlab.services.credentials import CredentialStore


def test_who_signs_out_is_told_when_the_credentials_could_not_be_removed(tmp_path: Path) -> None:
    # Root may remove any file, but not a folder that stands in its place.
    (tmp_path / "escape.json").mkdir()
    with pytest.raises(ConfigurationError) as refused:
        asyncio.run(CredentialStore(tmp_path).delete("escape"))
    assert refused.value.code == "credentials_not_removed"
    assert str(tmp_path) in (refused.value.hint or "")
