"""What holds a DID, and the rules that cover it from there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from rucio_jupyterlab.client import dids, rules
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.rules import RuleRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import UnknownDid
from rucio_jupyterlab.services.availability.model import rule_to_dict
from rucio_jupyterlab.services.browse import did_item
from rucio_jupyterlab.services.concurrency import gather_bounded
from rucio_jupyterlab.services.lists import Cut, in_pieces
from rucio_jupyterlab.services.metadata_lookup import with_sizes
from rucio_jupyterlab.services.sessions import Sessions

MOST_ANCESTORS = 200


class Parents:
    """The collections above a DID."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def list_parents(
        self, instance: Instance, did: Did
    ) -> AsyncGenerator[dict[str, Any], None]:
        """DidItems of the collections that hold it, one level up.

        Raises:
            UnknownDid: Rucio has no such DID.
        """
        client = await self._sessions.client(instance)
        is_empty = True
        pieces = in_pieces(dids.each_parent(client, did))
        async with aclosing(pieces):
            async for piece in pieces:
                is_empty = False
                for parent in await with_sizes(client, piece):
                    yield did_item(parent)
        if is_empty:
            # Rucio lists nothing for a DID that is not there.
            await dids.get(client, did)

    async def list_rules(
        self, instance: Instance, did: Did
    ) -> AsyncGenerator[dict[str, Any] | Cut, None]:
        """Rules on the DID, then those on collections above it at any depth, nearest first.

        Raises:
            UnknownDid: Rucio has no such DID.
        """
        client = await self._sessions.client(instance)
        seen: set[str] = set()
        webui_url = instance.rucio_webui_url

        def fresh(found: Sequence[RuleRecord]) -> list[dict[str, Any]]:
            new = [rule for rule in found if rule.id not in seen]
            seen.update(rule.id for rule in new)
            return [rule_to_dict(rule, did, webui_url) for rule in new]

        for row in fresh(await rules.for_did(client, did)):
            yield row
        record = await dids.get(client, did)
        if record.type == "file":
            # One request, however many datasets hold it.
            for row in fresh(await rules.associated_with_file(client, did)):
                yield row
            return
        above: set[Did] = {did}
        level = [did]
        while level:
            parents = await gather_bounded(lambda child: dids.parents(client, child), level)
            level = list(
                dict.fromkeys(
                    parent.did for found in parents for parent in found if parent.did not in above
                )
            )
            if len(above) + len(level) > MOST_ANCESTORS:
                yield Cut(
                    f"{did} is in more than {MOST_ANCESTORS} collections; rules on others of them "
                    "may cover it too."
                )
                return
            above.update(level)
            for found in await gather_bounded(lambda parent: _rules_on(client, parent), level):
                for row in fresh(found):
                    yield row


async def _rules_on(client: RucioClient, did: Did) -> list[RuleRecord]:
    try:
        return await rules.for_did(client, did)
    except UnknownDid:
        # Deleted since its child was read.
        return []
