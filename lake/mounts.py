"""What is mounted below a folder.

Read without touching it: a stale FUSE mount blocks whoever looks into it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

MOUNT_TABLE = Path("/proc/self/mountinfo")
COMMAND_TIMEOUT_S = 20


def mounts_below(folder: Path) -> list[Path]:
    """Mount points at or below `folder`; the deepest first."""
    if not MOUNT_TABLE.exists():
        return []
    points = []
    for line in MOUNT_TABLE.read_text().splitlines():
        # The kernel writes blanks and backslashes in paths as octal escapes.
        point = Path(line.split()[4].encode().decode("unicode_escape").encode("latin-1").decode())
        if point.is_relative_to(folder):
            points.append(point)
    return sorted(points, key=lambda point: len(point.parts), reverse=True)


def unmount_below(folder: Path) -> None:
    """Unmounts all at or below `folder` at once, even where the server behind it is gone."""
    for point in mounts_below(folder):
        if os.geteuid() == 0:
            command = ["umount", "--lazy", str(point)]
        else:
            command = [shutil.which("fusermount3") or "fusermount", "-u", "-z", str(point)]
        subprocess.run(command, timeout=COMMAND_TIMEOUT_S, capture_output=True, check=False)
