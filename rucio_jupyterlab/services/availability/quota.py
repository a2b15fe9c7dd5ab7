"""How much an account may still bring to a place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rucio_jupyterlab.client import accounts, quotas
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import ExtensionError, NotAuthenticated
from rucio_jupyterlab.services.concurrency import together
from rucio_jupyterlab.services.destinations import Destinations


@dataclass(frozen=True)
class Quota:
    """Of one account at one RSE, in bytes; None where Rucio does not say.

    ``bytes_limit`` and ``bytes_left`` are also None where there is no limit: ``has_any`` is True
    then. A limit on several RSEs together (an RSE expression) counts where less is left of it.
    """

    bytes_used: int | None = None
    bytes_limit: int | None = None
    bytes_left: int | None = None
    has_any: bool | None = None


UNKNOWN = Quota()


async def at_places(
    client: RucioClient, destinations: Destinations, places: Sequence[str]
) -> dict[str, Quota]:
    """By RSE, as Rucio itself judges it when a rule is made (``RSESelector`` in its core)."""
    account = client.account or (await accounts.whoami(client)).account
    try:
        local, shared = await together(
            accounts.usage(client, account), quotas.global_usage(client, account)
        )
        by_rse = {record.rse: record for record in local}
        found = {}
        for place in places:
            known = by_rse.get(place)
            # An account without a limit may use nothing.
            limits: list[tuple[int, int | None]] = [(0, 0)]
            if known is not None:
                limits = [(known.bytes_used, known.bytes_limit)]
            for record in shared:
                if place in await destinations.resolve(client, record.rse_expression):
                    limits.append((record.bytes_used, record.bytes_limit))
            found[place] = _tightest(limits)
        if not all(quota.has_any for quota in found.values()) and await quotas.is_unlimited(
            client, account
        ):
            return {
                place: Quota(bytes_used=quota.bytes_used, has_any=True)
                for place, quota in found.items()
            }
    except NotAuthenticated:
        raise
    except ExtensionError:
        return dict.fromkeys(places, UNKNOWN)
    return found


def _tightest(limits: Iterable[tuple[int, int | None]]) -> Quota:
    used, limit = min(limits, key=_left)
    if limit is None:
        return Quota(bytes_used=used, has_any=True)
    return Quota(used, limit, max(limit - used, 0), has_any=limit > 0)


def _left(known: tuple[int, int | None]) -> float:
    used, limit = known
    return float("inf") if limit is None else limit - used
