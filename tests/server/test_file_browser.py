"""The file browser shows what is mounted below Jupyter's root."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import Api


@pytest.fixture
def instances(lake_instance: dict[str, Any], jp_root_dir: Path) -> list[dict[str, Any]]:
    # Storage is often mounted elsewhere, and linked to from where the notebooks are.
    linked = jp_root_dir / "data" / "lake"
    linked.parent.mkdir()
    linked.symlink_to(lake_instance["rse_mount_path"])
    return [lake_instance, {**lake_instance, "name": "linked", "rse_mount_path": str(linked)}]


async def test_a_mount_below_the_root_says_how_the_file_browser_names_it(api: Api) -> None:
    answer = await api.get("instances")
    shown = {item["name"]: item["destinations"][0]["contents_path"] for item in answer.items}
    assert shown == {"lake": None, "linked": "data/lake"}
