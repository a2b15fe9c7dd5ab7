"""What is inside a collection, at any depth.

Rucio's search has an option ``recursive``, which is of no use for this: it goes down only through
what the search itself finds, so of a container it finds no file and no dataset by that type, and
nothing below what a condition does not hold for; it gathers a level before it says a word, makes a
query for each child, and lists the container itself (41.5: ``did_column_meta.py``, ``list_dids``).
So the content is walked here, a few collections at a time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from rucio_jupyterlab.client import dids
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import DidRecord, SearchType
from rucio_jupyterlab.client.filters import Group
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import UnknownDid
from rucio_jupyterlab.services.lists import in_pieces, worked_on
from rucio_jupyterlab.services.metadata_deciding import Deciding
from rucio_jupyterlab.services.metadata_lookup import with_sizes
from rucio_jupyterlab.services.metadata_search import TYPES

OPEN_AT_ONCE = 4
# Pieces that wait for the reader before collections are read no further.
PIECES_AHEAD = 4


async def inside(
    client: RucioClient, roots: Sequence[Did], type: SearchType, groups: Sequence[Group]
) -> AsyncGenerator[DidRecord, None]:
    """What is below ``roots``, without them, each DID once and with its size, in no order.

    Raises, while iterating:
        UnknownDid: one of the roots is not there.
    """
    pieces = _files(client, roots) if type == "file" else _walk(client, roots, type)
    conditions = Deciding(client, type, groups) if groups else None

    async def completed(piece: list[DidRecord]) -> list[DidRecord]:
        wanted = [record for record in piece if record.type in TYPES[type]]
        if conditions is not None:
            fitting = await conditions.those_that_fit([record.did for record in wanted])
            wanted = [record for record in wanted if record.did in fitting]
        return await with_sizes(client, wanted)

    found = worked_on(pieces, completed)
    async with aclosing(found):
        async for records in found:
            for record in records:
                yield record


async def _files(
    client: RucioClient, roots: Sequence[Did]
) -> AsyncGenerator[list[DidRecord], None]:
    """Rucio lists the files below at any depth by itself, in one request a root."""
    seen: set[str] | None = set() if len(roots) > 1 else None
    for root in roots:
        pieces = in_pieces(dids.files(client, root))
        async with aclosing(pieces):
            async for piece in pieces:
                fresh = piece
                if seen is not None:
                    fresh = [file for file in piece if str(file.did) not in seen]
                    seen.update(str(file.did) for file in fresh)
                yield [
                    DidRecord(file.did, "file", file.size_bytes, 1)
                    for file in fresh
                    if file.did != root
                ]


async def _walk(
    client: RucioClient, roots: Sequence[Did], type: SearchType
) -> AsyncGenerator[list[DidRecord], None]:
    to_open = deque(roots)
    seen: set[str] = set()
    first = set(roots)
    opened = ("container", "dataset") if type == "all" else ("container",)
    pieces: asyncio.Queue[list[DidRecord]] = asyncio.Queue(PIECES_AHEAD)
    running: set[asyncio.Task[None]] = set()

    async def read(parent: Did) -> None:
        try:
            children = in_pieces(dids.content(client, parent))
            async with aclosing(children):
                async for piece in children:
                    fresh = [child for child in piece if str(child.did) not in seen]
                    seen.update(str(child.did) for child in fresh)
                    to_open.extend(child.did for child in fresh if child.type in opened)
                    await pieces.put(fresh)
        except UnknownDid:
            # A child may have been deleted since its parent was read; a root is what was asked for.
            if parent in first:
                raise

    piece = asyncio.ensure_future(pieces.get())
    try:
        while to_open or running or piece.done() or not pieces.empty():
            while to_open and len(running) < OPEN_AT_ONCE:
                running.add(asyncio.ensure_future(read(to_open.popleft())))
            await asyncio.wait({piece, *running}, return_when=asyncio.FIRST_COMPLETED)
            if piece.done():
                yield piece.result()
                piece = asyncio.ensure_future(pieces.get())
            for task in [task for task in running if task.done()]:
                running.discard(task)
                task.result()
    finally:
        piece.cancel()
        for task in running:
            task.cancel()
        await asyncio.gather(piece, *running, return_exceptions=True)
