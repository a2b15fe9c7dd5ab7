"""What an operator says of a mount, in the ways that existing deployments have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lake.testing import Lake

from .conftest import Api, at

HERE = "EULAKE-1"


@pytest.fixture
def whole_paths(lake: Lake, tmp_path: Path) -> Path:
    """A mount below which PFNs have their whole paths."""
    place = lake.rses[HERE]
    below = tmp_path / "mount" / place["prefix"].strip("/")
    below.parent.mkdir(parents=True)
    below.symlink_to(place["mount_path"])
    return tmp_path / "mount"


async def path_of_a_file(api: Api, lake: Lake) -> Path:
    did = lake.examples["file_at_destination"]
    (file,) = (await api.get(at("availability"), did=did)).items
    assert file["state"] == "available", file
    return Path(file["path"])


async def paths_of_a_dataset(api: Api, lake: Lake) -> list[Path]:
    did = lake.examples["available_dataset"]
    return [Path(row["path"]) for row in (await api.get(at("did/files"), did=did)).items]


class TestWholePaths:
    """``path_begins_at`` is left out, and is 0 as it always was."""

    @pytest.fixture
    def instances(self, lake_instance: dict[str, Any], whole_paths: Path) -> list[dict[str, Any]]:
        return [{**lake_instance, "rse_mount_path": str(whole_paths)}]

    async def test_files_are_found_where_their_pfns_say(
        self, alice: Api, lake: Lake, whole_paths: Path
    ) -> None:
        prefix = lake.rses[HERE]["prefix"].strip("/")
        paths = [await path_of_a_file(alice, lake), *await paths_of_a_dataset(alice, lake)]
        assert len(paths) > 1
        for path in paths:
            assert path.is_relative_to(whole_paths / prefix)
            assert path.is_file()

    async def test_the_diagnosis_finds_them_too(self, alice: Api) -> None:
        checks = (await alice.get(at("diagnosis"))).body["checks"]
        (replica,) = [check for check in checks if check["name"] == f"replica:{HERE}"]
        assert replica["severity"] == "ok", replica


class TestThePrefixIsMounted:
    """``path_begins_at`` is left out, and the storage itself is mounted."""

    async def test_files_are_found_without_knowing_the_key(self, alice: Api, lake: Lake) -> None:
        mount = lake.rses[HERE]["mount_path"]
        for path in (await path_of_a_file(alice, lake), *await paths_of_a_dataset(alice, lake)):
            assert path.is_relative_to(mount)
            assert path.is_file()


class TestFoldersAreCounted:
    @pytest.fixture
    def instances(self, lake: Lake, lake_instance: dict[str, Any]) -> list[dict[str, Any]]:
        # As templates write numbers.
        return [{**lake_instance, "path_begins_at": str(lake.rses[HERE]["path_begins_at"])}]

    async def test_files_are_found_where_the_operator_says(self, alice: Api, lake: Lake) -> None:
        assert (await path_of_a_file(alice, lake)).is_file()
