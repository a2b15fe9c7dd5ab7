"""What operators read is what the code does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from rucio_jupyterlab.config.instance import parse_instance

REPOSITORY = Path(__file__).resolve().parents[3]
PAGE = (REPOSITORY / "docs" / "operators" / "configuration.md").read_text("utf-8")


def test_the_tables_and_the_published_schema_are_those_of_the_code() -> None:
    script = REPOSITORY / "scripts" / "configuration_docs.py"
    answer = subprocess.run(
        [sys.executable, str(script), "--check"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_the_example_is_right() -> None:
    blocks = re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)
    (example,) = [json.loads(block) for block in blocks]
    for instance in example["RucioConfig"]["instances"]:
        assert parse_instance(instance).warnings == ()
