"""One storage of those that an RSE expression means."""

from __future__ import annotations

from dataclasses import dataclass

from rucio_jupyterlab.client import rses
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import Unprocessable
from rucio_jupyterlab.services.availability import quota
from rucio_jupyterlab.services.availability.quota import Quota
from rucio_jupyterlab.services.destinations import Destinations
from rucio_jupyterlab.services.mounts import Mounts
from rucio_jupyterlab.services.sessions import Sessions
from rucio_jupyterlab.services.uploads.place import PlaceFinder, over_quota

# Of a lake with hundreds of storages, those with the most room are asked for the right to write.
MOST_TRIED = 20


@dataclass(frozen=True)
class Choice:
    """``meant`` is how many storages the expression means, ``left`` the quota at this one."""

    rse: str
    meant: int
    left: Quota


class RseChooser:
    """Finds one that takes an upload from this account, with the most quota left."""

    def __init__(self, sessions: Sessions, destinations: Destinations, mounts: Mounts) -> None:
        self._sessions = sessions
        self._destinations = destinations
        self._places = PlaceFinder(destinations, mounts)

    async def choose(self, instance: Instance, expression: str, needed_bytes: int) -> Choice:
        """
        Raises:
            Unprocessable: code ``invalid_rse_expression``: it is none, or means no storage;
                ``no_rse_takes_it``: all of them refuse.
        """
        client = await self._sessions.client(instance)
        try:
            meant = await rses.summaries(client, expression)
        except Unprocessable as error:
            raise Unprocessable(
                f"“{expression}” means no storage that Rucio knows.",
                code=error.code,
                hint="Choose an RSE, or another expression, such as “country=CH”.",
                rucio=error.rucio,
            ) from error
        usable = [item.rse for item in meant if item.is_writable and item.deterministic]
        left = await quota.at_places(client, self._destinations, usable)
        auth_type = (await self._sessions.identity(instance)).type
        refusals: list[str] = []
        for rse in sorted(usable, key=lambda name: (-_room(left[name]), name))[:MOST_TRIED]:
            found = await self._places.for_streaming(client, rse, auth_type)
            problem = next(iter(found.problems), None)
            problem = problem or over_quota(client, found.place, needed_bytes)
            if problem is None:
                return Choice(rse, len(meant), found.place.quota)
            refusals.append(problem.message)
        why = f" {refusals[0]}" if refusals else ""
        raise Unprocessable(
            f"None of the {len(meant)} storages that “{expression}” means takes this upload.{why}",
            code="no_rse_takes_it",
            hint="Choose another RSE.",
        )


def _room(left: Quota) -> float:
    """None that is known counts as most: Rucio has not said that there is an end to it."""
    if left.has_any is False:
        return -1.0
    return float("inf") if left.bytes_left is None else float(left.bytes_left)
