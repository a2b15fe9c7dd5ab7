"""What an upload's payload says, as the service ``uploads`` has written it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rucio_jupyterlab.client.did import Did


@dataclass(frozen=True)
class FileToSend:
    """``pfn`` and ``scratch_rse`` say where it lies already, for a third-party copy; else None."""

    path: str
    did: Did
    size_bytes: int
    pfn: str | None = None
    scratch_rse: str | None = None


@dataclass(frozen=True)
class Upload:
    """``lifetime_s`` None is for ever. ``upload_id`` is the same in each attempt."""

    display_name: str
    site_name: str | None
    upload_id: str
    rse: str
    lifetime_s: int | None
    dataset: Did | None
    scratch_lifetime_s: int
    files: tuple[FileToSend, ...]

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Upload:
        dataset = payload["dataset"]
        return cls(
            display_name=payload["display_name"],
            site_name=payload["site_name"],
            upload_id=payload["upload_id"],
            rse=payload["rse"],
            lifetime_s=payload["lifetime_s"],
            dataset=Did(dataset["scope"], dataset["name"]) if dataset else None,
            scratch_lifetime_s=payload["scratch_lifetime_s"],
            files=tuple(
                FileToSend(
                    path=file["path"],
                    did=Did(payload["scope"], file["name"]),
                    size_bytes=file["size_bytes"],
                    pfn=file.get("pfn"),
                    scratch_rse=file.get("scratch_rse"),
                )
                for file in payload["files"]
            ),
        )

    @property
    def comment(self) -> str:
        """By which its rules are known again."""
        return f"Upload from JupyterLab {self.upload_id}"
