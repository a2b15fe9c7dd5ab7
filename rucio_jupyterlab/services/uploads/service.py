"""Plans of uploads, and the jobs that carry them out."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rucio_jupyterlab.client import scopes
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import (
    Conflict,
    ExtensionError,
    Unprocessable,
)
from rucio_jupyterlab.jobs.manager import Jobs
from rucio_jupyterlab.jobs.model import Job, JobSpec
from rucio_jupyterlab.paths.contents import ContentsRoot
from rucio_jupyterlab.services.destinations import Destinations
from rucio_jupyterlab.services.mounts import Mounts
from rucio_jupyterlab.services.sessions import Sessions
from rucio_jupyterlab.services.uploads import dataset, names
from rucio_jupyterlab.services.uploads.checksums import ChecksumReader
from rucio_jupyterlab.services.uploads.items import ItemMaker
from rucio_jupyterlab.services.uploads.model import (
    DatasetPlan,
    ItemStatus,
    PlanItem,
    Source,
    UploadPlan,
    UploadRequest,
)
from rucio_jupyterlab.services.uploads.place import Found, PlaceFinder, over_quota
from rucio_jupyterlab.services.uploads.scratch import ScratchPlaces
from rucio_jupyterlab.services.uploads.sources import SourceFinder

SECONDS_PER_DAY = 24 * 60 * 60
SCRATCH_LIFETIME_S = 3600
KEPT_SCRATCH_LIFETIME_S = 2 * SECONDS_PER_DAY

# What the first of such items is refused with.
_REFUSALS: dict[ItemStatus, tuple[type[ExtensionError], str, str]] = {
    "conflict": (Conflict, "did_conflict", "Give it another name, with a prefix for example."),
    "duplicate": (Unprocessable, "duplicate_name", "Upload one of them with another prefix."),
    "invalid_name": (Unprocessable, "invalid_name", "Rename it, or take the proposed name."),
    "unreadable": (Unprocessable, "unreadable_file", "Leave it out, or make it readable."),
}


class Uploads:
    """Says what an upload would create, and starts it only where nothing stands in its way."""

    def __init__(
        self,
        sessions: Sessions,
        destinations: Destinations,
        mounts: Mounts,
        jobs: Jobs,
        *,
        contents_root: ContentsRoot | None,
        home: str,
    ) -> None:
        self._sessions = sessions
        self._jobs = jobs
        self._sources = SourceFinder(contents_root, home, mounts)
        self._items = ItemMaker(ChecksumReader(mounts))
        self._places = PlaceFinder(destinations, mounts)
        self._scratch = ScratchPlaces(destinations, mounts)

    async def plan(self, instance: Instance, request: UploadRequest) -> UploadPlan:
        """What would be created; nothing moves.

        Raises:
            BadRequest, Forbidden, NotFound, Unprocessable, TooLarge, FolderHangs: the paths cannot
                be taken (``SourceFinder.find``).
        """
        names.check_texts(request.scope, request.prefix)
        sources = await self._sources.find(
            request.paths, [place.mount_path for place in instance.scratch]
        )
        client = await self._sessions.client(instance)
        named = {
            source.path: Did(request.scope, names.name_of(request.prefix, source.relative))
            for source in sources
        }
        problem = await _scope_problem(client, request)
        if problem is not None:
            known = names.Known({}, frozenset())
        else:
            asked = dict.fromkeys(named.values())
            if request.dataset is not None:
                asked[request.dataset] = None
            known = await names.ask(client, list(asked))
        items = await self._items.make(client, request, sources, known, named)
        items = await self._scratch.by_third_party(client, items)
        place = await self._place(client, instance, request, items)
        problems = [] if problem is None else [problem]
        problems += place.problems
        target: DatasetPlan | None = None
        if request.dataset is not None and problem is None:
            target, word = dataset.look(request.dataset, known)
            problems += [] if word is None else [word]
            problems += _own_dataset(request.dataset, items)
        elif request.dataset is not None:
            target = DatasetPlan(request.dataset, exists=False)
        problems += _item_problems(items)
        needed = sum(item.source.size_bytes for item in items if item.status == "new")
        if (short := over_quota(client, place.place, needed)) is not None:
            problems.append(short)
        return UploadPlan(request, items, place.place, target, problems)

    async def submit(self, instance: Instance, request: UploadRequest) -> Job:
        """Starts it.

        Raises:
            ExtensionError: the first problem of the plan; nothing has been created then.
        """
        if request.idempotency_key is not None:
            # What it has sent meanwhile would look as if it had been there before.
            known = await self._jobs.of_key(instance.name, request.idempotency_key)
            if known is not None:
                return known
        return await self.start(instance, await self.plan(instance, request))

    async def start(self, instance: Instance, plan: UploadPlan) -> Job:
        """Carries out a plan that was made just now, and that somebody has looked at.

        Raises:
            ExtensionError: the first problem of the plan; nothing has been created then.
        """
        if plan.problems:
            raise plan.problems[0]
        return await self._jobs.submit(_spec(instance, plan))

    async def _place(
        self,
        client: RucioClient,
        instance: Instance,
        request: UploadRequest,
        items: Sequence[PlanItem],
    ) -> Found:
        """By a rule alone where all files lie on scratch storage; else it has to take bytes."""
        if items and all(item.via == "third_party" for item in items):
            found = await self._places.for_rule(client, request.rse)
        else:
            auth_type = (await self._sessions.identity(instance)).type
            found = await self._places.for_streaming(client, request.rse, auth_type)
        bytes_on: Counter[str] = Counter()
        for item in items:
            if item.scratch_rse is not None and item.status == "new":
                bytes_on[item.scratch_rse] += item.source.size_bytes
        if bytes_on:
            found.problems.extend(await self._places.scratch_problems(client, bytes_on))
        return found


async def _scope_problem(client: RucioClient, request: UploadRequest) -> ExtensionError | None:
    wanted = {request.scope} | ({request.dataset.scope} if request.dataset else set())
    missing = wanted.difference(await scopes.list_scopes(client))
    return dataset.unknown_scope(min(missing)) if missing else None


def _item_problems(items: Sequence[PlanItem]) -> list[ExtensionError]:
    """One for each kind of trouble, with the first file that has it."""
    problems: list[ExtensionError] = []
    for status, (error, code, hint) in _REFUSALS.items():
        these = [item for item in items if item.status == status]
        if these:
            first = f"{these[0].source.path}: {these[0].message}"
            more = f" {len(these) - 1:,} more are like it." if len(these) > 1 else ""
            problems.append(error(f"{first}{more}", code=code, hint=hint))
    return problems


def _own_dataset(target: Did, items: Sequence[PlanItem]) -> list[ExtensionError]:
    if not any(item.did == target for item in items):
        return []
    return [
        Conflict(
            f"One of the files would be called {target}, as the dataset is.",
            code="did_conflict",
            hint="Give the dataset another name.",
        )
    ]


def _spec(instance: Instance, plan: UploadPlan) -> JobSpec:
    """The job. Its payload says all that a worker needs; ``upload_id`` marks what it leaves on a
    storage until it is whole, for a later attempt to find.
    """
    request = plan.request
    lifetime_s = request.lifetime_days * SECONDS_PER_DAY if request.lifetime_days else None
    payload: dict[str, Any] = {
        "display_name": instance.display_name,
        "site_name": instance.site_name,
        "upload_id": secrets.token_hex(8),
        "scope": request.scope,
        "rse": request.rse,
        "lifetime_s": lifetime_s,
        "dataset": (
            {"scope": request.dataset.scope, "name": request.dataset.name}
            if request.dataset
            else None
        ),
        "scratch_lifetime_s": (
            KEPT_SCRATCH_LIFETIME_S if request.keeps_scratch else SCRATCH_LIFETIME_S
        ),
        "files": [_file(item) for item in plan.items],
    }
    made = [str(request.dataset)] if request.dataset else []
    made += [str(item.did) for item in plan.items]
    return JobSpec(
        kind="upload",
        instance=instance.name,
        title=_title(plan.items),
        payload=payload,
        rse=request.rse,
        dids=made[:20],
        path=None,
        idempotency_key=request.idempotency_key,
    )


def _file(item: PlanItem) -> dict[str, Any]:
    source: Source = item.source
    file: dict[str, Any] = {
        "path": source.path,
        "name": item.did.name,
        "size_bytes": source.size_bytes,
        "via": item.via,
    }
    if item.pfn is not None:
        file |= {"pfn": item.pfn, "scratch_rse": item.scratch_rse}
    return file


def _title(items: Sequence[PlanItem]) -> str:
    """The name of the only file, or how many there are."""
    if len(items) == 1:
        return items[0].did.name
    return f"{len(items):,} files"
