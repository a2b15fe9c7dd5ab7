"""One instance in the form of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rucio_jupyterlab.config.instance import Destination, Instance
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
    mounts: Mapping[str, MountState],
    rse_problems: Mapping[str, ExtensionError],
    policy: Policy,
    contents_root: ContentsRoot | None,
    download_folder: dict[str, Any] | None,
) -> dict[str, Any]:
    """``mounts`` are the states of all mounts, by path; ``rse_problems`` what Rucio said about some
    destinations.
    """
    paths = [destination.mount_path for destination in instance.destinations]
    problem = next(iter(rse_problems.values()), None) or _mount_problem(
        paths, [mounts[path] for path in paths]
    )
    return {
        "name": instance.name,
        "display_name": instance.display_name,
        "mode": instance.mode,
        "auth_types": list(instance.auth_types),
        **identity.instance_fields(),
        "policy": policy.to_dict(),
        "destinations": _places(instance.destinations, mounts, contents_root),
        "scratch": _places(instance.scratch, mounts, contents_root),
        "can_download": instance.can_download,
        "can_upload": True,
        "download_folder": download_folder,
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
        "scratch": [],
        "can_download": False,
        "can_upload": False,
        "download_folder": None,
        "wildcard_enabled": False,
        "webui_url": None,
        "problem": problem.to_dict(),
    }


def _places(
    places: Sequence[Destination],
    mounts: Mapping[str, MountState],
    contents_root: ContentsRoot | None,
) -> list[dict[str, Any]]:
    return [
        {
            "rse": place.rse,
            "mount_path": place.mount_path,
            "mounted": mounts[place.mount_path] == "mounted",
            "contents_path": contents_root.path_of(place.mount_path) if contents_root else None,
        }
        for place in places
    ]


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
