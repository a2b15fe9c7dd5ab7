"""What the administrator lets users do, beside which instances there are."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Policy:
    """``type_credentials``: they may be sent from the browser. ``store_credentials``: they may
    outlive the server. ``pick_files``: files with credentials may be chosen on the server.
    """

    type_credentials: bool = True
    store_credentials: bool = True
    pick_files: bool = False

    def to_dict(self) -> dict[str, bool]:
        """``Instance.policy`` of the contract."""
        return asdict(self)
