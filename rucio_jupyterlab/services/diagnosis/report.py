"""A diagnosis as text for a ticket."""

from __future__ import annotations

import platform
import re
import textwrap
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.services.diagnosis.model import Check
from rucio_jupyterlab.services.diagnosis.words import moment

WIDTH = 100
MARKS = {"ok": "ok", "warning": "warning", "error": "WRONG", "skipped": "skipped"}

_DISTRIBUTIONS = (
    "rucio_jupyterlab",
    "jupyter_server",
    "jupyterlab",
    "notebook",
    "rucio-clients",
    "httpx",
)


def as_text(
    name: str, instance: Instance | None, checks: Sequence[Check], checked_at: datetime
) -> str:
    """Plain text that is also readable Markdown. Looks at installed packages: run it in a thread.

    Home folders are written ``~``. It holds what the checks say, and no more of the configuration
    than addresses, paths and names.
    """
    lines = [
        f"Rucio diagnosis of “{name}”, {moment(checked_at)}",
        "",
        "- " + ", ".join(_versions()),
        f"- Python {platform.python_version()}, {platform.platform()}",
        *(f"- {line}" for line in _configuration(instance)),
        "",
    ]
    for check in checks:
        lines += _check_lines(check)
    return without_home("\n".join(lines)) + "\n"


def without_home(text: str) -> str:
    """Home folders bear user names, which a ticket need not show."""
    home = str(Path.home())
    if home == "/":
        return text
    return re.sub(re.escape(home) + r"(?![\w.-])", "~", text)


def _versions() -> list[str]:
    found = []
    for name in _DISTRIBUTIONS:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found


def _configuration(instance: Instance | None) -> list[str]:
    if instance is None:
        return []
    lines = [f"mode {instance.mode}, {instance.rucio_base_url}"]
    if instance.rucio_auth_url != instance.rucio_base_url:
        lines[0] += f", sign-in at {instance.rucio_auth_url}"
    about = (
        ("CA file", instance.rucio_ca_cert),
        ("VO", instance.vo),
        ("site", instance.site_name),
    )
    lines += [f"{label} {value}" for label, value in about if value]
    lines += [f"{place.rse} at {place.mount_path}" for place in instance.destinations]
    return lines


def _check_lines(check: Check) -> list[str]:
    head = f"- [{MARKS[check.severity]}] {check.title}: {check.message}"
    lines = textwrap.wrap(head, WIDTH, subsequent_indent="  ", break_long_words=False)
    if check.hint and check.severity in ("warning", "error"):
        lines += textwrap.wrap(
            f"To do: {check.hint}",
            WIDTH,
            initial_indent="  ",
            subsequent_indent="  ",
            break_long_words=False,
        )
    return lines
