"""One instance in the form of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.config.load import ConfiguredInstance
from rucio_jupyterlab.errors import ConfigurationError, ExtensionError
from rucio_jupyterlab.paths.contents import ContentsRoot
from rucio_jupyterlab.services.identity import Identity
from rucio_jupyterlab.services.mounts import MountState
from rucio_jupyterlab.services.policy import Policy

_NOBODY = Identity("userpass")


def usable(
    instance: Instance,
    identity: Identity,
    *,
    mounts: Sequence[MountState],
    rse_problems: Mapping[str, ExtensionError],
    policy: Policy,
    contents_root: ContentsRoot | None,
) -> dict[str, Any]:
    """``mounts`` are the states of the instance's destinations, in their order; ``rse_problems``
    what Rucio said about some of them.
    """
    paths = [destination.mount_path for destination in instance.destinations]
    problem = next(iter(rse_problems.values()), None) or _mount_problem(paths, mounts)
    return {
        "name": instance.name,
        "display_name": instance.display_name,
        "mode": instance.mode,
        "auth_types": list(instance.auth_types),
        **identity.instance_fields(),
        "policy": policy.to_dict(),
        "destinations": [
            {
                "rse": destination.rse,
                "mount_path": destination.mount_path,
                "mounted": state == "mounted",
                "contents_path": (
                    contents_root.path_of(destination.mount_path) if contents_root else None
                ),
            }
            for destination, state in zip(instance.destinations, mounts, strict=True)
        ],
        "wildcard_enabled": instance.wildcard_enabled,
        "webui_url": instance.rucio_webui_url,
        "problem": problem.to_dict() if problem else None,
    }


def unusable(
    configured: ConfiguredInstance, problem: ConfigurationError, policy: Policy
) -> dict[str, Any]:
    """All that can be said is whose problem it is."""
    return {
        "name": configured.name,
        "display_name": configured.display_name,
        "mode": "replica",
        "auth_types": [],
        **_NOBODY.instance_fields(),
        "policy": policy.to_dict(),
        "destinations": [],
        "wildcard_enabled": False,
        "webui_url": None,
        "problem": problem.to_dict(),
    }


def _mount_problem(paths: Sequence[str], states: Sequence[MountState]) -> ExtensionError | None:
    for path, state in zip(paths, states, strict=True):
        if state == "hanging":
            return ConfigurationError(
                f"The storage mounted at {path} does not answer.",
                code="mount_hanging",
                hint="Ask the operator to mount it again. Searching and transfers still work.",
            )
        if state == "missing":
            return ConfigurationError(
                f"No storage is mounted at {path}.",
                code="mount_missing",
                hint="Ask the operator to mount it. Searching and transfers still work.",
            )
    return None
